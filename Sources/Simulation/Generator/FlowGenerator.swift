public import Matching
public import Model

/// What the agents do next.
public enum FlowCommand: Sendable {
    case enter(OrderEntry)
    case cancel(reference: UInt64, toRemaining: UInt32)
    case replace(reference: UInt64, price: Price, quantity: UInt32)
}

/// Agents that add, cancel, move and cross orders, from a seed: the same seed and the same books give the same orders.
///
/// It only says what to do; whoever carries it out tells it the reference of a new order (``entered(_:)``).
public struct FlowGenerator {
    private struct Instrument {
        let tick: Int64
        /// In 1/256 ticks, both.
        let anchor: Int64
        var fair: Int64
        /// Its orders; those that are gone are dropped when met.
        var orders: [UInt64] = []
    }

    private let configuration: FlowConfiguration
    private var random: SeededRandom
    private var instruments: [Instrument]
    private var lastInstrument = 0
    private let meanGapNs: UInt64
    /// When the next command is due; `UInt64.max`: never.
    public private(set) var nextAtNs: UInt64
    public private(set) var count: UInt64 = 0

    public init(_ configuration: FlowConfiguration, instruments: [ExchangeInstrument], startNs: UInt64) {
        self.configuration = configuration
        random = SeededRandom(seed: configuration.seed)
        meanGapNs = max(1_000_000_000 / configuration.eventsPerSecond, 1)
        nextAtNs = configuration.countMax == 0 ? .max : startNs
        self.instruments = instruments.enumerated().map { index, instrument in
            let price = configuration.anchorPrices[index % configuration.anchorPrices.count]
            let anchor = max(price / instrument.tick, 2 * configuration.depthTicks + 2) * 256
            return Instrument(tick: instrument.tick, anchor: anchor, fair: anchor)
        }
        for index in self.instruments.indices {
            self.instruments[index].orders.reserveCapacity(configuration.ordersPerInstrument * 2)
        }
    }

    /// The command that is due, and moves on to the next.
    public mutating func next(_ engine: borrowing MatchingEngine) -> FlowCommand {
        count += 1
        // Uniform gaps around the mean: no logarithm, whose bits differ between machines.
        nextAtNs = count == configuration.countMax ? .max : nextAtNs + 1 + random.below(2 * meanGapNs)
        let index = Int(random.below(UInt64(instruments.count)))
        lastInstrument = index
        moveFair(index)
        let live = instruments[index].orders.count
        let wanted = configuration.ordersPerInstrument
        if random.chance(perMillion: configuration.takersPerMillion), live > wanted / 4 {
            return take(index, engine)
        }
        // The fuller the book, the more of what makers do is cancelling: half and half where it is as wished.
        let addPerMillion = UInt64(max(150_000, min(900_000, 900_000 - 450_000 * live / wanted)))
        if random.chance(perMillion: addPerMillion) { return quote(index, engine) }
        guard let order = pick(index, engine) else { return quote(index, engine) }
        let draw = random.below(100)
        if draw < 25 {
            let price = makerPrice(index, order.side, engine)
            let quantity = draw < 8 ? order.remaining : lot()
            return .replace(reference: order.reference, price: price, quantity: quantity)
        }
        if draw < 35, order.remaining > 100 {
            instruments[index].orders.append(order.reference)
            return .cancel(reference: order.reference, toRemaining: order.remaining / 200 * 100)
        }
        return .cancel(reference: order.reference, toRemaining: 0)
    }

    /// Tells the reference of the order that ``next(_:)`` asked for, where it rests.
    public mutating func entered(_ reference: UInt64) { instruments[lastInstrument].orders.append(reference) }

    /// Carries the next command out on the books of `market`. The caller publishes what came of it.
    ///
    /// - Parameter mayTrade: `false` for an instrument that takes no orders now.
    mutating func run(_ market: inout ExchangeMarket, mayTrade: (InstrumentID) -> Bool) {
        switch next(market.engine) {
        case .enter(let entry):
            guard mayTrade(entry.instrument) else { return market.engine.beginNothing() }
            let reference = market.engine.enter(entry)
            if reference != 0, market.engine.event(0).remaining > 0 { entered(reference) }
        case .cancel(let reference, let remaining):
            market.engine.cancel(reference, toRemaining: remaining)
        case .replace(let reference, let price, let quantity):
            guard let order = market.engine.order(reference), mayTrade(order.instrument) else {
                entered(reference)
                return market.engine.beginNothing()
            }
            let new = market.engine.replace(reference, price: price, quantity: quantity, userRef: 0)
            // A rejected replace leaves the order as it was.
            if new == 0 {
                entered(reference)
            } else if market.engine.event(0).remaining > 0 {
                entered(new)
            }
        }
    }

    /// Carries the next command out and tells the world.
    mutating func step(_ market: inout ExchangeMarket, atNs: UInt64) {
        run(&market) { _ in true }
        market.publish(atNs: atNs)
    }

    private mutating func moveFair(_ index: Int) {
        var fair = instruments[index].fair
        let anchor = instruments[index].anchor
        // Drawn back by 1/4096 of the distance, and never farther than a third of the price.
        fair += random.within(-configuration.fairStep...configuration.fairStep) + (anchor - fair) / 4_096
        instruments[index].fair = min(max(fair, anchor * 2 / 3), anchor * 4 / 3)
    }

    /// A live order of the instrument, taken out of the list.
    private mutating func pick(_ index: Int, _ engine: borrowing MatchingEngine) -> RestingOrder? {
        while !instruments[index].orders.isEmpty {
            let count = instruments[index].orders.count
            let place = Int(random.below(UInt64(count)))
            let reference = instruments[index].orders[place]
            instruments[index].orders.swapAt(place, count - 1)
            instruments[index].orders.removeLast()
            if let order = engine.order(reference) { return order }
        }
        return nil
    }

    private mutating func lot() -> UInt32 {
        random.chance(perMillion: 100_000)
            ? UInt32(random.within(1...99)) : UInt32(random.within(1...10)) * 100
    }

    /// Behind the fair value by a distance that is more often small, and never across the other side.
    private mutating func makerPrice(_ index: Int, _ side: Side, _ engine: borrowing MatchingEngine) -> Price
    {
        let instrument = instruments[index]
        let depth = configuration.depthTicks
        let distance = min(random.within(1...depth), random.within(1...depth), random.within(1...depth))
        let fair = instrument.fair / 256
        let id = InstrumentID(index: UInt32(index))
        var tick: Int64
        if side == .buy {
            tick = fair + 1 - distance
            if let ask = engine.best(id, .sell) { tick = min(tick, ask.price.raw / instrument.tick - 1) }
        } else {
            tick = fair + distance
            if let bid = engine.best(id, .buy) { tick = max(tick, bid.price.raw / instrument.tick + 1) }
        }
        return Price(raw: max(tick, 1) * instrument.tick)
    }

    private mutating func quote(_ index: Int, _ engine: borrowing MatchingEngine) -> FlowCommand {
        let side: Side = random.chance(perMillion: 500_000) ? .buy : .sell
        let price = makerPrice(index, side, engine)
        let hidden = random.chance(perMillion: configuration.hiddenPerMillion)
        return .enter(
            OrderEntry(
                instrument: InstrumentID(index: UInt32(index)), side: side, price: price, quantity: lot(),
                owner: hidden ? ExchangeMarket.hiddenBit : 0))
    }

    /// Toward the fair value where the touch is off it, else either way.
    private mutating func take(_ index: Int, _ engine: borrowing MatchingEngine) -> FlowCommand {
        let id = InstrumentID(index: UInt32(index))
        let tick = instruments[index].tick
        let fair = instruments[index].fair / 256 * tick
        var side: Side = random.chance(perMillion: 500_000) ? .buy : .sell
        if let ask = engine.best(id, .sell), ask.price.raw <= fair { side = .buy }
        if let bid = engine.best(id, .buy), bid.price.raw > fair { side = .sell }
        guard let far = engine.best(id, side.opposite) else { return quote(index, engine) }
        let through = random.chance(perMillion: 200_000) ? random.within(1...3) * tick : 0
        let price = Price(raw: max(far.price.raw + (side == .buy ? through : -through), tick))
        return .enter(
            OrderEntry(
                instrument: id, side: side, price: price, quantity: lot(), duration: .immediateOrCancel))
    }
}

public import Matching
import Model

/// A list of commands for a matching engine, made ahead, so that a benchmark measures the engine alone.
///
/// What: 45% new passive orders, 35% cancels, 10% replaces, 10% orders that cross, over several instruments, with a
/// given number of orders live. The references in it are those that an engine of the same limits hands out.
public struct MatchingWorkload: Sendable {
    /// One command; `reference` 0: a new order.
    public struct Command: BitwiseCopyable, Sendable {
        public var reference: UInt64
        public var entry: OrderEntry
        /// With a reference: a replace to the entry's price and quantity. Else a cancel.
        public var isReplace: Bool
    }

    public let limits: MatchingLimits
    public let instrumentCount: Int
    /// Commands that fill the books; not to be measured.
    public private(set) var warmUp: [Command] = []
    public private(set) var commands: [Command] = []

    /// - Parameters:
    ///   - liveOrders: Orders in the books when the measuring begins; it stays near that.
    ///   - depth: Ticks from the touch within which passive orders fall, per side.
    public init(
        seed: UInt64, instrumentCount: Int = 8, liveOrders: Int = 100_000, depth: Int64 = 400, count: Int
    ) {
        limits = MatchingLimits(
            instrumentCountMax: instrumentCount, orderCountMax: liveOrders * 2, pageCountMax: 4_096,
            eventCountMax: 1_024)
        self.instrumentCount = instrumentCount
        var random = SeededRandom(seed: seed)
        var engine = MatchingEngine(limits)
        for index in 0..<instrumentCount { engine.define(InstrumentID(index: UInt32(index)), tick: 100) }
        var live: [UInt64] = []

        func passive(_ random: inout SeededRandom) -> OrderEntry {
            let instrument = InstrumentID(index: UInt32(random.below(UInt64(instrumentCount))))
            let side: Side = random.chance(perMillion: 500_000) ? .buy : .sell
            // Two draws, the smaller: more orders near the touch than far from it.
            let distance = min(random.within(1...depth), random.within(1...depth))
            let price = 1_000_000 + 100 * (side == .buy ? -distance : distance)
            return OrderEntry(
                instrument: instrument, side: side, price: Price(raw: price),
                quantity: UInt32(random.within(1...10)) * 100)
        }
        /// A live order picked at random, taken out of the list.
        func pick(_ engine: borrowing MatchingEngine, _ random: inout SeededRandom) -> RestingOrder? {
            while !live.isEmpty {
                let index = Int(random.below(UInt64(live.count)))
                let reference = live[index]
                live.swapAt(index, live.count - 1)
                live.removeLast()
                if let order = engine.order(reference) { return order }
            }
            return nil
        }
        while engine.liveOrderCount < liveOrders {
            let entry = passive(&random)
            warmUp.append(Command(reference: 0, entry: entry, isReplace: false))
            live.append(engine.enter(entry))
        }
        commands.reserveCapacity(count)
        while commands.count < count {
            let draw = random.below(100)
            if draw < 45 {
                let entry = passive(&random)
                commands.append(Command(reference: 0, entry: entry, isReplace: false))
                live.append(engine.enter(entry))
            } else if draw < 80, let order = pick(engine, &random) {
                commands.append(
                    Command(reference: order.reference, entry: passive(&random), isReplace: false))
                engine.cancel(order.reference)
            } else if draw < 90, let order = pick(engine, &random) {
                var entry = passive(&random)
                entry.instrument = order.instrument
                entry.side = order.side
                entry.quantity = order.remaining
                if draw < 83 {
                    entry.price = order.price
                } else {
                    let distance = min(random.within(1...depth), random.within(1...depth))
                    entry.price = Price(raw: 1_000_000 + 100 * (order.side == .buy ? -distance : distance))
                }
                commands.append(Command(reference: order.reference, entry: entry, isReplace: true))
                let reference = engine.replace(
                    order.reference, price: entry.price, quantity: entry.quantity, userRef: 0)
                if reference != 0 { live.append(reference) }
            } else {
                var entry = passive(&random)
                let far = engine.best(entry.instrument, entry.side.opposite)?.price ?? entry.price
                entry.price = far
                // As much as a resting order has, so that as many leave the books as enter them.
                entry.quantity = UInt32(random.within(1...10)) * 150
                entry.duration = .immediateOrCancel
                commands.append(Command(reference: 0, entry: entry, isReplace: false))
                engine.enter(entry)
            }
        }
    }

    /// An engine in the state in which the measuring begins.
    public func warmEngine() -> MatchingEngine {
        var engine = MatchingEngine(limits)
        for index in 0..<instrumentCount { engine.define(InstrumentID(index: UInt32(index)), tick: 100) }
        for command in warmUp { engine.enter(command.entry) }
        return engine
    }

    /// Carries out `commands`, reading every event.
    ///
    /// - Returns: A checksum of the events, so that no compiler can leave them out.
    public func run(_ engine: inout MatchingEngine) -> UInt64 {
        unsafe commands.withUnsafeBufferPointer { unsafe Self.run($0, &engine) }
    }

    private static func run(
        _ commands: UnsafeBufferPointer<Command>, _ engine: inout MatchingEngine
    ) -> UInt64 {
        var sum: UInt64 = 0
        // SAFETY: indices of the buffer itself.
        for index in commands.indices {
            let command = unsafe commands[index]
            if command.reference == 0 {
                engine.enter(command.entry)
            } else if command.isReplace {
                engine.replace(
                    command.reference, price: command.entry.price, quantity: command.entry.quantity,
                    userRef: 0)
            } else {
                engine.cancel(command.reference)
            }
            for event in 0..<engine.eventCount {
                let event = engine.event(event)
                sum = sum &+ event.reference &+ UInt64(event.quantity) &+ UInt64(event.remaining)
            }
        }
        return sum
    }
}

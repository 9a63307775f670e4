internal import Memory
internal import Model

/// Positions and profit, exact. Every execution comes here first, whatever its order's state says; that each comes once
/// is the caller's business (``ExecutionSet``).
///
/// Whatever is divided, nothing is lost: where a part of a cost is taken, its share is truncated toward zero and the rest
/// stays with what is open, so that `realised − cost` is the cash that moved, to the last unit. Sums are kept by
/// difference, for each currency and for the account in its base currency; the parts sum to the whole at every step.
///
/// - Bounds: of an execution, quantity times multiplier stays below 2⁴⁸ and its notional below 2⁸⁸ (``admits(_:price:quantity:)``),
///   of prices 2⁴⁸. Then 2²¹ executions of that very size, each at the highest fee (2¹⁷ millionths of its notional),
///   still sum to less than 2¹²⁷ in every sum kept; of a trillion of currency each, 2⁵⁸ would.
struct Ledger: ~Copyable {
    private var positions: FixedArray<Position>
    private var currencies: FixedArray<CurrencySums>
    /// Of each currency, as ``Symbol/raw``.
    private var codes: FixedArray<UInt64>
    private(set) var lots: LotPool
    /// Merges of lots at which somebody is told again.
    private var mergedCountToTell: UInt64 = 1
    /// By the orders' slots; where there is a minimum only.
    private var orderFees: FixedArray<OrderFees>
    let costMethod: CostMethod
    private let maker: FeeRate
    private let taker: FeeRate
    /// In millionths; 0: none.
    private let orderMinimum: Int128
    /// Exclusive or over the digests of all positions, kept by difference.
    private(set) var positionDigest: UInt64 = 0

    // MARK: The account in its base currency

    /// Start cash, realised and unrealised less fees, over all currencies: kept by difference.
    private(set) var equity = BaseMoney.zero
    /// Start cash and realised less fees and less what held positions were bought for, where they are paid in cash: what
    /// can be spent. Kept by difference.
    private(set) var available = BaseMoney.zero
    /// By currency: what positions held on margin alone were bought for.
    private var marginedCost: FixedArray<Int128>
    /// The highest that ``equity`` was.
    private(set) var equityPeak = BaseMoney.zero
    private(set) var equityAtDayBegin = BaseMoney.zero
    /// The farthest that equity was below its peak, and the peak it had then.
    private(set) var drawdownMax = BaseMoney.zero
    private(set) var drawdownMaxPeak = BaseMoney.zero

    /// - Parameter orderCountMax: slots that the handles of orders name.
    init(_ configuration: LedgerConfiguration, instrumentCountMax: Int, orderCountMax: Int) {
        precondition(MemoryLayout<Position>.stride == 128, "Invariant: a position is two cache lines")
        precondition(MemoryLayout<CurrencySums>.stride == 128, "Invariant: a currency is two cache lines")
        let definitions = configuration.currencies
        precondition(!definitions.isEmpty, "Caller: an account has a base currency")
        precondition(definitions.count <= 256, "Caller: currencies are numbered in 8 bits")
        precondition(definitions[0].rate == Self.rateOne, "Caller: the base currency is worth itself")
        let fees = configuration.fees
        precondition(fees.maker.isWithinBounds && fees.taker.isWithinBounds, "Caller: fees are within bounds")
        precondition(
            fees.minimumPerOrder.raw >= 0 && fees.minimumPerOrder.raw < 1 << 60,
            "Caller: the least that an order costs is not negative and has at most 60 bits")
        positions = FixedArray(count: instrumentCountMax, repeating: Position(), for: "positions")
        currencies = FixedArray(count: definitions.count, repeating: CurrencySums(), for: "currencies")
        marginedCost = FixedArray(count: definitions.count, repeating: 0, for: "margined costs")
        codes = FixedArray(count: definitions.count, repeating: 0, for: "codes of currencies")
        costMethod = configuration.costMethod
        lots = LotPool(
            instrumentCountMax: instrumentCountMax,
            lotCountMax: configuration.costMethod == .firstInFirstOut ? configuration.lotCountMax : nil)
        orderFees = FixedArray(
            count: fees.minimumPerOrder == .zero ? 1 : orderCountMax, repeating: OrderFees(generation: 0),
            for: "fees of orders")
        maker = fees.maker
        taker = fees.taker
        orderMinimum = fees.minimumPerOrder.raw * 1_000_000
        for (index, definition) in definitions.enumerated() {
            precondition(definition.rate > 0, "Caller: a currency is worth something")
            precondition(
                definition.startCash.magnitude.raw < 1 << 100, "Caller: start cash has at most 100 bits")
            guard let code = Symbol(definition.code) else {
                preconditionFailure("Caller: a currency's code has one to eight printable characters")
            }
            precondition(
                !definitions[..<index].contains { $0.code == definition.code },
                "Caller: a currency is named once")
            codes[index] = code.raw
            currencies[index].rate = definition.rate
            currencies[index].startCash = definition.startCash
            equity.add(definition.startCash.raw, times: currencies[index].worth)
        }
        available = equity
        equityPeak = equity
        equityAtDayBegin = equity
        drawdownMaxPeak = equity
    }

    /// One unit of the base currency for one of a currency.
    static var rateOne: Int64 { 1_000_000_000 }

    subscript(instrument: Int) -> Position {
        _read { yield positions[instrument] }
    }

    var currencyCount: Int { currencies.count }

    /// What a money unit of an instrument's currency is worth, in units of ``BaseMoney``.
    func worth(ofInstrument index: Int) -> Int128 { currencies[Int(positions[index].currency)].worth }

    func code(_ currency: Int) -> Symbol { Symbol(raw: codes[currency]) }

    /// The place of a currency; `nil`: the account has none of that code.
    func currency(ofCode code: UInt64) -> Int? {
        for index in 0..<codes.count where codes[index] == code { return index }
        return nil
    }

    /// The exact sums of one currency.
    func sums(_ currency: Int) -> CurrencySums { currencies[currency] }

    /// Says what one point of price is worth, and in which currency.
    ///
    /// - Returns: `false` where the instrument has been traded already: then it stays what it was, as what is booked
    ///   was booked by it.
    @discardableResult
    mutating func define(
        _ instrument: Int, multiplier: Int64, currency: Int = 0, isMargined: Bool = false
    ) -> Bool {
        precondition(multiplier > 0 && multiplier <= Int32.max, "Caller: a multiplier has at most 31 bits")
        precondition(
            currency >= 0 && currency < currencies.count, "Caller: the currency is one of the account's")
        guard positions[instrument].digest == 0 else { return false }
        positions[instrument].points = Int32(truncatingIfNeeded: multiplier)
        positions[instrument].currency = UInt8(truncatingIfNeeded: currency)
        positions[instrument].isMargined = isMargined
        return true
    }

    /// Whether an execution's figures can be booked: beyond this, sums could overflow later on.
    func admits(_ instrument: Int, price: Price, quantity: Int64) -> Bool {
        guard quantity > 0, quantity < 1 << 40 else { return false }
        guard price.raw < AccountRisk.priceBound, price.raw > -AccountRisk.priceBound else { return false }
        let size = Int128(quantity) &* Int128(positions[instrument].points)
        guard size < 1 << 48 else { return false }
        let notional = size * Int128(price.raw)
        return notional < 1 << 88 && notional > -(1 << 88)
    }

    // MARK: Executions

    /// Books an execution of `quantity` > 0 that ``admits(_:price:quantity:)`` accepts.
    ///
    /// - Parameters:
    ///   - key: what it is found by when it is undone or corrected; only lots need it.
    ///   - isMaker: it gave what rested.
    ///   - order: whose minimum fee it counts for; `.none`: its record is gone, or never was, and rates alone count.
    ///   - market: where the position is marked from; a side that is empty is replaced by the last trade, and that by
    ///     the execution's own price.
    mutating func book(
        _ instrument: Int, _ side: Side, price: Price, quantity: Int64, key: ExecutionKey = .none,
        isMaker: Bool = false, order: OrderHandle = .none, market: inout MarketLine
    ) -> PositionChange {
        precondition(quantity > 0, "Invariant: an execution has a quantity")
        let before = positions[instrument]
        var position = before
        let signed = side.sign * quantity
        switch costMethod {
        case .average: position.addAtAverage(signed, price)
        case .firstInFirstOut: lots.add(&position, instrument, signed, price, key)
        }
        let notional = position.value(price, quantity)
        let fee = charge(order, byRate: byRate(notional, quantity, isMaker: isMaker), executions: 1)
        return settle(
            instrument, before, &position, notional: notional, quantity: quantity, fee: fee, price: price,
            market: &market)
    }

    /// Takes an execution back. What of it is still open leaves at its own price, and the rest is booked the other way at
    /// its own price: total profit, cash and fees are then what they would be without it; how they divide into realised
    /// and unrealised can differ, as what was closed against it stays closed. Of an execution that is taken back in
    /// parts, each part is a call of its own.
    mutating func undo(
        _ instrument: Int, _ side: Side, price: Price, quantity: Int64, key: ExecutionKey = .none,
        isMaker: Bool = false, order: OrderHandle = .none, market: inout MarketLine
    ) -> PositionChange {
        precondition(quantity > 0, "Invariant: an execution has a quantity")
        let before = positions[instrument]
        var position = before
        let signed = side.sign * quantity
        switch costMethod {
        case .average: position.undoAtAverage(signed, price)
        case .firstInFirstOut: lots.undo(&position, instrument, signed, price, key)
        }
        let notional = position.value(price, quantity)
        let fee = charge(order, byRate: -byRate(notional, quantity, isMaker: isMaker), executions: -1)
        return settle(
            instrument, before, &position, notional: -notional, quantity: -quantity, fee: fee, price: price,
            market: &market)
    }

    /// Puts another price and quantity in the place of an execution's, in one step.
    ///
    /// - Parameters:
    ///   - old: what stood under `key` until now: as booked, or as last corrected.
    ///   - new: a quantity > 0, and within what is admitted.
    mutating func correct(
        _ instrument: Int, _ side: Side, from old: (price: Price, quantity: Int64),
        to new: (price: Price, quantity: Int64), key: ExecutionKey = .none, isMaker: Bool = false,
        order: OrderHandle = .none, market: inout MarketLine
    ) -> PositionChange {
        precondition(old.quantity > 0 && new.quantity > 0, "Invariant: an execution has a quantity")
        let before = positions[instrument]
        var position = before
        switch costMethod {
        case .average:
            position.undoAtAverage(side.sign * old.quantity, old.price)
            position.addAtAverage(side.sign * new.quantity, new.price)
        case .firstInFirstOut: lots.correct(&position, instrument, side, from: old, to: new, key)
        }
        let oldNotional = position.value(old.price, old.quantity)
        let notional = position.value(new.price, new.quantity)
        let byRate =
            byRate(notional, new.quantity, isMaker: isMaker)
            - byRate(oldNotional, old.quantity, isMaker: isMaker)
        let fee = charge(order, byRate: byRate, executions: 0)
        return settle(
            instrument, before, &position, notional: notional - oldNotional,
            quantity: new.quantity - old.quantity, fee: fee, price: new.price, market: &market)
    }

    /// Takes over a position from an earlier day: it costs no fee and is no volume. Equity is the same before and after
    /// where the market is at `price`: what it was bought for is taken from the cash.
    mutating func carry(
        _ instrument: Int, _ side: Side, price: Price, quantity: Int64, key: ExecutionKey = .none,
        market: inout MarketLine
    ) -> PositionChange {
        precondition(quantity > 0, "Invariant: a position has a quantity")
        let before = positions[instrument]
        var position = before
        switch costMethod {
        case .average: position.addAtAverage(side.sign * quantity, price)
        case .firstInFirstOut: lots.add(&position, instrument, side.sign * quantity, price, key)
        }
        return settle(
            instrument, before, &position, notional: 0, quantity: 0, fee: 0, price: price, market: &market)
    }

    /// How often lots were merged, where that has doubled since it was last told; `nil`: nothing to tell.
    @inline(__always)
    mutating func mergesToTell() -> UInt64? {
        guard lots.mergedCount >= mergedCountToTell else { return nil }
        mergedCountToTell = 2 * lots.mergedCount
        return lots.mergedCount
    }

    // MARK: Ticks

    /// Marks a held instrument to the market, by difference: two products, and a few additions.
    mutating func mark(_ instrument: Int, market: inout MarketLine) {
        let held = positions[instrument].quantity.raw
        guard held != 0 else { return }
        let old = positions[instrument].mark
        let mark = Self.markPrice(held, &market, otherwise: old)
        guard mark != old else { return }
        let cost = positions[instrument].cost.raw
        let before = positions[instrument].unrealised.raw
        let value = positions[instrument].value(mark, held)
        let moved = value - cost - before
        positions[instrument].unrealised = Money(raw: before + moved)
        positions[instrument].mark = mark
        let currency = Int(positions[instrument].currency)
        currencies[currency].unrealised += Money(raw: moved)
        currencies[currency].grossExposure += Money(raw: abs(value) - abs(value - moved))
        equity.add(moved, times: currencies[currency].worth)
        observeEquity()
    }

    /// What the position could be closed at: the bid for longs, the ask for shorts, the last trade where that side
    /// is empty.
    @inline(__always)
    static func markPrice(_ held: Int64, _ market: inout MarketLine, otherwise: Price) -> Price {
        if held > 0, market.quote.bidQuantity.raw > 0 { return market.quote.bid }
        if held < 0, market.quote.askQuantity.raw > 0 { return market.quote.ask }
        return market.lastPrice.raw != 0 ? market.lastPrice : otherwise
    }

    // MARK: Currencies and days

    /// Says what a currency is worth in the base currency, in 10⁻⁹. Everything held in it is worth that from here on.
    ///
    /// - Returns: `false`: nothing changed, as the currency is unknown or the base, the rate is not above zero or the
    ///   one there was.
    mutating func setRate(_ currency: Int, _ rate: Int64) -> Bool {
        guard currency > 0, currency < currencies.count, rate > 0, rate != currencies[currency].rate else {
            return false
        }
        let moved = Int128(rate) - Int128(currencies[currency].rate)
        currencies[currency].rate = rate
        let sums = currencies[currency]
        equity.add(sums.startCash.raw + sums.realised.raw + sums.unrealised.raw, times: moved * 1_000_000)
        equity.add(-sums.feesMillionths, times: moved)
        available.add(
            sums.startCash.raw + sums.realised.raw - sums.cost.raw + marginedCost[currency],
            times: moved * 1_000_000)
        available.add(-sums.feesMillionths, times: moved)
        observeEquity()
        return true
    }

    /// A day begins: its profit counts from here.
    mutating func beginDay() { equityAtDayBegin = equity }

    // MARK: Sums

    /// Less than ``equity`` in money units where that is above zero: enough for most comparisons.
    @inline(__always) var equityAtLeast: Int128 { equity.atLeast }
    @inline(__always) var availableAtLeast: Int128 { available.atLeast }
    /// The same in 64 bits: ``BaseMoney/shortly``.
    @inline(__always) var equityShortly: Int64 { equity.shortly }
    @inline(__always) var availableShortly: Int64 { available.shortly }

    /// Of the notional and of each unit, in millionths.
    @inline(__always)
    private func byRate(_ notional: Int128, _ quantity: Int64, isMaker: Bool) -> Int128 {
        let rate = isMaker ? maker : taker
        // A negative price (a spread) still pays for its size.
        let size = abs(notional)
        let short = Int64(truncatingIfNeeded: size)
        let share =
            Int128(short) == size
            ? Int128(short) &* Int128(rate.notionalHundredthBps)
            : size * Int128(rate.notionalHundredthBps)
        return share + Int128(quantity) &* Int128(rate.perUnitMillionths)
    }

    @inline(__always)
    private mutating func charge(_ order: OrderHandle, byRate: Int128, executions: Int32) -> Int128 {
        guard orderMinimum != 0, !order.isNone else { return byRate }
        let slot = Int(order.index)
        if orderFees[slot].generation != order.generation {
            orderFees[slot] = OrderFees(generation: order.generation)
        }
        return orderFees[slot].charge(byRate, executions: executions, minimum: orderMinimum)
    }

    /// Fees, volume, mark, sums and digest after a change of `position`.
    private mutating func settle(
        _ instrument: Int, _ before: Position, _ position: inout Position, notional: Int128, quantity: Int64,
        fee: Int128, price: Price, market: inout MarketLine
    ) -> PositionChange {
        position.feesMillionths += fee
        position.volume += Quantity(raw: quantity)
        let held = position.quantity.raw
        if held == 0 {
            position.unrealised = .zero
        } else {
            let other = before.quantity.raw == 0 ? price : before.mark
            position.mark = Self.markPrice(held, &market, otherwise: other)
            position.unrealised = Money(raw: position.value(position.mark, held)) - position.cost
        }
        position.digest = Self.digest(instrument, position)
        positionDigest ^= before.digest ^ position.digest
        positions[instrument] = position

        let realised = position.realised - before.realised
        let unrealised = position.unrealised - before.unrealised
        let currency = Int(position.currency)
        currencies[currency].realised += realised
        currencies[currency].unrealised += unrealised
        currencies[currency].cost += position.cost - before.cost
        currencies[currency].grossExposure += position.marketValue.magnitude - before.marketValue.magnitude
        currencies[currency].feesMillionths += fee
        currencies[currency].tradedNotional += Money(raw: notional)
        currencies[currency].volume += Quantity(raw: quantity)
        equity.add((realised + unrealised).raw, times: currencies[currency].worth)
        let cost = (position.cost - before.cost).raw
        if likely(!position.isMargined) {
            available.add(realised.raw - cost, times: currencies[currency].worth)
        } else {
            available.add(realised.raw, times: currencies[currency].worth)
            marginedCost[currency] += cost
        }
        if fee != 0 {
            equity.add(-fee, times: Int128(currencies[currency].rate))
            available.add(-fee, times: Int128(currencies[currency].rate))
        }
        observeEquity()
        return PositionChange(from: before.quantity.raw, to: held)
    }

    /// Peak and farthest fall, without a division.
    @inline(__always)
    private mutating func observeEquity() {
        if equity > equityPeak {
            equityPeak = equity
        } else {
            let fall = equityPeak - equity
            if fall > drawdownMax {
                drawdownMax = fall
                drawdownMaxPeak = equityPeak
            }
        }
    }

    // MARK: Digest

    /// 0 for a position that never was, so that untouched instruments need no visit. The mark is not in it: it follows
    /// from the market.
    static func digest(_ instrument: Int, _ position: Position) -> UInt64 {
        guard
            position.volume.raw != 0 || position.quantity.raw != 0 || position.realised != .zero
                || position.feesMillionths != 0
        else { return 0 }
        var digest = Digest()
        digest.add(UInt64(instrument))
        digest.add(UInt64(bitPattern: position.quantity.raw))
        digest.add(position.cost.raw)
        digest.add(position.realised.raw)
        digest.add(position.feesMillionths)
        return digest.value
    }

    /// Everything that the ledger holds, so that equal histories give equal digests and nothing else does.
    func add(to digest: inout Digest) {
        digest.add(positionDigest)
        digest.add(lots.digest)
        digest.add(lots.mergedCount)
        for index in 0..<currencies.count {
            digest.add(currencies[index].realised.raw)
            digest.add(currencies[index].unrealised.raw)
            digest.add(currencies[index].feesMillionths)
            digest.add(UInt64(bitPattern: currencies[index].rate))
        }
        equity.add(to: &digest)
        equityPeak.add(to: &digest)
        equityAtDayBegin.add(to: &digest)
        drawdownMax.add(to: &digest)
        drawdownMaxPeak.add(to: &digest)
    }
}

extension BaseMoney {
    fileprivate func add(to digest: inout Digest) {
        digest.add(high)
        digest.add(Int128(truncatingIfNeeded: low))
    }
}

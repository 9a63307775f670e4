internal import Memory
internal import Model

/// The account's hard limits, and the sums that they are held against.
///
/// Everything here is O(1): an order is judged from the account's sums, its strategy's line, the instrument's ``RiskLine``
/// and ``OrderTrace``, and its market. The limits on money are in the account's base currency. What instruments of other
/// currencies come to is converted exactly (``BaseMoney``) and compared exactly; only what a refusal shows is rounded, up.
///
/// The checks themselves stand in AccountRisk+Check.swift, other currencies in AccountRisk+Currencies.swift.
struct AccountRisk: ~Copyable {
    // swift-format-ignore
    /// Prices at or above this are no prices: 2⁴⁸ in scale 4 is 28 billion. Keeps every product below in range.
    static var priceBound: Int64 { 1 << 48 }

    /// The limits as most checks compare them: see ``limitsHaveChanged()``.
    private(set) var short = ShortLimits()
    /// What these limits leave of the sums.
    var headroom = Headroom()
    /// Repetitions or rates of the account's or a strategy's orders are limited.
    private(set) var countsOrders = false
    /// By bit: strategies whose own is to be drawn anew.
    var staleStrategies: UInt64 = 0
    /// Sums over the instruments of the base currency.
    var base = ExposureSums()
    /// Orders that have not ended.
    var openOrderCount = 0
    /// What keeps orders from being judged by their limits alone: ``StateBits``, kept by ``TradingCore``.
    var stateBits: UInt8 = 0
    /// Nothing but cancels.
    var isHalted: Bool { stateBits & StateBits.halted != 0 }
    let hasForeign: Bool
    /// Orders of the account.
    var rate: OrderRate
    /// What an order can cost at most, beside its value: parts per million of the value, millionths a unit, and millionths
    /// an order.
    let feePpm: Int64
    let feePerUnit: Int64
    let feePerOrder: Int128

    // Behind the lines that every order touches.
    /// As they stand now.
    var limits: RiskLimits
    /// Σ of the gross notional of the other currencies, each by its rate.
    var foreignGross = BaseMoney.zero
    /// By currency; the base's is not used.
    var foreign: FixedArray<ForeignExposure>
    /// By instrument.
    var traces: FixedArray<OrderTrace>
    var rare: FixedArray<RareTerms>
    /// By strategy; those that have none are not limited but by the account.
    var strategies: FixedArray<StrategyLine>
    let strategyCount: Int
    /// By strategy, and then by currency: what its open orders come to; in the base currency the strategy's line has it.
    var foreignOpen: FixedArray<Int128>

    init(
        _ limits: RiskLimits, instrumentCountMax: Int, strategies: [StrategyLimits],
        ledger: LedgerConfiguration
    ) {
        precondition(limits.disagreement == nil, "Caller: limits are within bounds")
        precondition(
            MemoryLayout<StrategyLine>.stride == 256, "Invariant: a strategy's line is at a line's begin")
        self.limits = limits
        let currencies = ledger.currencies
        hasForeign = currencies.count > 1
        foreign = FixedArray(
            count: max(currencies.count, 1), repeating: ForeignExposure(), for: "exposure of currencies")
        for (index, currency) in currencies.enumerated() { foreign[index].rate = currency.rate }
        let fees = ledger.fees
        feePpm = max(fees.maker.notionalHundredthBps, fees.taker.notionalHundredthBps, 0)
        feePerUnit = max(fees.maker.perUnitMillionths, fees.taker.perUnitMillionths, 0)
        feePerOrder = fees.minimumPerOrder.raw * 1_000_000
        rate = OrderRate(perSecond: limits.ordersPerSecond, burst: limits.orderBurst)
        traces = FixedArray(count: instrumentCountMax, repeating: OrderTrace(), for: "traces of orders")
        rare = FixedArray(count: instrumentCountMax, repeating: RareTerms(), for: "rare terms")
        strategyCount = strategies.count
        self.strategies = FixedArray(
            count: max(strategies.count, 1), repeating: StrategyLine(strategies.first ?? StrategyLimits()),
            for: "strategies' limits")
        for (index, own) in strategies.enumerated() { self.strategies[index] = StrategyLine(own) }
        foreignOpen = FixedArray(
            count: max(strategies.count, 1) * max(currencies.count, 1), repeating: 0,
            for: "strategies' open orders")
        limitsHaveChanged()
    }

    /// Draws anew what is kept of the limits beside them; called whenever one has changed.
    mutating func limitsHaveChanged() {
        short = ShortLimits(limits, isPossible: !hasForeign, fees: (feePpm, feePerUnit, feePerOrder))
        countsOrders = rate.isOn || limits.duplicateOrderMax != 0
        for strategy in 0..<strategyCount {
            if strategies[strategy].rate.isOn { countsOrders = true }
            strategies[strategy].limitsHaveChanged()
            makeStale(UInt16(strategy))
        }
        headroom.isStale = true
    }

    // MARK: Sums

    // Prices lie below 2⁴⁸, quantities below 2⁴⁰, multipliers below 2³¹: no sum of as many as there is room for comes near
    // 2¹²⁷, and no addition asks.

    // Lines are lent, `inout` by form only: handed over by value they are copied, and the copy waits for the stores that
    // brought the line up to date a moment ago (seen in the machine code; it cost 20 ns an order).
    /// The largest position, either way, that the orders could still make.
    @inline(__always)
    static func worst(_ line: inout RiskLine) -> Int64 {
        max(Self.size(line.position &+ line.openBuy), Self.size(line.position &- line.openSell))
    }

    /// Of numbers that are far from the largest: nothing asks for it.
    @inline(__always)
    static func size(_ number: Int64) -> Int64 { max(number, 0 &- number) }

    /// Moves an instrument's sums and, by difference, the account's.
    ///
    /// - Parameters:
    ///   - position: by how much it grows, signed.
    ///   - open: by how much what may still execute on `side` grows, at worst at `price`.
    mutating func move(
        _ line: inout RiskLine, _ index: Int, position: Int64, side: Side = .none, open: Int64 = 0,
        at price: Int64 = 0
    ) {
        headroom.isStale = true
        let long = line.position + line.openBuy
        let short = line.position - line.openSell
        line.position += position
        switch side {
        case .buy: line.openBuy += open
        case .sell: line.openSell += open
        case .none: break
        }
        precondition(line.openBuy >= 0, "Invariant: what may still be bought is not negative")
        precondition(line.openSell >= 0, "Invariant: what may still be sold is not negative")
        let newLong = line.position + line.openBuy
        let newShort = line.position - line.openSell
        let worst =
            max(Self.size(newLong), Self.size(newShort)) - max(Self.size(long), Self.size(short))
        if likely(line.currency == 0) {
            Self.raise(&base, &line, worst: worst, long: newLong - long, short: newShort - short)
            if open != 0 { Self.raiseOpen(&base, &line, side, open, price) }
        } else {
            moveForeign(&line, worst: worst, long: newLong - long, short: newShort - short, side, open, price)
        }
        if unlikely(line.hasRareTerms) { moveRare(&line, index, worst: worst) }
    }

    /// Counts a new order: in the account's, the instrument's and the strategy's sums, by number, quantity and value.
    ///
    /// As ``move(_:_:position:side:open:at:)`` and both ``countOpen``, at once: this is on every order's way.
    @inline(__always)
    mutating func add(
        _ line: inout RiskLine, _ index: Int, _ book: inout StrategyBook, _ strategy: UInt16, _ side: Side,
        _ quantity: Int64, at price: Int64
    ) {
        guard likely(line.currency == 0 && !line.hasRareTerms) else {
            return addRare(&line, index, &book, strategy, side, quantity, at: price)
        }
        headroom.isStale = true
        openOrderCount &+= 1
        base.openOrderCount &+= 1
        base.openUnits &+= quantity
        let value = Self.product(price, quantity, line.multiplier)
        if likely(Int(strategy) < strategyCount) {
            makeStale(strategy)
            Self.add(&strategies[Int(strategy)], value)
        }
        let moved = Self.notional(quantity, &line)
        let long = line.position &+ line.openBuy
        let short = line.position &- line.openSell
        let before = max(Self.size(long), Self.size(short))
        let after: Int64
        if side == .buy {
            line.openBuy &+= quantity
            line.buyCount += 1
            book.openBuy &+= quantity
            book.buyCount += 1
            traces[index].highestBuy = max(traces[index].highestBuy, price)
            base.netLong &+= moved
            base.openBuy &+= value
            if likely(!line.isMargined) { base.cashBuy &+= value }
            after = max(Self.size(long &+ quantity), Self.size(short))
        } else {
            line.openSell &+= quantity
            line.sellCount += 1
            book.openSell &+= quantity
            book.sellCount += 1
            traces[index].lowestSell = min(traces[index].lowestSell, price)
            base.netShort &-= moved
            base.openSell &+= value
            after = max(Self.size(long), Self.size(short &- quantity))
        }
        base.gross &+= Self.notional(after &- before, &line)
    }

    @inline(__always)
    private static func add(_ own: inout StrategyLine, _ value: Int128) {
        own.openOrderCount &+= 1
        own.open &+= value
    }

    @inline(never)
    private mutating func addRare(
        _ line: inout RiskLine, _ index: Int, _ book: inout StrategyBook, _ strategy: UInt16, _ side: Side,
        _ quantity: Int64, at price: Int64
    ) {
        countOpen(&line, strategy, by: 1)
        move(&line, index, position: 0, side: side, open: quantity, at: price)
        countOpen(&line, strategy, value: Self.product(price, quantity, line.multiplier))
        if side == .buy {
            line.buyCount += 1
            book.openBuy += quantity
            book.buyCount += 1
            traces[index].highestBuy = max(traces[index].highestBuy, price)
        } else {
            line.sellCount += 1
            book.openSell += quantity
            book.sellCount += 1
            traces[index].lowestSell = min(traces[index].lowestSell, price)
        }
    }

    /// Counts the instrument by this price from here on.
    @inline(__always)
    mutating func setReference(_ line: inout RiskLine, _ index: Int, _ reference: Int64) {
        if unlikely(reference != line.reference) { moveReference(&line, index, reference) }
    }

    @inline(never)
    private mutating func moveReference(_ line: inout RiskLine, _ index: Int, _ reference: Int64) {
        let moved = reference - line.reference
        line.reference = reference
        let long = line.position + line.openBuy
        let short = line.position - line.openSell
        guard long != 0 || short != 0 else { return }
        let worst = max(Self.size(long), Self.size(short))
        if likely(line.currency == 0) {
            let notional = Self.product(moved, worst, line.multiplier)
            headroom.take(off: notional)
            base.gross &+= notional
            base.netLong &+= Self.product(moved, long, line.multiplier)
            base.netShort &+= Self.product(moved, short, line.multiplier)
        } else {
            referenceForeign(&line, moved: moved, worst: worst, long: long, short: short)
        }
        if unlikely(line.hasRareTerms) { referenceRare(&line, index, moved: moved, worst: worst) }
    }

    @inline(__always)
    static func raise(
        _ sums: inout ExposureSums, _ line: inout RiskLine, worst: Int64, long: Int64, short: Int64
    ) {
        if worst != 0 { sums.gross &+= notional(worst, &line) }
        if long != 0 { sums.netLong &+= notional(long, &line) }
        if short != 0 { sums.netShort &+= notional(short, &line) }
    }

    @inline(__always)
    static func raiseOpen(
        _ sums: inout ExposureSums, _ line: inout RiskLine, _ side: Side, _ open: Int64, _ price: Int64
    ) {
        let value = product(price, open, line.multiplier)
        sums.openUnits &+= open
        if side == .buy {
            sums.openBuy &+= value
            if likely(!line.isMargined) { sums.cashBuy &+= value }
        } else {
            sums.openSell &+= value
        }
    }

    /// `quantity` at the line's reference.
    @inline(__always)
    static func notional(_ quantity: Int64, _ line: inout RiskLine) -> Int128 {
        product(line.reference, quantity, line.multiplier)
    }

    @inline(__always)
    static func product(_ price: Int64, _ quantity: Int64, _ multiplier: Int32) -> Int128 {
        // Two numbers of 64 bits always fit; the check of 128 × 128 bits costs thirty instructions.
        let points = Int128(price) &* Int128(quantity)
        return multiplier == 1 ? points : points * Int128(multiplier)
    }

    /// One order more or less that has not ended.
    @inline(__always)
    mutating func countOpen(_ line: inout RiskLine, _ strategy: UInt16, by change: Int) {
        headroom.isStale = true
        openOrderCount += change
        if likely(line.currency == 0) {
            base.openOrderCount += Int64(change)
        } else {
            foreign[Int(line.currency)].sums.openOrderCount += Int64(change)
        }
        if likely(Int(strategy) < strategyCount) {
            strategies[Int(strategy)].openOrderCount += Int64(change)
            makeStale(strategy)
        }
    }

    /// What a strategy's open orders come to.
    @inline(__always)
    mutating func countOpen(_ line: inout RiskLine, _ strategy: UInt16, value: Int128) {
        guard likely(Int(strategy) < strategyCount) else { return }
        headroom.isStale = true
        makeStale(strategy)
        if likely(line.currency == 0) {
            strategies[Int(strategy)].open &+= value
        } else {
            foreignOpen[Int(strategy) * foreign.count + Int(line.currency)] &+= value
        }
    }

    /// What a strategy's open orders in one currency come to.
    func openNotional(_ strategy: Int, _ currency: Int) -> Int128 {
        currency == 0 ? strategies[strategy].open : foreignOpen[strategy * foreign.count + currency]
    }

    /// An execution of the day; what is undone is taken off again.
    @inline(__always)
    mutating func countTraded(_ line: inout RiskLine, price: Int64, quantity: Int64) {
        let value = Self.product(abs(price), quantity, line.multiplier)
        if likely(line.currency == 0) {
            headroom.isStale = true
            base.dayTraded += value
        } else {
            foreign[Int(line.currency)].sums.dayTraded += value
        }
    }

    mutating func beginDay() {
        headroom.isStale = true
        base.dayTraded = 0
        for index in 0..<foreign.count { foreign[index].sums.dayTraded = 0 }
    }

    // MARK: What an order may be

    /// Brings together what limits on one order come to in an instrument.
    mutating func drawTrace(_ index: Int, tick: Int32) {
        let own = rare[index]
        traces[index].quantityMax = min(
            min(limits.orderQuantityMax.raw, own.orderQuantityMax), volumeMax(own.dailyVolume))
        traces[index].notionalMax = min(Int64(clamping: limits.orderNotionalMax.raw), own.orderNotionalMax)
        traces[index].tickInverse = UInt64.max / UInt64(tick) &+ 1
    }

    /// The largest quantity that is within the share of a day's volume.
    func volumeMax(_ dailyVolume: Int64) -> Int64 {
        if limits.dailyVolumePpm == 0 { return .max }
        guard dailyVolume > 0 else { return limits.requiresDailyVolume ? 0 : .max }
        return Int64(clamping: Int128(dailyVolume) * Int128(limits.dailyVolumePpm) / 1_000_000)
    }

    /// Whether an order can only bring the position nearer to zero, whatever becomes of the others on its side.
    @inline(__always)
    static func isReducing(_ line: inout RiskLine, _ side: Side, _ quantity: Int64) -> Bool {
        // Which side it is nobody can foretell: no branch depends on it.
        let held = side == .buy ? 0 &- line.position : line.position
        let open = side == .buy ? line.openBuy : line.openSell
        return held > 0 && quantity <= held &- open && side != .none
    }

    /// What of `quantity` one order may have under the limits on quantity and notional, in whole lots: a position that is
    /// larger is closed in several orders, not refused for ever.
    mutating func largestOrder(_ line: inout RiskLine, _ index: Int, quantity: Int64, price: Int64) -> Int64 {
        guard price > 0, price < Self.priceBound else { return quantity }
        let notionalMax =
            line.currency == 0
            ? Int128(traces[index].notionalMax)
            : inCurrency(Int(line.currency), Int128(traces[index].notionalMax))
        let quantityMax = traces[index].quantityMax
        // No division where the whole fits.
        if quantity <= quantityMax, Self.product(price, quantity, line.multiplier) <= notionalMax {
            return quantity
        }
        let most = min(Int128(quantityMax), notionalMax / (Int128(price) * Int128(line.multiplier)))
        guard Int128(quantity) > most else { return quantity }
        let whole = Int64(truncatingIfNeeded: most)
        return whole - whole % Int64(line.lot)
    }

    /// As ``largestOrder(_:_:quantity:price:)``, and within the share of the capital that one order may have.
    mutating func largestOpening(
        _ line: inout RiskLine, _ index: Int, quantity: Int64, price: Int64, _ ledger: inout Ledger
    ) -> Int64 {
        let most = largestOrder(&line, index, quantity: quantity, price: price)
        guard limits.orderCapitalPpm != 0, price > 0, price < Self.priceBound else { return most }
        let value = Self.product(price, most, line.multiplier)
        if likely(line.currency == 0),
            likely(value &* 1_000_000 <= ledger.equityAtLeast &* Int128(limits.orderCapitalPpm))
        {
            return most
        }
        return shareOfCapital(&line, most, price, &ledger)
    }

    @inline(never)
    private mutating func shareOfCapital(
        _ line: inout RiskLine, _ quantity: Int64, _ price: Int64, _ ledger: inout Ledger
    ) -> Int64 {
        let equity = max(ledger.equity, .zero)
        let money = equity.times(UInt128(limits.orderCapitalPpm)).millionthInMoney
        let own = line.currency == 0 ? money : inCurrency(Int(line.currency), money)
        let most = min(Int128(quantity), own / (Int128(price) * Int128(line.multiplier)))
        let whole = Int64(truncatingIfNeeded: most)
        return whole - whole % Int64(line.lot)
    }

    /// Whether `part` is at most so many parts per million of `whole`, both not negative: exact, and without a division.
    @inline(__always)
    static func isWithin(_ ppm: Int64, _ part: Int64, of whole: Int64) -> Bool {
        Int128(part) &* 1_000_000 <= Int128(whole) &* Int128(ppm)
    }

    /// How far a price may lie from `reference`, truncated.
    mutating func collarBand(_ reference: Int64) -> Int64 {
        Int64(clamping: Int128(reference) * Int128(limits.collarPpm) / 1_000_000)
    }

    // MARK: States

    @inline(__always)
    mutating func checkState(
        _ line: inout RiskLine, side: Side, quantity: Int64, reducing: Bool, flags: OrderFlags
    ) -> RiskVerdict? {
        if unlikely(line.isRestricted) { return RiskVerdict(.restrictedSymbol, scope: .instrument) }
        if reducing { return nil }
        if unlikely(flags.rawValue & OrderFlags.reduceOnly.rawValue != 0) {
            let room = side == .buy ? -line.position - line.openBuy : line.position - line.openSell
            return RiskVerdict(.reduceOnly, limit: max(room, 0), value: quantity)
        }
        return nil
    }
}

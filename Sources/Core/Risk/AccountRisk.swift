internal import Memory
internal import Model

/// The account's hard limits, and the sums that they are held against. One line of limits, one of sums.
///
/// Everything here is O(1): an order is judged from the account's sums, the instrument's ``RiskLine`` and its market.
/// The limits on money are in the account's base currency. What instruments of other currencies come to is converted
/// exactly (``BaseMoney``) and compared exactly; only what a refusal shows is rounded, up.
struct AccountRisk: ~Copyable {
    // swift-format-ignore
    /// Prices at or above this are no prices: 2⁴⁸ in scale 4 is 28 billion. Keeps every product below in range.
    static var priceBound: Int64 { 1 << 48 }

    private let orderQuantityMax: Int64
    private let orderNotionalMax: Int128
    private let grossNotionalMax: Int128
    private let openOrderCountMax: Int
    private let collarPpm: Int64

    /// Σ max(|P + B|, |P − S|) · reference · multiplier over the instruments of the base currency.
    private var baseGross: Int128 = 0
    /// Orders that have not ended.
    var openOrderCount = 0
    /// What keeps orders from being judged by their limits alone: ``StateBits``, kept by ``TradingCore``.
    var stateBits: UInt8 = 0
    /// Nothing but cancels.
    var isHalted: Bool { stateBits & StateBits.halted != 0 }
    private let hasForeign: Bool

    // Behind the two lines that every order touches.
    /// Σ of the instruments of the other currencies, each by its rate.
    private var foreignGross = BaseMoney.zero
    /// By currency; the base's is not used.
    private var foreign: FixedArray<ForeignGross>

    init(_ limits: RiskLimits, currencies: [CurrencyDefinition] = [CurrencyDefinition(code: "USD")]) {
        precondition(limits.orderQuantityMax.raw < 1 << 40, "Caller: an order's quantity has at most 40 bits")
        precondition(
            limits.openOrderCountMax <= Int(UInt16.max), "Caller: open orders are counted in 16 bits")
        precondition(limits.collarPpm >= 0, "Caller: a collar is not negative")
        precondition(limits.collarPpm <= 1_000_000, "Caller: a collar is at most the price itself")
        orderQuantityMax = limits.orderQuantityMax.raw
        orderNotionalMax = limits.orderNotionalMax.raw
        grossNotionalMax = limits.grossNotionalMax.raw
        openOrderCountMax = limits.openOrderCountMax
        collarPpm = limits.collarPpm
        hasForeign = currencies.count > 1
        foreign = FixedArray(
            count: max(currencies.count, 1), repeating: ForeignGross(), for: "gross notional of currencies")
        for (index, currency) in currencies.enumerated() { foreign[index].rate = currency.rate }
    }

    /// Σ max(|P + B|, |P − S|) · reference · multiplier over all instruments, in the base currency, rounded up.
    var grossNotional: Int128 { hasForeign ? exactGross.moneyRoundedUp.raw : baseGross }

    private var exactGross: BaseMoney {
        var sum = foreignGross
        sum.add(baseGross, times: Int128(BaseMoney.unit))
        return sum
    }

    /// Says what a currency is worth from here on.
    mutating func setRate(_ currency: Int, _ rate: Int64) {
        let moved = Int128(rate) - Int128(foreign[currency].rate)
        foreign[currency].rate = rate
        foreignGross.add(foreign[currency].gross, times: moved * 1_000_000)
    }

    // Lines are lent, `inout` by form only: handed over by value they are copied, and the copy waits for the stores that
    // brought the line up to date a moment ago (seen in the machine code; it cost 20 ns an order).
    /// The largest position, either way, that the orders could still make.
    @inline(__always)
    static func worst(_ line: inout RiskLine) -> Int64 {
        max(abs(line.position + line.openBuy), abs(line.position - line.openSell))
    }

    /// Moves an instrument's sums and, by difference, the gross notional.
    mutating func move(_ line: inout RiskLine, position: Int64, buy: Int64, sell: Int64) {
        let before = Self.worst(&line)
        line.position += position
        line.openBuy += buy
        line.openSell += sell
        precondition(line.openBuy >= 0, "Invariant: what may still be bought is not negative")
        precondition(line.openSell >= 0, "Invariant: what may still be sold is not negative")
        let moved = Self.worst(&line) - before
        if moved != 0 { raise(&line, Self.notional(moved, &line)) }
    }

    /// Counts the instrument by another price from here on.
    mutating func setReference(_ line: inout RiskLine, _ reference: Int64) {
        let moved = reference - line.reference
        guard moved != 0 else { return }
        line.reference = reference
        let worst = Self.worst(&line)
        if worst != 0 { raise(&line, Self.product(moved, worst, line.multiplier)) }
    }

    @inline(__always)
    private mutating func raise(_ line: inout RiskLine, _ amount: Int128) {
        if likely(line.currency == 0) {
            baseGross += amount
        } else {
            raiseForeign(Int(line.currency), amount)
        }
    }

    @inline(never)
    private mutating func raiseForeign(_ currency: Int, _ amount: Int128) {
        foreign[currency].gross += amount
        foreignGross.add(amount, times: foreign[currency].worth)
    }

    /// `quantity` at the line's reference.
    @inline(__always)
    private static func notional(_ quantity: Int64, _ line: inout RiskLine) -> Int128 {
        product(line.reference, quantity, line.multiplier)
    }

    @inline(__always)
    private static func product(_ price: Int64, _ quantity: Int64, _ multiplier: Int32) -> Int128 {
        // Two numbers of 64 bits always fit; the check of 128 × 128 bits costs thirty instructions.
        let points = Int128(price) &* Int128(quantity)
        return multiplier == 1 ? points : points * Int128(multiplier)
    }

    /// Whether an order can only bring the position nearer to zero, whatever becomes of the others on its side.
    @inline(__always)
    static func isReducing(_ line: inout RiskLine, _ side: Side, _ quantity: Int64) -> Bool {
        switch side {
        case .buy: line.position < 0 && quantity <= -line.position - line.openBuy
        case .sell: line.position > 0 && quantity <= line.position - line.openSell
        case .none: false
        }
    }

    /// What of `quantity` one order may have under the limits on quantity and notional, in whole lots: a position that is
    /// larger is closed in several orders, not refused for ever.
    mutating func largestOrder(_ line: inout RiskLine, quantity: Int64, price: Int64) -> Int64 {
        guard price > 0, price < Self.priceBound else { return quantity }
        let notionalMax = line.currency == 0 ? orderNotionalMax : orderNotionalMax(in: Int(line.currency))
        // No division where the whole fits.
        if quantity <= orderQuantityMax,
            Self.product(price, quantity, line.multiplier) <= notionalMax
        {
            return quantity
        }
        let most = min(Int128(orderQuantityMax), notionalMax / (Int128(price) * Int128(line.multiplier)))
        guard Int128(quantity) > most else { return quantity }
        let whole = Int64(truncatingIfNeeded: most)
        return whole - whole % Int64(line.lot)
    }

    /// Judges a new order. Every limit is inclusive; what is missing refuses.
    ///
    /// - Parameters:
    ///   - line: with its reference brought up to date; nothing in it is changed.
    ///   - reducing: what ``isReducing(_:_:_:)`` says of the order.
    ///   - isHeld: it waits for the market to move: how far its price is from the market now says nothing, and is asked
    ///     when it goes.
    mutating func check(
        _ line: inout RiskLine, side: Side, quantity: Int64, price: Int64, flags: OrderFlags, reducing: Bool,
        isHeld: Bool
    ) -> RiskVerdict {
        // Size first: it bounds every sum and product below.
        guard likely(quantity > 0 && quantity <= orderQuantityMax) else {
            return RiskVerdict(.orderQuantity, limit: orderQuantityMax, value: quantity)
        }
        if let state = checkState(&line, side: side, quantity: quantity, reducing: reducing, flags: flags) {
            return state
        }
        guard likely(line.lot == 1 || quantity % Int64(line.lot) == 0) else {
            return RiskVerdict(.offLot, limit: Int64(line.lot), value: quantity)
        }
        let reference = line.reference
        guard likely(reference > 0) else { return RiskVerdict(.priceCollar, limit: 0, value: price) }
        guard likely(price > 0 && price < Self.priceBound) else {
            return RiskVerdict(.priceCollar, limit: Self.priceBound - 1, value: price)
        }
        guard likely(Self.isMultiple(price, of: line.tick)) else {
            return RiskVerdict(.offTick, limit: Int64(line.tick), value: price)
        }
        guard likely(isHeld || Self.isWithin(collarPpm, abs(price - reference), of: reference)) else {
            let collar = collarBand(reference)
            return RiskVerdict(
                .priceCollar, limit: price > reference ? reference + collar : reference - collar, value: price
            )
        }
        let notional = Self.product(price, quantity, line.multiplier)
        if unlikely(line.currency != 0) {
            if let refused = refusal(Int(line.currency), orderNotional: notional) { return refused }
        } else if unlikely(notional > orderNotionalMax) {
            return RiskVerdict(
                .orderNotional, limit: Int64(clamping: orderNotionalMax), value: Int64(clamping: notional))
        }
        let end =
            side == .buy
            ? line.position + line.openBuy + quantity : line.openSell + quantity - line.position
        guard likely(end <= line.positionMax) else {
            return RiskVerdict(.positionLimit, limit: line.positionMax, value: end)
        }
        guard likely(openOrderCount < openOrderCountMax) else {
            return RiskVerdict(
                .openOrderCount, limit: Int64(openOrderCountMax), value: Int64(openOrderCount + 1))
        }
        return checkGross(&line, side: side, quantity: quantity)
    }

    /// 64-bit division takes several times as long as 32-bit division, and prices below 429,496.7295 fit.
    @inline(__always)
    private static func isMultiple(_ price: Int64, of tick: Int32) -> Bool {
        if likely(price >> 32 == 0) {
            return UInt32(truncatingIfNeeded: price) % UInt32(truncatingIfNeeded: tick) == 0
        }
        return price % Int64(tick) == 0
    }

    /// Whether `part` is at most so many parts per million of `whole`, both not negative: exact, and without a division.
    @inline(__always)
    static func isWithin(_ ppm: Int64, _ part: Int64, of whole: Int64) -> Bool {
        Int128(part) &* 1_000_000 <= Int128(whole) &* Int128(ppm)
    }

    /// How far a price may lie from `reference`, truncated.
    mutating func collarBand(_ reference: Int64) -> Int64 {
        Int64(clamping: Int128(reference) * Int128(collarPpm) / 1_000_000)
    }

    @inline(__always)
    private mutating func checkState(
        _ line: inout RiskLine, side: Side, quantity: Int64, reducing: Bool, flags: OrderFlags
    ) -> RiskVerdict? {
        if unlikely(line.isRestricted) { return RiskVerdict(.restrictedSymbol) }
        if reducing { return nil }
        if unlikely(flags.rawValue & OrderFlags.reduceOnly.rawValue != 0) {
            let room = side == .buy ? -line.position - line.openBuy : line.position - line.openSell
            return RiskVerdict(.reduceOnly, limit: max(room, 0), value: quantity)
        }
        return nil
    }

    @inline(__always)
    private mutating func checkGross(_ line: inout RiskLine, side: Side, quantity: Int64) -> RiskVerdict {
        let end =
            side == .buy
            ? abs(line.position + line.openBuy + quantity) : abs(line.position - line.openSell - quantity)
        let raised = end - Self.worst(&line)
        guard raised > 0 else { return .passed }
        if unlikely(hasForeign) {
            return checkGross(Int(line.currency), raisedBy: Self.notional(raised, &line))
        }
        let gross = baseGross + Self.notional(raised, &line)
        guard likely(gross <= grossNotionalMax) else {
            return RiskVerdict(
                .grossNotional, limit: Int64(clamping: grossNotionalMax), value: Int64(clamping: gross))
        }
        return .passed
    }

    // MARK: Other currencies

    /// Against the limit exactly: nothing is rounded before the comparison.
    @inline(never)
    private mutating func checkGross(_ currency: Int, raisedBy amount: Int128) -> RiskVerdict {
        var gross = exactGross
        gross.add(amount, times: worth(currency))
        guard gross > Self.exact(grossNotionalMax) else { return .passed }
        return RiskVerdict(
            .grossNotional, limit: Int64(clamping: grossNotionalMax),
            value: Int64(clamping: gross.moneyRoundedUp.raw))
    }

    @inline(never)
    private mutating func refusal(_ currency: Int, orderNotional notional: Int128) -> RiskVerdict? {
        var value = BaseMoney.zero
        value.add(notional, times: worth(currency))
        guard value > Self.exact(orderNotionalMax) else { return nil }
        return RiskVerdict(
            .orderNotional, limit: Int64(clamping: orderNotionalMax),
            value: Int64(clamping: value.moneyRoundedUp.raw))
    }

    /// The limit on an order's notional in another currency, rounded down.
    @inline(never)
    private mutating func orderNotionalMax(in currency: Int) -> Int128 {
        let (scaled, overflowed) = orderNotionalMax.multipliedReportingOverflow(by: Int128(Ledger.rateOne))
        return (overflowed ? .max : scaled) / Int128(foreign[currency].rate)
    }

    private func worth(_ currency: Int) -> Int128 {
        currency == 0 ? Int128(BaseMoney.unit) : foreign[currency].worth
    }

    private static func exact(_ money: Int128) -> BaseMoney {
        var exact = BaseMoney.zero
        exact.add(money, times: Int128(BaseMoney.unit))
        return exact
    }
}

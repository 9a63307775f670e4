internal import Model

/// The account's circuit breakers that look at its equity, its rejects and its cancels: limits, and what they measure.
///
/// The equity is looked at after every change of it. The common path is two comparisons with bounds between which nothing
/// happens (``low``, ``high``), made anew when one of them is passed: exact, without a division on the way of a tick.
struct Breakers: BitwiseCopyable {
    // MARK: Bounds

    /// At or below this a breaker may have tripped.
    private(set) var low = Self.lowest
    /// Above this a peak has to be noted.
    private(set) var high = Self.highest

    // MARK: Limits

    private(set) var dayLossMax: Int128 = 0
    private(set) var dayLossPpm: Int64 = 0
    private(set) var drawdownPpm: Int64 = 0
    private(set) var sessionDrawdownPpm: Int64 = 0
    private(set) var rejectCountMax: Int64 = 0
    private(set) var cancelRatioHundredths: Int64 = 0
    private(set) var flattensInLiquidation = false

    // MARK: Measures

    /// The equity from which the day's loss counts: at the day's begin, or when a loss was lifted.
    private(set) var dayBase: BaseMoney
    /// At the day's begin: what the relative limit is a part of.
    private(set) var dayEquity: BaseMoney
    /// The highest equity, of earlier runs too; since a fall from it was lifted, the highest since then.
    private(set) var peak: BaseMoney
    /// The same of this run alone.
    private(set) var sessionPeak: BaseMoney
    /// Up to this peak ``low`` holds.
    private var guardPeak: BaseMoney
    private var guardSessionPeak: BaseMoney
    /// Executions are being told late, one by one: what the equity comes to in between it never was.
    private(set) var isSuspended = true
    private var hasBegun = false
    /// Rejects of the venue in a row.
    var rejectCount: Int64 = 0
    /// What had been counted when the day began, or its ratio was lifted.
    var ordersBefore: UInt64 = 0
    var requestsBefore: UInt64 = 0
    var fillsBefore: UInt64 = 0

    private static var lowest: BaseMoney { BaseMoney(high: .min, low: 0) }
    private static var highest: BaseMoney { BaseMoney(high: .max, low: .max) }
    private static var step: BaseMoney { BaseMoney(high: 0, low: 1) }

    init(_ limits: RiskLimits, equity: BaseMoney) {
        dayBase = equity
        dayEquity = equity
        peak = equity
        sessionPeak = equity
        guardPeak = equity
        guardSessionPeak = equity
        setLimits(limits)
    }

    mutating func setLimits(_ limits: RiskLimits) {
        dayLossMax = limits.dayLossMax.raw
        dayLossPpm = limits.dayLossPpm
        drawdownPpm = limits.drawdownPpm
        sessionDrawdownPpm = limits.sessionDrawdownPpm
        rejectCountMax = limits.rejectCountMax
        cancelRatioHundredths = limits.cancelRatioHundredths
        flattensInLiquidation = limits.flattensInLiquidation
    }

    // MARK: What is measured

    mutating func beginDay(_ equity: BaseMoney) {
        dayBase = equity
        dayEquity = equity
    }

    /// Somebody looked at the day's loss: another full limit counts from here.
    mutating func liftDayLoss(_ equity: BaseMoney) { dayBase = equity }

    mutating func liftDrawdown(_ equity: BaseMoney) { peak = equity }

    mutating func liftSessionDrawdown(_ equity: BaseMoney) { sessionPeak = equity }

    /// The peak of earlier runs.
    mutating func restorePeak(_ equity: BaseMoney) { if equity > peak { peak = equity } }

    mutating func notePeak(_ equity: BaseMoney) {
        if equity > peak { peak = equity }
        if equity > sessionPeak { sessionPeak = equity }
    }

    /// Nothing trips and no peak is noted until ``resume(_:_:)``.
    mutating func suspend() {
        isSuspended = true
        low = Self.lowest
        high = Self.highest
    }

    /// All has been told: the equity is what it is. The first time the run begins here, and its own peak.
    mutating func resume(_ equity: BaseMoney, _ state: ScopeState) {
        isSuspended = false
        if !hasBegun { sessionPeak = equity }
        hasBegun = true
        notePeak(equity)
        setBounds(isRising: false, state)
    }

    // MARK: Floors

    /// Equity at or below this has lost too much today; `nil`: off.
    var dayFloor: BaseMoney? {
        guard let loss = dayLossLimit else { return nil }
        return dayBase - loss
    }

    /// The loss that trips, the smaller of the two limits. A part of an equity that is none is no loss, but any loss
    /// reaches it.
    var dayLossLimit: BaseMoney? {
        var limit: BaseMoney?
        if dayLossMax > 0 { limit = BaseMoney(money: dayLossMax) }
        if dayLossPpm > 0 {
            let part = max(dayEquity, .zero).partRoundedUp(ppm: dayLossPpm)
            let atLeast = max(part, Self.step)
            limit = limit.map { min($0, atLeast) } ?? atLeast
        }
        return limit
    }

    /// Equity at or below this has fallen too far below the peak; `nil`: off.
    var drawdownFloor: BaseMoney? { drawdownPpm > 0 ? Self.floor(peak, drawdownPpm) : nil }

    var sessionFloor: BaseMoney? {
        sessionDrawdownPpm > 0 ? Self.floor(sessionPeak, sessionDrawdownPpm) : nil
    }

    /// The highest equity of which the fall from `peak` is more than so many parts per million of it. Of a peak that is
    /// not above zero any fall is.
    private static func floor(_ peak: BaseMoney, _ ppm: Int64) -> BaseMoney {
        peak - max(peak, .zero).partRoundedDown(ppm: ppm) - step
    }

    /// New bounds. Where a peak is rising they are set for one a little higher, so that not every step up divides.
    ///
    /// - Parameters:
    ///   - isRising: the equity has just passed ``high``.
    ///   - state: of the account: what has tripped is not waited for.
    mutating func setBounds(isRising: Bool, _ state: ScopeState) {
        high = Self.highest
        low = Self.lowest
        guard !isSuspended else { return }
        var lowest = Self.lowest
        if let floor = dayFloor, state.asked(by: .dayLoss) == .normal { lowest = max(lowest, floor) }
        if drawdownPpm > 0, state.asked(by: .drawdown) == .normal {
            guardPeak = isRising ? peak + peak.fraction : peak
            lowest = max(lowest, Self.floor(guardPeak, drawdownPpm))
            high = min(high, peak)
        }
        if sessionDrawdownPpm > 0, state.asked(by: .sessionDrawdown) == .normal {
            guardSessionPeak = isRising ? sessionPeak + sessionPeak.fraction : sessionPeak
            lowest = max(lowest, Self.floor(guardSessionPeak, sessionDrawdownPpm))
            high = min(high, sessionPeak)
        }
        low = lowest
    }

    /// A new peak for which ``low`` holds still: only ``high`` moves. `false`: it does not.
    mutating func rise(_ state: ScopeState) -> Bool {
        let watchesPeak = drawdownPpm > 0 && state.asked(by: .drawdown) == .normal
        let watchesSession = sessionDrawdownPpm > 0 && state.asked(by: .sessionDrawdown) == .normal
        if watchesPeak, peak > guardPeak { return false }
        if watchesSession, sessionPeak > guardSessionPeak { return false }
        high = Self.highest
        if watchesPeak { high = min(high, peak) }
        if watchesSession { high = min(high, sessionPeak) }
        return true
    }
}

extension BaseMoney {
    init(money: Int128) {
        self = .zero
        add(money, times: Int128(BaseMoney.unit))
    }

    /// About a thousandth, of an amount above zero; else nothing.
    fileprivate var fraction: BaseMoney {
        guard high >= 0 else { return .zero }
        return BaseMoney(
            high: high >> 10, low: low >> 10 | UInt128(truncatingIfNeeded: high & 0x3ff) << 118)
    }

    /// So many parts per million of an amount that is not negative.
    func partRoundedDown(ppm: Int64) -> BaseMoney { part(UInt64(ppm), adding: 0) }

    func partRoundedUp(ppm: Int64) -> BaseMoney { part(UInt64(ppm), adding: 999_999) }

    private func part(_ ppm: UInt64, adding rest: UInt64) -> BaseMoney {
        // Four digits of 64 bits, times ppm, then by a million from the top.
        let digits = (
            UInt64(truncatingIfNeeded: low), UInt64(truncatingIfNeeded: low >> 64),
            UInt64(truncatingIfNeeded: high), UInt64(truncatingIfNeeded: high >> 64)
        )
        let first = UInt128(digits.0) * UInt128(ppm) + UInt128(rest)
        let second = UInt128(digits.1) * UInt128(ppm) + first >> 64
        let third = UInt128(digits.2) * UInt128(ppm) + second >> 64
        let fourth = UInt128(digits.3) * UInt128(ppm) + third >> 64
        let divisor: UInt64 = 1_000_000
        // What five digits are needed for no account has: 2⁵⁵ times the bound of `Ledger`.
        let top = UInt64(truncatingIfNeeded: fourth).quotientAndRemainder(dividingBy: divisor)
        let three = divisor.dividingFullWidth((top.remainder, UInt64(truncatingIfNeeded: third)))
        let two = divisor.dividingFullWidth((three.remainder, UInt64(truncatingIfNeeded: second)))
        let one = divisor.dividingFullWidth((two.remainder, UInt64(truncatingIfNeeded: first)))
        return BaseMoney(
            high: Int128(truncatingIfNeeded: UInt128(top.quotient) << 64 | UInt128(three.quotient)),
            low: UInt128(two.quotient) << 64 | UInt128(one.quotient))
    }
}

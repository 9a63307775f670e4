internal import Model

/// The account's limits as every order's checks compare them: money in 64 bits, shares in 2⁻³² and rounded to the strict
/// side, all of it close together. Drawn anew whenever a limit changes.
///
/// Limits on money beyond ``moneyBound`` are clamped to it: what the short way adds up stays below.
struct ShortLimits: BitwiseCopyable {
    /// Sums at or above this are not judged the short way.
    static var moneyBound: Int64 { 1 << 60 }

    private(set) var quantityMin: Int64 = 0
    /// No order that is judged the short way has more.
    private(set) var quantityMax: Int64 = 0
    private(set) var collarPpm: Int64 = 0
    /// 0: off.
    private(set) var lastCollarPpm: Int64 = 0
    /// 0 where nothing can be judged the short way.
    private(set) var openOrderCountMax = 0
    private(set) var openNotionalMax: Int64 = 0
    private(set) var dayNotionalMax: Int64 = 0
    private(set) var grossNotionalMax: Int64 = 0
    private(set) var netNotionalMax: Int64 = 0
    /// Of the equity for one order, and for one position; 0: no limit.
    private(set) var capitalShare: UInt64 = 0
    private(set) var positionShare: UInt64 = 0
    /// Of the gross notional that must be there; 0: no limit.
    private(set) var marginShare: UInt64 = 0
    /// What an order can cost at most, beside its value: of the value, for a unit, and for an order.
    private(set) var feeShare: UInt64 = 0
    private(set) var feeForUnit: UInt64 = 0
    private(set) var feeForOrder: UInt64 = 0
    /// All bits where nobody may sell what is not held.
    private(set) var shortSaleMask: Int64 = 0
    /// All bits where buying is for what cash there is.
    private(set) var cashMask: Int64 = 0
    /// Above this equity nobody counts day trades.
    private(set) var dayTradeEquityMin: Int64 = 0
    private(set) var duplicateOrderMax: Int64 = 0
    private(set) var duplicateWindowNs: UInt64 = 0
    private(set) var preventsSelfTrade = false
    /// Something is held against the equity.
    private(set) var countsEquity = false
    /// Or against the cash that is there.
    private(set) var countsMoney = false

    /// Quantities below this and prices of 32 bits multiply without a look at overflow.
    @inline(__always) static var quantityBits: Int64 { 22 }

    /// An order's fees by its value are at most 2⁻⁴ of it; where they may be more nothing is judged the short way.
    @inline(__always) static var feeBits: Int64 { 4 }

    init() {}

    /// - Parameters:
    ///   - isPossible: every instrument is of the base currency.
    ///   - fees: of the value in parts per million, and in millionths for a unit and for an order.
    init(_ limits: RiskLimits, isPossible: Bool, fees: (ppm: Int64, perUnit: Int64, perOrder: Int128)) {
        quantityMin = max(limits.orderQuantityMin.raw, 1)
        quantityMax = min(limits.orderQuantityMax.raw, 1 << Self.quantityBits)
        collarPpm = limits.collarPpm
        lastCollarPpm = limits.lastCollarPpm
        openNotionalMax = Self.clamped(limits.openNotionalMax)
        dayNotionalMax = Self.clamped(limits.dayNotionalMax)
        grossNotionalMax = Self.clamped(limits.grossNotionalMax)
        netNotionalMax = Self.clamped(limits.netNotionalMax)
        shortSaleMask = limits.allowsShortSales ? 0 : -1
        cashMask = limits.requiresCash ? -1 : 0
        dayTradeEquityMin = Int64(clamping: limits.dayTradeEquityMin.raw)
        duplicateOrderMax = limits.duplicateOrderMax
        duplicateWindowNs = limits.duplicateWindowNs
        preventsSelfTrade = limits.preventsSelfTrade
        countsEquity = limits.marginPpm != 0 || limits.orderCapitalPpm != 0 || limits.positionEquityPpm != 0
        countsMoney = countsEquity || limits.requiresCash
        capitalShare = Self.share(Int128(limits.orderCapitalPpm), isRoundedUp: false)
        positionShare = Self.share(Int128(limits.positionEquityPpm), isRoundedUp: false)
        marginShare = Self.share(Int128(limits.marginPpm), isRoundedUp: true)
        feeShare = Self.share(Int128(fees.ppm), isRoundedUp: true)
        feeForUnit = Self.share(Int128(fees.perUnit), isRoundedUp: true)
        feeForOrder = Self.share(fees.perOrder, isRoundedUp: true)
        // Of sums below their bounds no part has more than 62 bits.
        let isShort =
            isPossible && limits.collarPpm <= 1_000_000 && limits.lastCollarPpm <= 1_000_000
            && limits.orderCapitalPpm <= 1_000_000 && limits.positionEquityPpm <= 4_000_000
            && limits.marginPpm <= 1_000_000 && fees.ppm <= 1_000_000 >> Self.feeBits
            && fees.perUnit < 1 << 28
            && fees.perOrder < 1 << 44
        openOrderCountMax = isShort ? limits.openOrderCountMax : 0
    }

    static func clamped(_ limit: Money) -> Int64 { min(Int64(clamping: limit.raw), moneyBound) }

    /// Millionths in 2⁻³², at most so many as 64 bits hold.
    private static func share(_ millionths: Int128, isRoundedUp: Bool) -> UInt64 {
        UInt64(clamping: (millionths << 32 + (isRoundedUp ? 999_999 : 0)) / 1_000_000)
    }

    /// A share of an amount that is not negative, rounded down.
    @inline(__always)
    static func part(_ share: UInt64, of amount: Int64) -> Int64 {
        let (high, low) = UInt64(bitPattern: amount).multipliedFullWidth(by: share)
        return Int64(truncatingIfNeeded: high << 32 | low >> 32)
    }

    /// Three shares of amounts that are not negative, together, rounded up.
    @inline(__always)
    static func sum(_ a: (UInt64, Int64), _ b: (UInt64, Int64), _ c: (UInt64, Int64)) -> Int64 {
        let whole = wide(a.0, a.1) &+ wide(b.0, b.1) &+ wide(c.0, c.1)
        return Int64(truncatingIfNeeded: whole >> 32) &+ 1
    }

    @inline(__always)
    private static func wide(_ share: UInt64, _ amount: Int64) -> UInt128 {
        UInt128(share) &* UInt128(UInt64(bitPattern: amount))
    }
}

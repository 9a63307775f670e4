/// What instruments and orders of one currency come to, in that currency: running sums, moved by difference.
///
/// P, B, S as for ``RiskLine``; m: multiplier; an order's worst price is its limit, or what a replacement on its way or the
/// collar could make of it.
struct ExposureSums: BitwiseCopyable {
    /// Σ max(|P + B|, |P − S|) · reference · m.
    var gross: Int128 = 0
    /// Σ (P + B) · reference · m: the net exposure should every buy and no sell execute.
    var netLong: Int128 = 0
    /// Σ (P − S) · reference · m: should every sell and no buy.
    var netShort: Int128 = 0
    /// What instruments with a margin of their own need beside the account's margin, in millionths.
    var marginBeside: Int128 = 0
    /// Σ open quantity · worst price · m of buys and of sells.
    var openBuy: Int128 = 0
    var openSell: Int128 = 0
    /// Of `openBuy` what must be paid in cash: all but margined instruments.
    var cashBuy: Int128 = 0
    /// Σ open quantity, and orders that have not ended.
    var openUnits: Int64 = 0
    var openOrderCount: Int64 = 0
    /// Σ price · quantity · m of the day's executions.
    var dayTraded: Int128 = 0
}

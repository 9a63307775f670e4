extension Ouch50 {
    /// Whether an execution's liquidity flag says that our order gave what rested, and so is charged as a maker's.
    ///
    /// | flag | what it says |
    /// | --- | --- |
    /// | `A`, `J` | added: displayed, not displayed |
    /// | `7`, `8` | added, displayed, and improved the national best price, or joined it and set the venue's own |
    /// | `k` | added by a midpoint order |
    /// | `W` | added by a post-only order |
    /// | `4`, `5`, `g` | added in a group A symbol: displayed, not displayed, at the midpoint |
    /// | `e`, `f`, `j` | added by a retail order, displayed or not, and by a retail price improving one |
    ///
    /// Every other flag is a taker's or nobody's: removed (`R`, `m`, `6`, `d`, `r`, `t`), crosses and halts (`O`, `M`, `C`,
    /// `L`, `H`, `K`), orders of extended life (`n`), supplemental orders (`0`), what was routed away, and whatever a later
    /// version brings. Those are charged as takers: never less than is owed.
    ///
    /// - Source: NASDAQ, "OUCH 5.0", appendix "Liquidity flags".
    #if !DEBUG
    @_noLocks
    #endif
    public static func isMaker(liquidityFlag flag: UInt8) -> Bool {
        // Letters of the wire, not an enumeration of ours.
        switch flag {
        case UInt8(ascii: "A"), UInt8(ascii: "J"), UInt8(ascii: "7"), UInt8(ascii: "8"), UInt8(ascii: "k"),
            UInt8(ascii: "W"), UInt8(ascii: "4"), UInt8(ascii: "5"), UInt8(ascii: "g"), UInt8(ascii: "e"),
            UInt8(ascii: "f"), UInt8(ascii: "j"):
            true
        default: false
        }
    }
}

public import Model

/// When a bar is over.
@frozen public enum BarPeriod: Hashable, BitwiseCopyable, Sendable {
    /// After so much time, 1 ms at least, counted in UTC from midnight of 1970: bars of a minute end with the minute. An
    /// instrument without a trade in a period has no bar of it.
    case time(ns: UInt64)
    /// With so many trades.
    case ticks(Int)
    /// With the trade that brings it to so much quantity, which belongs to it whole.
    case volume(Quantity)
}

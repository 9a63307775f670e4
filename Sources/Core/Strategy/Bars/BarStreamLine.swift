internal import Model

/// One subscription.
struct BarStreamLine: BitwiseCopyable {
    var strategy: UInt16 = 0
    var instrument = InstrumentID.none
    /// Nanoseconds of a time bar; 0: it is none.
    var periodNs: UInt64 = 0
    /// Trades of a tick bar; 0: it is none.
    var countMax = 0
    /// Quantity of a volume bar; 0: it is none.
    var volumeMax: Int64 = 0
    /// Of a time bar: when the period that has trades is over; `.max`: none has.
    var endsAtNs: UInt64 = .max
    /// Of a time bar: those with a trade, in the order of their first.
    var first: UInt32 = .max
    var last: UInt32 = .max
}

/// Why an instrument may not be traded now, beside what the states of scopes say: a copy, one moment.
@frozen public struct InstrumentStateView: BitwiseCopyable, Sendable {
    /// When its market opens, UTC, nanoseconds since 1970; `UInt64.max`: never again, as far as its calendar knows.
    public var opensNs = UInt64.max
    public var instrument: UInt32 = .max
    public var isMarketClosed = false
    public var isRestricted = false

    @inlinable public init() {}
}

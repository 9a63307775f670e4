/// A currency of the account as people look at it, in that currency: a copy, one moment.
@frozen public struct CurrencyView: BitwiseCopyable, Sendable {
    public var cash: Int128 = 0
    public var marketValue: Int128 = 0
    public var equity: Int128 = 0
    public var realised: Int128 = 0
    public var unrealised: Int128 = 0
    public var fees: Int128 = 0
    /// As ``Symbol/raw``.
    public var code: UInt64 = 0
    /// Units of the base currency for one of it, in 10⁻⁹.
    public var rate: Int64 = 0

    @inlinable public init() {}
}

public import Model

/// Hard limits. Each is inclusive: a value at its limit passes.
public struct RiskLimits: Sendable, Equatable {
    /// Worst end of the position in one instrument, either way; an instrument's own limit goes before it.
    public var positionMax = Quantity(raw: 5_000)
    public var orderQuantityMax = Quantity(raw: 1_000)
    /// Price times quantity times multiplier, in the account's base currency: 200,000.0000.
    public var orderNotionalMax = Money(raw: 200_000_0000)
    /// Sum over the instruments of the worst end of the position at its reference price, in the base currency:
    /// 2,000,000.0000.
    public var grossNotionalMax = Money(raw: 2_000_000_0000)
    /// Orders that have not ended.
    public var openOrderCountMax = 200
    /// How far a limit may lie from the reference price, in basis points of it: 5%.
    public var collarBps: Int64 = 500

    public init() {}
}

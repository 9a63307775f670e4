public import Model

/// The hard limits. An order that would pass one is refused, with the rule's name.
public struct RiskSettings: Sendable, Equatable {
    /// Worst case of one instrument, long or short, open orders counted as filled.
    public var positionUnitsMax = Quantity(raw: 5_000)
    public var orderQuantityMax = Quantity(raw: 1_000)
    /// In 10⁻⁴ of the account's base currency: prices of scale 4 times whole shares, by their rate.
    public var orderNotionalMax = Money(raw: 200_000_0000)
    /// Worst case over all instruments, in 10⁻⁴ of the base currency.
    public var grossNotionalMax = Money(raw: 2_000_000_0000)
    public var openOrdersMax = 200
    /// How far from the reference price a limit price may be.
    public var priceCollarPct = Percent(partsPerMillion: 50_000)
    public var restrictedSymbols: [Symbol] = []

    public init() {}
}

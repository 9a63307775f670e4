public import Model

/// What executions cost beside ``BrokerSettings/commissionPct``, in the currency of each instrument; a rebate is negative.
public struct FeeSettings: Sendable, Equatable {
    /// Of an execution's value: of those that gave what rested, and of those that took it.
    public var makerPct = Percent(partsPerMillion: 0)
    public var takerPct = Percent(partsPerMillion: 0)
    /// For each share or contract, in 10⁻¹⁰ of the currency.
    public var makerPerUnit: Int64 = 0
    public var takerPerUnit: Int64 = 0
    /// An order that executed at all costs at least this.
    public var minPerOrder = Money.zero

    public init() {}
}

public import Model

/// How a signal becomes an order.
public struct ExecutionSettings: Sendable, Equatable {
    public enum PositionSizing: String, Sendable, CaseIterable { case fixed }
    public enum DefaultOrderType: String, Sendable, CaseIterable { case limit }

    public var positionSizing = PositionSizing.fixed
    /// Shares of one order, before risk has its say.
    public var orderQuantity = Quantity(raw: 100)
    public var defaultOrderType = DefaultOrderType.limit
    /// How long an order's record outlives its end, in core time; after that its residue stays for the day.
    public var evidenceHorizonNs: Int64 = 1_000_000_000

    public init() {}
}

/// Room for what there is to count. All of it is allocated at start, none after.
public struct PoolSettings: Sendable, Equatable {
    /// Our own orders, from creation until the evidence horizon has passed.
    public var orderCountMax = 65_536
    /// Orders of everybody in the books (feeds by order).
    public var bookOrderCountMax = 2_097_152
    /// Price levels in the books.
    public var bookLevelCountMax = 1_048_576

    public init() {}
}

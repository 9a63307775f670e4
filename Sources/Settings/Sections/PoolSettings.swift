/// Room for what there is to count. All of it is allocated at start, none after.
public struct PoolSettings: Sendable, Equatable {
    /// Our own orders: those open, and those ended less than the evidence horizon ago.
    public var orderCountMax = 16_384
    /// Closed orders that late reports can still be booked from.
    public var residueCountMax = 262_144
    /// Executions, busts included, that repetitions are recognised of.
    public var executionCountMax = 262_144
    /// Orders of everybody in the books (feeds by order).
    public var bookOrderCountMax = 1_048_576
    /// Price levels in the books.
    public var bookLevelCountMax = 524_288

    /// Lots that are open at once, beside one of each instrument, where `account.cost_method` is `fifo`.
    public var lotCountMax = 1 << 16

    public init() {}
}

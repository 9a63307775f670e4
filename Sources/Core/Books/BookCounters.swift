/// What the books met that they should not have, since the start. Each of these events was left out of the book, or
/// applied as far as it made sense; see ``BookTable`` for what became of the book.
public struct BookCounters: Equatable, BitwiseCopyable, Sendable {
    /// Execution, cancel or replace of an order that is not in the book.
    public var unknownOrders: UInt64 = 0
    /// A new order under a number that is taken.
    public var duplicateOrders: UInt64 = 0
    /// More executed or cancelled than the order had.
    public var overTaken: UInt64 = 0
    /// No side, no quantity, or a number beyond every bound.
    public var badEvents: UInt64 = 0
    /// An event of an instrument beyond the table.
    public var unknownInstruments: UInt64 = 0
    /// A level was taken away that was not there: ordinary after joining a feed late.
    public var unknownLevels: UInt64 = 0
    /// An order did not fit ``BookTable/orderCountMax``.
    public var ordersFull: UInt64 = 0
    /// A level did not fit the pool of levels or one side's bound.
    public var levelsFull: UInt64 = 0
    /// Times that a best bid came to stand above the best ask while the instrument traded.
    public var crossed: UInt64 = 0
    /// Times that best bid and best ask came to be equal while the instrument traded.
    public var locked: UInt64 = 0
    /// Books that became broken.
    public var broken: UInt64 = 0

    public init() {}
}

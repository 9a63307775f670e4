public import Model

/// One price of one side of a book.
@frozen public struct BookLevel: Hashable, BitwiseCopyable, Sendable {
    public var price: Price
    public var quantity: Quantity
    /// Orders at this price; 0 where the feed tells levels only.
    public var orderCount: Int

    @inlinable public init(price: Price, quantity: Quantity, orderCount: Int) {
        self.price = price
        self.quantity = quantity
        self.orderCount = orderCount
    }
}

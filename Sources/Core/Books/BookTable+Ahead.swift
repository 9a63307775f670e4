extension BookTable {
    /// ``prefetch(_:_:)`` for the way of an event: a function that may change the table is lent it, another is given a
    /// copy.
    @inline(__always)
    mutating func ask(_ instrument: UInt32, _ orderRef: UInt64) {
        instruments.prefetch(Int(instrument))
        orders.prefetch(orderRef)
    }
}

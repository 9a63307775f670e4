extension BookTable {
    /// What ``prefetch(_:)`` asks for, as far as a message says it before it is decoded. `mutating` in form only: another
    /// function would be given a copy of the table.
    @inline(__always)
    mutating func ask(_ instrument: UInt32, _ orderRef: UInt64) {
        instruments.prefetch(Int(instrument))
        orders.prefetch(orderRef)
    }
}

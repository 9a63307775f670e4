/// An order of a client that waits in the book of a capture.
struct FollowedOrder {
    var reference: UInt64
    var owner: UInt32
    var userRef: UInt32
    var key: Int64
    var remaining: UInt32
    /// Displayed shares at the same price that came before it and have not traded or gone.
    var ahead: Int64
}

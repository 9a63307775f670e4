/// One set of terms that was asked for and not answered yet.
struct OrderVersion: BitwiseCopyable {
    /// The command's number: the order's own from the moment it is confirmed.
    var userRef: UInt32 = 0
    /// Core time at which the session took its bytes; `UInt64.max`: it has not spoken of them.
    var submittedAtNs = UInt64.max
    var price: Int64 = 0
    /// Of the whole order, with what has been executed.
    var quantity: Int64 = 0

    var isSubmitted: Bool { submittedAtNs != .max }
}

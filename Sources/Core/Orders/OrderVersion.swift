/// One set of terms that was asked for and not answered yet.
struct OrderVersion: BitwiseCopyable {
    /// The command's number: the order's own from the moment it is confirmed.
    var userRef: UInt32 = 0
    /// The session took its bytes.
    var isSubmitted = false
    var price: Int64 = 0
    /// Of the whole order, with what has been executed.
    var quantity: Int64 = 0
}

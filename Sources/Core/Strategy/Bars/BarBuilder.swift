internal import Model

/// The bar that one instrument is at in one stream.
struct BarBuilder: BitwiseCopyable {
    var bar = Bar()
    /// The next in the list of those that have a trade and are not over, or of those that are; `.max`: none.
    var next: UInt32 = .max
}

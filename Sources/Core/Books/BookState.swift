/// How far a book may be believed.
@frozen public enum BookState: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Every message so far was there and was applied.
    case whole = 0
    /// Messages of the instrument's stream are missing; they may still come.
    case stale = 1
    /// A bound was reached or the feed contradicted itself: wrong until the book is reset.
    case broken = 2
}

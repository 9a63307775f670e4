/// Messages that a stream lacks.
@frozen public struct MissingMessages: Equatable, BitwiseCopyable, Sendable {
    /// Number of the first.
    public var from: UInt64
    public var count: UInt64

    @inlinable public init(from: UInt64, count: UInt64) {
        self.from = from
        self.count = count
    }
}

/// Names a subscription to bars.
@frozen public struct BarStream: Hashable, BitwiseCopyable, Sendable {
    @usableFromInline let index: UInt8

    @inlinable init(index: UInt8) { self.index = index }
}

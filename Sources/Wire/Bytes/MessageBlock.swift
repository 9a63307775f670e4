/// Where one message stands in a packet.
@frozen public struct MessageBlock: Equatable, BitwiseCopyable, Sendable {
    /// From the packet's first byte to the message's first.
    public let offset: Int
    /// Bytes of the message, its length prefix not counted. Zero is possible.
    public let count: Int

    @inlinable public init(offset: Int, count: Int) {
        self.offset = offset
        self.count = count
    }

    /// Where the next block begins.
    @inlinable public var end: Int { offset + count }
}

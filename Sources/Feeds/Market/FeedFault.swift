/// A thing in a stream that could not be read, and where it is.
public struct FeedFault: Equatable, BitwiseCopyable, Sendable {
    public enum Reason: UInt8, BitwiseCopyable, Sendable, CaseIterable {
        /// Shorter than the packet header.
        case shortHeader
        /// The header is of another protocol or version.
        case wrongVersion
        /// A session that we were told not to take.
        case otherSession
        /// A sequence number too far ahead of what is expected, or past the end of numbers.
        case sequenceTooFar
        /// The packet ends before all messages that its header speaks of.
        case truncatedPacket
        /// Bytes behind the last message, or a length in the header that is not the packet's.
        case wrongLength
        /// A message shorter or longer than its type.
        case wrongMessageLength
        /// A message with a letter that no field can have.
        case badField
        /// A message type that the protocol does not have. Protocols grow: counted, nothing more.
        case unknownType
    }

    public var stream: UInt8
    public var reason: Reason
    /// Number of the message, or of the packet's first message; 0: not known.
    public var sequence: UInt64
    /// In the datagram.
    public var byteOffset: Int

    public init(stream: UInt8, reason: Reason, sequence: UInt64, byteOffset: Int) {
        self.stream = stream
        self.reason = reason
        self.sequence = sequence
        self.byteOffset = byteOffset
    }
}

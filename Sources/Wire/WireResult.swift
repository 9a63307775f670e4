/// What a hot decoder made of a message. Only `ok` has touched the event.
@frozen public enum WireResult: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case ok = 0
    /// The bytes are not as many as the message's type has. (IEX's may be more, never fewer.)
    case truncated = 1
    /// The protocol has no message of this type.
    case unknownType = 2
    /// A field holds what the protocol does not allow there.
    case badField = 3
}

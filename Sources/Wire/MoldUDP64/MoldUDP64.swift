/// MoldUDP64 1.00: numbered messages over UDP multicast, and the request for those that were lost.
///
/// A packet is a ``Header`` and then, for each message, two bytes of length (big-endian) and the message
/// (``Blocks`` walks them). The first message has the header's sequence number, the next one more, and so on.
///
/// - Source: NASDAQ, "MoldUDP64 Protocol Specification", version 1.00.
public enum MoldUDP64 {
    /// A packet with this number of messages ends the session; its sequence is the one that would come next.
    @inlinable public static var endOfSessionCount: UInt16 { 0xffff }

    /// The bytes of length before each message.
    @inlinable public static var blockHeaderByteCount: Int { 2 }
}

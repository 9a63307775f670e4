/// A packet that waited behind a gap and is next now.
@safe public struct ReceivedPacket {
    /// The datagram. Good until the feed's next `accept` or `takeBuffered`.
    public let bytes: UnsafeRawBufferPointer
    /// Number of its first message; the first ones may be known already.
    public let sequence: UInt64
    /// When it came, as `accept` was told.
    public let receivedAtNs: UInt64
}

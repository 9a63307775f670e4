/// What the hot thread has counted since it began.
@frozen public struct EngineCounters: BitwiseCopyable, Sendable {
    public var turns: UInt64 = 0
    public var packets: UInt64 = 0
    /// Datagrams that held nothing new: duplicates.
    public var packetsRepeated: UInt64 = 0
    /// Datagrams that no protocol of ours can be made of.
    public var packetsMalformed: UInt64 = 0
    public var messages: UInt64 = 0
    public var feedGaps: UInt64 = 0
    /// Times a stream began anew.
    public var feedRestarts: UInt64 = 0
    public var retransmissionRequests: UInt64 = 0
    public var reports: UInt64 = 0
    public var orders: UInt64 = 0
    public var cancels: UInt64 = 0
    /// Times the journal's ring was full and the hot thread waited.
    public var journalWaits: UInt64 = 0

    @inlinable public init() {}
}

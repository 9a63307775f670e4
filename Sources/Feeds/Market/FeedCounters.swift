/// What a feed has met since the start.
public struct FeedCounters: Equatable, BitwiseCopyable, Sendable {
    public var packets: UInt64 = 0
    /// Messages handed out.
    public var messages: UInt64 = 0
    public var heartbeats: UInt64 = 0
    /// Packets with nothing new in them.
    public var duplicatePackets: UInt64 = 0
    /// Messages left out at the front of packets that were new in part.
    public var overlappingMessages: UInt64 = 0
    public var gaps: UInt64 = 0
    /// Messages given up for good by ``MarketFeed/abandonGap()``.
    public var abandonedMessages: UInt64 = 0
    /// Packets that waited behind a gap.
    public var waitingPackets: UInt64 = 0
    /// Packets that found no room behind a gap, or were too large to wait.
    public var droppedPackets: UInt64 = 0
    public var requests: UInt64 = 0
    public var sessionChanges: UInt64 = 0
    /// Packets whose header or length was wrong.
    public var malformedPackets: UInt64 = 0
    /// Messages that could not be read, unknown types not counted.
    public var malformedMessages: UInt64 = 0
    public var unknownTypes: UInt64 = 0
    /// Messages of an instrument that was never defined (ITCH), handed out as `other`.
    public var undefinedInstruments: UInt64 = 0
    /// Messages of symbols that are not wanted.
    public var unwantedMessages: UInt64 = 0
    /// Symbols that did not fit the instrument table; their messages count as unwanted.
    public var instrumentsFull: UInt64 = 0

    public init() {}
}

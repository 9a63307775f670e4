/// What a datagram was to its stream.
@frozen public enum PacketVerdict: Equatable, BitwiseCopyable, Sendable {
    /// Its messages come next: take them with ``MarketFeed/next(_:)``, all of them, before the next datagram.
    case inOrder
    /// Nothing new in it.
    case duplicate
    /// It showed, as the first, that `count` messages from number `from` on are missing. If it had messages, it waits.
    case gap(from: UInt64, count: UInt64)
    /// It waits behind a gap that is known; or there was no room for it and it is counted, missing as well.
    case buffered
    case heartbeat
    /// No more messages will follow in this session. Repeated by the venue.
    case endOfSession
    /// It belongs to a new session, which begins now; nothing of it was taken: hand it over again.
    case sessionChanged
    /// Nothing could be used; ``MarketFeed/lastFault`` says where and why.
    case malformed
}

import Feeds
import Model

// Goal: the feed's calls pass the compiler's check for locks, allocations and reference counts from outside their
// module. Method: this compiles in release, or not at all.
#if !DEBUG
@_noLocks
#endif
func hotFeed(_ feed: inout MarketFeed, _ datagram: UnsafeRawBufferPointer, _ event: inout MarketEvent)
    -> UInt64
{
    // SAFETY: the caller keeps the datagram.
    switch unsafe feed.accept(datagram, receivedAtNs: 1) {
    case .inOrder: break
    case .gap(let from, let count): return from + count
    case .duplicate, .buffered, .heartbeat, .endOfSession, .sessionChanged, .malformed: return 0
    }
    while feed.next(&event) {}
    while feed.takeBuffered() != nil { while feed.next(&event) {} }
    if let missing = feed.takeStale() { return missing.from }
    if let next = feed.takeWhole() { return next }
    if let request = feed.nextRequest(atNs: 5) { return request.sequence }
    if feed.isGapOpen, let given = feed.abandonGap() { return given.count }
    return feed.counters.messages + feed.messageSequence + feed.expectedSequence
}

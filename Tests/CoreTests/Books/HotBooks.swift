import Core
import Memory
import Model

// Goal: the books' calls pass the compiler's check for locks, allocations and reference counts from outside their
// module. Method: this compiles in release, or not at all.
#if !DEBUG
@_noLocks
#endif
func hotBooks(
    _ books: inout BookTable, _ event: inout MarketEvent, _ packet: borrowing FixedArray<MarketEvent>
) -> Bool {
    books.prefetch(event)
    books.prepare(packet, count: packet.count)
    let effect = books.apply(&event)
    let instrument = InstrumentID(index: event.instrument)
    guard effect.contains(.topChanged), books.state(instrument) == .whole,
        books.tradingState(instrument) == .trading, !books.isTransactionOpen(instrument),
        !books.isCrossed(instrument)
    else { return false }
    if let level = books.level(instrument, .buy, depth: books.levelCount(instrument, .buy) - 1) {
        return level.price < books.quote(instrument).bid
    }
    books.markStale(stream: 0)
    books.markWhole(stream: 0)
    return books.counters.broken == 0
}

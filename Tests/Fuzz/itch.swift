import Model
import Wire

/// Any bytes as one ITCH message: an answer, never a trap; what is taken writes the event whole, what is not leaves it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzItch(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    var event = MarketEvent()
    event.kind = 0xa5
    // SAFETY: the fuzzer hands over `count` readable bytes.
    let result = unsafe ItchDecoder.decode(UnsafeRawPointer(data), count: count, into: &event)
    if result == .ok {
        precondition(MarketEventKind(rawValue: event.kind) != nil, "a kind that is none")
        precondition(Side(rawValue: event.side) != nil, "a side that is none")
        precondition(event.price >= 0 && event.quantity >= 0, "a number out of its range")
    } else {
        precondition(event.kind == 0xa5, "an event touched by a bad message")
    }
    return 0
}

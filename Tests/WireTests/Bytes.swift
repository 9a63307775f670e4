import Model
@testable import Wire

/// Bytes that lie in memory of exactly their length, so that the address sanitizer sees a read past the end.
@safe func withExactCopy<Result>(_ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 1)
    defer { unsafe copy.deallocate() }
    // SAFETY: the copy is at least as long as the bytes.
    unsafe copy.copyBytes(from: bytes)
    return unsafe body(UnsafeRawBufferPointer(start: copy.baseAddress, count: bytes.count))
}

func randomBytes(_ count: Int, _ random: inout SeededRandom) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
}

/// One message of `type` with random fields.
func randomMessage(_ type: any WireMessage.Type, _ random: inout SeededRandom) -> [UInt8] {
    var bytes = randomBytes(type.byteCount, &random)
    bytes[0] = type.type
    if let ouch = type as? any OuchMessage.Type, ouch.appendageIsRequired {
        bytes[bytes.count - 2] = 0
        bytes[bytes.count - 1] = 0
    }
    return bytes
}

func read<Message: WireMessage>(_ type: Message.Type, _ bytes: [UInt8]) -> Message? {
    // SAFETY: reading checks every bound.
    withExactCopy(bytes) { unsafe Message(reading: $0) }
}

func written(_ message: some WireMessage) -> [UInt8] {
    written(byteCount: 300) { unsafe message.write(to: $0) }
}

/// What `write` put at the front of a buffer of `byteCount` bytes, checked not to have gone further.
@safe func written(byteCount: Int, _ write: (UnsafeMutableRawBufferPointer) -> Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xa5, count: byteCount)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe write($0) }
    guard bytes[count...].allSatisfy({ $0 == 0xa5 }) else { fatalError("a writer wrote more than it said") }
    return Array(bytes[..<count])
}

/// As the decoder says, on a processor with wide permutations in two ways, which must agree.
func decodeItch(_ bytes: [UInt8], _ event: inout MarketEvent) -> WireResult {
    withExactCopy(bytes) { copy in
        guard let base = copy.baseAddress else { return .truncated }
        var again = event
        // SAFETY: `count` bytes stand at `base`.
        let result = unsafe ItchDecoder.decode(base, count: copy.count, into: &event)
        guard copy.count > 0 else { return result }
        let resultAgain = unsafe ItchDecoder.decodeAnywhere(base, count: copy.count, into: &again)
        guard resultAgain == result, image(again) == image(event) else {
            fatalError("two decoders make different things of \(bytes)")
        }
        return result
    }
}

func decodeDeep(_ bytes: [UInt8], _ event: inout MarketEvent) -> WireResult {
    withExactCopy(bytes) { copy in
        guard let base = copy.baseAddress else { return .truncated }
        // SAFETY: `count` bytes stand at `base`.
        return unsafe DeepDecoder.decode(base, count: copy.count, into: &event)
    }
}

/// The event's 64 bytes: two events are the same when these are.
func image(_ event: MarketEvent) -> [UInt8] {
    unsafe withUnsafeBytes(of: event) { unsafe Array($0) }
}

/// An event that no decoder writes: to see that nothing was touched.
let untouched = MarketEvent(
    venue_time_ns: 0xa5a5, order_ref: 0xa5a5, new_order_ref: 0xa5a5, match_number: 0xa5a5, symbol: 0xa5a5,
    price: 0xa5a5, quantity: 0xa5a5, instrument: 0xa5a5, kind: 0xa5, side: 0xa5, flags: 0xa5, code: 0xa5)

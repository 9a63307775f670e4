import Foundation
import Model
import TestSupport
import Testing
import Wire

/// Walks `count` messages of an ITCH buffer (two bytes of length before each) and consumes every field of every event.
///
/// That this compiles is a test of its own: the decoder is callable from another module's guarded function.
#if !DEBUG
@_noLocks
#endif
@inline(never)
private func consume(_ base: UnsafeRawPointer, _ byteCount: Int, _ event: inout MarketEvent) -> (
    count: Int, sum: UInt64
) {
    var offset = 0
    var count = 0
    var sum: UInt64 = 0
    while offset < byteCount {
        // SAFETY: the buffer holds whole messages, each behind its length.
        let length = unsafe Int(
            UInt16(bigEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
        guard unsafe ItchDecoder.decode(base + offset + 2, count: length, into: &event) == .ok else {
            return (-1, 0)
        }
        // Different operations on neighbours: of one kind the compiler makes loads of sixteen bytes, which have to wait for
        // the decoder's stores of eight, and the figure would be that of the wait. Books read field by field. And one
        // addition a message carries over to the next, or the figure would be that of the chain.
        let first = event.venue_time_ns ^ (event.order_ref &+ event.price.magnitude)
        let second = (event.new_order_ref &- event.symbol) ^ event.match_number
        let third = UInt64(bitPattern: event.quantity) &+ (UInt64(event.instrument) ^ UInt64(event.kind))
        let fourth = UInt64(event.side) &+ (UInt64(event.flags) ^ UInt64(event.code))
        sum &+= (first &+ second) ^ (third &- fourth)
        offset += 2 + length
        count += 1
    }
    return (count, sum)
}

/// Goal: a figure, when `SPINETAIL_MEASURE` is set: ITCH messages a second, the best pass of 300, on a mix as of a trading day
/// (in random order, so that the jump cannot be learned) and on the synthetic file.
@Test func itchDecodeSpeed() throws {
    let measured = ProcessInfo.processInfo.environment["SPINETAIL_MEASURE"] != nil
    var random = SeededRandom(seed: TestSeed.current)
    var mix: [UInt8] = []
    // Shares of a NASDAQ day, in thousandths.
    let shares: [(any WireMessage.Type, UInt64)] = [
        (Itch50.AddOrder.self, 440), (Itch50.OrderDelete.self, 425), (Itch50.OrderReplace.self, 75),
        (Itch50.OrderExecuted.self, 25), (Itch50.OrderCancel.self, 12),
        (Itch50.AddOrderWithParticipant.self, 8),
        (Itch50.Trade.self, 5), (Itch50.NetOrderImbalance.self, 9), (Itch50.OrderExecutedWithPrice.self, 1),
    ]
    for _ in 0..<(measured ? 100_000 : 1_000) {
        var draw = random.below(1_000)
        for (type, share) in shares {
            guard draw >= share else {
                var message = randomMessage(type, &random)
                if type.type == UInt8(ascii: "C") { message[31] = UInt8(ascii: "Y") }
                if "AFP".utf8.contains(type.type) { message[19] = random.below(2) == 0 ? 0x42 : 0x53 }
                mix += [0, UInt8(message.count)] + message
                break
            }
            draw -= share
        }
    }
    var buffers = [("day's mix", mix)]
    if let file = TestData.file("itch/ritch_synthetic_12012.itch50-zero-lengths"), measured {
        let messages = itchMessages([UInt8](try Data(contentsOf: file)))
        buffers.append(("synthetic file", messages.flatMap { [0, UInt8($0.count)] + $0 }))
    }
    for (name, bytes) in buffers {
        var best = 0.0
        for _ in 0..<(measured ? 300 : 1) {
            var event = untouched
            let start = ContinuousClock.now
            var count = 0
            do {
                let part = unsafe bytes.withUnsafeBytes { bytes -> Int in
                    guard let base = bytes.baseAddress else { return 0 }
                    // SAFETY: the array holds whole messages.
                    return unsafe consume(base, bytes.count, &event).count
                }
                #expect(part > 0)
                count += part
            }
            let seconds = start.duration(to: .now) / .seconds(1)
            best = max(best, Double(count) / seconds / 1e6)
        }
        if measured { print("MEASURED itch decode, \(name): \(best.rounded()) M messages/s") }
    }
}

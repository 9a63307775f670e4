import Feeds
import Model
import Testing
import TestSupport
import Wire

/// Goal: over a network that loses, doubles, delays and cuts packets, every message is handed out exactly once and in
/// order, and the books end as those of a network without fault.
/// Method: one seeded day in packets; the same day through a seeded network that harms each packet in some way and
/// answers requests as badly, and cuts the retransmissions elsewhere than the first packets were cut.
@Test(arguments: 0..<40) func faultyNetworksGiveTheSameBooks(_ number: UInt64) {
    var random = SeededRandom(seed: TestSeed.current &+ number)
    let messages = Make.day(&random, messageCount: 600)
    func packet(_ from: Int, _ count: Int) -> [UInt8] {
        let to = min(from + count, messages.count)
        return Make.mold(Array(messages[from..<to]), from: UInt64(from + 1), session: sessionA)
    }

    var lossless = Receiver(FeedConfiguration(.itch50))
    lossless.receive(packet(0, 10))
    for from in stride(from: 10, to: messages.count, by: 10) {
        #expect(lossless.receive(packet(from, 10)) == .inOrder)
    }
    #expect(lossless.sequences == Array(1...UInt64(messages.count)))

    var configuration = FeedConfiguration(.itch50)
    // Every other network has a receiver with hardly any room.
    configuration.waitingPacketCountMax = number & 1 == 0 ? 256 : 2
    configuration.requestMessageCountMax = UInt16(1 + random.below(40))
    configuration.requestRetryNs = 200_000
    configuration.requestRetryNsMax = 1_600_000
    var faulty = Receiver(configuration)
    var sent = 0
    var timeNs: UInt64 = 1
    var air: [(due: UInt64, bytes: [UInt8])] = []
    let end = Make.mold([], from: UInt64(messages.count + 1), session: sessionA)

    func send(_ bytes: [UInt8]) {
        // Lost, cut, doubled, late: each its share.
        if random.below(10) < 2 { return }
        var bytes = bytes
        if random.below(12) == 0 { bytes.removeLast(Int(random.below(UInt64(bytes.count)))) }
        for _ in 0..<(random.below(8) == 0 ? 2 : 1) {
            air.append((timeNs + random.below(random.below(4) == 0 ? 400_000 : 20_000), bytes))
        }
    }

    for _ in 0..<200_000 {
        if sent < messages.count {
            let count = 1 + Int(random.below(12))
            send(packet(sent, count))
            sent = min(sent + count, messages.count)
        } else if faulty.sequences.count == messages.count {
            break
        } else if random.below(4) == 0 {
            send(end)
        }
        timeNs += 10_000
        while let next = air.indices.min(by: { air[$0].due < air[$1].due }), air[next].due <= timeNs {
            faulty.receive(air.remove(at: next).bytes)
            // What is not whole says so.
            let isTold = !faulty.feed.isGapOpen || faulty.isStale
            #expect(isTold, "network \(number)")
        }
        if let request = faulty.feed.nextRequest(atNs: timeNs) {
            #expect(request.count > 0 && request.count <= configuration.requestMessageCountMax)
            #expect(request.sequence == faulty.feed.expectedSequence)
            // The venue sends at most what it has, in packets of its own size.
            var from = Int(request.sequence) - 1
            let to = min(from + Int(request.count), sent)
            while from < to {
                let count = min(1 + Int(random.below(20)), to - from)
                send(packet(from, count))
                from += count
            }
        }
    }
    #expect(faulty.sequences == lossless.sequences, "network \(number): \(faulty.feed.counters)")
    #expect(faulty.isStale == false, "network \(number)")
    #expect(faulty.picture == lossless.picture, "network \(number)")
    #expect(faulty.feed.counters.gaps > 0)
    #expect(faulty.feed.counters.duplicatePackets > 0)
    #expect(faulty.feed.counters.malformedPackets > 0)
}

/// Goal: a packet cut anywhere is used as far as it is whole, never read past its end, and mended by the whole one.
/// Method: every cut of a packet of each protocol, followed by the whole packet and the next one.
@Test(arguments: [FeedProtocol.itch50, .deep10]) func everyTruncation(_ feedProtocol: FeedProtocol) {
    let messages: [[UInt8]]
    func packet(_ range: Range<Int>, _ messages: [[UInt8]]) -> [UInt8] {
        switch feedProtocol {
        case .itch50: Make.mold(Array(messages[range]), from: UInt64(range.lowerBound + 1), session: sessionA)
        case .deep10: Make.iex(Array(messages[range]), from: Int64(range.lowerBound + 1))
        }
    }
    switch feedProtocol {
    case .itch50:
        messages =
            [Make.directory("A", locate: 1)]
            + (1...11).map { Make.add(UInt64($0), locate: 1, price: UInt32(10_000 + $0)) }
    case .deep10:
        messages = (1...12).map { Make.level("A", isBuy: $0 % 2 == 0, price: Int64($0) * 100, size: 5) }
    }
    var whole = Receiver(FeedConfiguration(feedProtocol))
    for from in [0, 4, 8] { whole.receive(packet(from..<from + 4, messages)) }
    #expect(whole.sequences == Array(1...12))

    let second = packet(4..<8, messages)
    for length in 0..<second.count {
        var receiver = Receiver(FeedConfiguration(feedProtocol))
        receiver.receive(packet(0..<4, messages))
        let verdict = receiver.receive(Array(second[..<length]))
        let readable = receiver.sequences.count - 4
        #expect(verdict == (readable > 0 ? .inOrder : .malformed), "cut at \(length)")
        #expect(receiver.feed.lastFault != nil && receiver.feed.counters.malformedPackets == 1)
        let headerBytes = feedProtocol == .itch50 ? 20 : 40
        #expect(receiver.feed.isGapOpen == (length >= headerBytes), "cut at \(length)")
        #expect(receiver.isStale == receiver.feed.isGapOpen, "cut at \(length)")
        // What comes behind the cut waits for the rest.
        receiver.receive(packet(8..<12, messages))
        #expect(receiver.sequences.count == 4 + readable, "cut at \(length)")
        receiver.receive(second)
        #expect(receiver.sequences == whole.sequences, "cut at \(length)")
        #expect(receiver.picture == whole.picture, "cut at \(length)")
        #expect(receiver.feed.counters.overlappingMessages == UInt64(readable), "cut at \(length)")
    }
}

/// Goal: garbage changes nothing.
/// Method: seeded random bytes, and right packets with some bytes changed in the header's session, between right ones.
@Test func garbageChangesNothing() {
    var random = SeededRandom(seed: TestSeed.current)
    let messages = Make.day(&random, messageCount: 300)
    for feedProtocol in [FeedProtocol.itch50, .deep10] {
        var receiver = Receiver(FeedConfiguration(feedProtocol))
        if feedProtocol == .itch50 {
            receiver.receive(Make.mold(messages, from: 1, session: sessionA))
        } else {
            receiver.receive(Make.iex([Make.level("A", isBuy: true, price: 100, size: 1)], from: 1))
        }
        let picture = receiver.picture
        let expected = receiver.feed.expectedSequence
        for _ in 0..<3_000 {
            let count = Int(random.below(120))
            var bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            // A header whose message count the bytes behind it do not bear out.
            if feedProtocol == .itch50, count > 20 { bytes[18] = 0x10 }
            #expect(receiver.receive(bytes) == .malformed)
        }
        #expect(receiver.picture == picture)
        #expect(receiver.feed.expectedSequence == expected)
        #expect(receiver.feed.counters.malformedPackets == 3_000)
    }
}

import Core
import Feeds
import Foundation
import Model
import Testing
import TestSupport
import Wire

// Small scenes, each the one thing that its name says.

private func itch(_ change: (inout FeedConfiguration) -> Void = { _ in }) -> Receiver {
    var configuration = FeedConfiguration(.itch50)
    change(&configuration)
    return Receiver(configuration)
}

private let heartbeatAt9 = Make.mold([], from: 9, session: sessionA)

/// Goal: gaps are told once, with what is missing; heartbeats reveal them; the end of a session is told.
@Test func gapsAreTold() {
    var receiver = itch()
    let messages = [Make.directory("A", locate: 1)] + (2...12).map { Make.add($0, locate: 1) }
    func packet(_ numbers: ClosedRange<Int>) -> [UInt8] {
        Make.mold(
            Array(messages[(numbers.lowerBound - 1)...(numbers.upperBound - 1)]),
            from: UInt64(numbers.lowerBound), session: sessionA)
    }
    #expect(receiver.receive(packet(1...2)) == .inOrder)
    #expect(receiver.receive(packet(1...2)) == .duplicate)
    #expect(receiver.receive(Make.mold([], from: 3, session: sessionA)) == .heartbeat)
    #expect(receiver.receive(packet(5...6)) == .gap(from: 3, count: 2))
    #expect(receiver.receive(packet(5...6)) == .buffered)
    #expect(receiver.receive(packet(8...8)) == .buffered)
    #expect(receiver.isStale == true)
    #expect(receiver.receive(packet(2...4)) == .inOrder, "the known message is left out")
    #expect(receiver.sequences == [1, 2, 3, 4, 5, 6])
    #expect(receiver.isStale == true, "7 is still missing")
    #expect(receiver.receive(packet(6...7)) == .inOrder)
    #expect(receiver.sequences == Array(1...8))
    #expect(receiver.isStale == false)
    #expect(receiver.receive(heartbeatAt9) == .heartbeat)
    #expect(receiver.receive(Make.mold([], from: 12, session: sessionA)) == .gap(from: 9, count: 3))
    #expect(receiver.receive(Make.mold([], from: 13, session: sessionA, count: 0xffff)) == .endOfSession)
    #expect(receiver.receive(packet(9...12)) == .inOrder)
    #expect(receiver.receive(Make.mold([], from: 13, session: sessionA, count: 0xffff)) == .endOfSession)
    #expect(receiver.feed.counters.gaps == 2)
    #expect(receiver.feed.counters.overlappingMessages == 2)
    #expect(receiver.feed.counters.duplicatePackets == 2)
    #expect(receiver.isStale == false)
}

/// Goal: requests wait a little, ask for what is missing and no more, come no faster than allowed, and back off.
@Test func requestsAreBoundedInRate() {
    var receiver = itch {
        $0.requestMessageCountMax = 3
        $0.requestDelayNs = 100
        $0.requestIntervalNs = 50
        $0.requestRetryNs = 1_000
        $0.requestRetryNsMax = 4_000
    }
    #expect(receiver.feed.nextRequest(atNs: 5) == nil)
    receiver.receive(Make.mold([Make.directory("A", locate: 1)], from: 1, session: sessionA))
    receiver.receive(Make.mold([Make.add(7, locate: 1)], from: 7, session: sessionA))
    #expect(receiver.feed.nextRequest(atNs: 1_000) == nil)
    #expect(receiver.feed.requestDueNs == 1_100)
    let first = MoldUDP64.RequestPacket(session: sessionA, sequence: 2, count: 3)
    #expect(receiver.feed.nextRequest(atNs: 1_099) == nil)
    #expect(receiver.feed.nextRequest(atNs: 1_100) == first)
    var asked: [UInt64] = []
    for timeNs in stride(from: UInt64(1_100), to: 20_000, by: 100)
    where receiver.feed.nextRequest(atNs: timeNs) == first {
        asked.append(timeNs)
    }
    #expect(asked == [2_100, 4_100, 8_100, 12_100, 16_100])
    // An answer: the next part may be asked for at once, but for the shortest interval.
    receiver.receive(Make.mold((2...4).map { Make.add($0, locate: 1) }, from: 2, session: sessionA))
    let second = MoldUDP64.RequestPacket(session: sessionA, sequence: 5, count: 2)
    #expect(receiver.feed.nextRequest(atNs: 16_120) == nil)
    #expect(receiver.feed.nextRequest(atNs: 16_150) == second)
    receiver.receive(Make.mold((5...6).map { Make.add($0, locate: 1) }, from: 5, session: sessionA))
    #expect(receiver.feed.nextRequest(atNs: .max) == nil)
    #expect(receiver.feed.requestDueNs == nil)
    #expect(receiver.sequences == Array(1...7))
    #expect(receiver.feed.counters.requests == 7)
}

/// Goal: a new session begins anew, with new locates; what comes late from the old one is nothing; a pinned session
/// lets no other in.
@Test func sessionsChange() {
    var receiver = itch()
    receiver.receive(
        Make.mold([Make.directory("A", locate: 1), Make.add(1, locate: 1)], from: 1, session: sessionA))
    receiver.receive(
        Make.mold([Make.directory("B", locate: 1), Make.add(1, locate: 1)], from: 1, session: sessionB))
    #expect(receiver.verdicts == [.inOrder, .sessionChanged, .inOrder])
    #expect(receiver.events.map(\.instrument) == [0, 0, 1, 1])
    #expect(receiver.books.quote(InstrumentID(index: 0)).bidQuantity == .zero)
    #expect(receiver.receive(Make.mold([Make.add(2, locate: 1)], from: 3, session: sessionA)) == .duplicate)
    #expect(receiver.feed.expectedSequence == 3)

    var pinned = itch { $0.session = sessionA }
    #expect(
        pinned.receive(Make.mold([Make.directory("A", locate: 1)], from: 1, session: sessionB)) == .malformed)
    #expect(pinned.feed.lastFault?.reason == .otherSession)
    #expect(
        pinned.receive(Make.mold([Make.directory("A", locate: 1)], from: 1, session: sessionA)) == .inOrder)
}

/// Goal: a stray packet of another session costs nothing, and one that does take over is itself taken for the stray
/// when ours speaks on. Method: heartbeats and ends of other sessions between our packets; then an impostor that
/// begins as a new session would, and our own stream behind it.
@Test func strayPacketsDoNotEndASession() {
    var receiver = itch()
    receiver.receive(
        Make.mold([Make.directory("A", locate: 1), Make.add(1, locate: 1)], from: 1, session: sessionA))
    for number in UInt64(3)...6 {
        #expect(receiver.receive(Make.mold([], from: 1, session: sessionB, count: 0xffff)) == .malformed)
        #expect(
            receiver.receive(Make.mold([Make.add(9, locate: 1)], from: 77, session: Token10("STRAY")!))
                == .malformed)
        #expect(
            receiver.receive(Make.mold([Make.add(number, locate: 1)], from: number, session: sessionA))
                == .inOrder)
    }
    #expect(receiver.feed.counters.sessionChanges == 0)
    // Silence of ours is evidence: the second packet in a row of another is believed.
    #expect(receiver.receive(Make.mold([], from: 5, session: sessionB)) == .malformed)
    receiver.receive(Make.mold([], from: 5, session: sessionB))
    #expect(receiver.feed.counters.sessionChanges == 1)
    // And ours, back, is not refused for ever.
    for number in UInt64(7)...40 {
        receiver.receive(Make.mold([Make.add(number, locate: 1)], from: number, session: sessionA))
    }
    #expect(receiver.feed.counters.sessionChanges == 2)
    let isGapOpen = receiver.feed.isGapOpen
    #expect(isGapOpen)
}

/// Goal: instruments get the ids that were asked for, others theirs in order, and what is not wanted is not handed out.
@Test func instrumentsAreNumbered() throws {
    let b = try #require(Symbol("B"))
    let messages = [
        Make.add(9, locate: 3), Make.directory("A", locate: 1), Make.directory("B", locate: 2),
        Make.directory("C", locate: 3), Make.add(1, locate: 1), Make.add(2, locate: 2),
        Make.add(3, locate: 3),
    ]
    let packet = Make.mold(messages, from: 1, session: sessionA)

    var open = itch { $0.symbols = [b] }
    open.receive(packet)
    #expect(open.events.map(\.instrument) == [.max, 1, 0, 2, 1, 0, 2])
    #expect(open.events[0].kind == MarketEventKind.other.rawValue, "no directory message yet")
    #expect(open.feed.counters.undefinedInstruments == 1)

    var closed = itch {
        $0.symbols = [b]; $0.discoversInstruments = false
    }
    closed.receive(packet)
    #expect(closed.events.map(\.instrument) == [.max, 0, 0])
    #expect(closed.feed.counters.unwantedMessages == 4)
    #expect(closed.feed.counters.messages == 3)

    var full = itch {
        $0.symbols = [b]; $0.instrumentCountMax = 2
    }
    full.receive(packet)
    #expect(full.events.map(\.instrument) == [.max, 1, 0, 1, 0])
    #expect(full.feed.counters.instrumentsFull == 1)

    var deep = FeedConfiguration(.deep10)
    deep.symbols = [b]
    deep.discoveredFrom = 5
    var iex = Receiver(deep)
    iex.receive(
        Make.iex(["A", "B", "A"].map { Make.level($0, isBuy: true, price: 100, size: 1) }, from: 1))
    #expect(iex.events.map(\.instrument) == [5, 5, 0, 0, 5])
    #expect(iex.events.map(\.kind) == [11, 7, 11, 7, 7])
    #expect(iex.sequences == [1, 2, 3])
    #expect(iex.events[2].symbol == b.raw)
}

/// Goal: a message that cannot be read has its place told, the others of the packet are used, and if a book may hang on
/// it the stream is stale for good; an unknown type is counted only.
@Test func unreadableMessagesHaveAPlace() {
    var receiver = itch { $0.stream = 4 }
    var bad = Make.add(2, locate: 1)
    bad[19] = 0x5a
    receiver.receive(
        Make.mold(
            [Make.directory("A", locate: 1), [0x7a, 0, 1, 0], Make.add(1, locate: 1)], from: 1,
            session: sessionA))
    #expect(receiver.feed.counters.unknownTypes == 1)
    #expect(receiver.isStale == false)
    #expect(
        receiver.receive(
            Make.mold([Make.add(3, locate: 1), bad, Make.add(4, locate: 1)], from: 4, session: sessionA))
            == .inOrder)
    #expect(receiver.sequences == [1, 3, 4, 6])
    #expect(
        receiver.feed.lastFault
            == FeedFault(stream: 4, reason: .badField, sequence: 5, byteOffset: 20 + 2 + 36 + 2))
    #expect(receiver.isStale == true)
    receiver.receive(Make.mold([Make.add(5, locate: 1)], from: 7, session: sessionA))
    #expect(receiver.isStale == true, "nothing will make it readable")
    receiver.receive(Make.mold([[]], from: 8, session: sessionA))
    #expect(receiver.feed.lastFault?.reason == .wrongMessageLength)
    #expect(receiver.feed.counters.malformedMessages == 2)
}

/// Goal: a stream that nothing can be asked of goes on after a loss, damaged; joining late is no loss where it was
/// asked for.
@Test func gapsCanBeAbandoned() {
    var configuration = FeedConfiguration(.deep10)
    configuration.start = .whereverWeCome
    configuration.waitingPacketCountMax = 1
    var receiver = Receiver(configuration)
    func packet(_ number: Int64) -> [UInt8] {
        Make.iex([Make.level("A", isBuy: true, price: 100, size: UInt32(number))], from: number)
    }
    #expect(receiver.receive(packet(50)) == .inOrder)
    #expect(receiver.feed.abandonGap() == nil)
    #expect(receiver.receive(packet(52)) == .gap(from: 51, count: 1))
    #expect(receiver.receive(packet(53)) == .buffered)
    #expect(receiver.feed.counters.droppedPackets == 1)
    #expect(receiver.feed.nextRequest(atNs: 0) == nil)
    #expect(receiver.feed.abandonGap() == MissingMessages(from: 51, count: 1))
    #expect(receiver.feed.takeBuffered()?.sequence == 52)
    receiver.drain()
    #expect(receiver.feed.takeBuffered() == nil)
    #expect(receiver.feed.abandonGap() == MissingMessages(from: 53, count: 1))
    #expect(receiver.feed.isGapOpen == false)
    #expect(receiver.receive(packet(54)) == .inOrder)
    #expect(receiver.sequences == [50, 52, 54])
    #expect(receiver.isStale == true)
    #expect(receiver.receive(Make.iex([], from: 1 << 60)) == .malformed)
    #expect(receiver.feed.lastFault?.reason == .sequenceTooFar)
    var wrong = packet(55)
    wrong[0] = 2
    #expect(receiver.receive(wrong) == .malformed)
    #expect(receiver.feed.lastFault?.reason == .wrongVersion)
}

/// Goal: real files go through decoder, feed and books without a contradiction.
/// Method: messages of the files in packets of ten; counts as the files' descriptions give them.
@Test(arguments: [
    ("nasdaq_20191230_first1000.itch50", 1_000, 993),
    ("ritch_synthetic_12012.itch50-zero-lengths", 12_012, 3),
])
func realItchFiles(_ name: String, _ messageCount: Int, _ instrumentCount: Int) throws {
    guard let file = TestData.file("itch/" + name) else { return }
    var reader = try ItchFile(path: file.path)
    var messages: [[UInt8]] = []
    while let message = try reader.next() { messages.append(unsafe Array(message.bytes)) }
    #expect(messages.count == messageCount)
    var receiver = itch()
    receiver.books = BookTable(instrumentCountMax: 1_024, orderCountMax: 10_000, levelCountMax: 10_000)
    for from in stride(from: 0, to: messages.count, by: 10) {
        receiver.receive(
            Make.mold(
                Array(messages[from..<min(from + 10, messages.count)]), from: UInt64(from + 1),
                session: sessionA))
    }
    #expect(receiver.sequences.count == messageCount)
    #expect(receiver.events.count { $0.kind == MarketEventKind.instrument.rawValue } == instrumentCount)
    #expect(receiver.feed.counters.malformedMessages == 0 && receiver.feed.counters.unknownTypes == 0)
    // Every order of the file's, counted the obvious way.
    var live: [UInt64: Int64] = [:]
    for event in receiver.events {
        switch event.eventKind {
        case .add: if live[event.order_ref] == nil { live[event.order_ref] = event.quantity }
        case .delete: live[event.order_ref] = nil
        case .execute, .executeAtPrice, .reduce:
            guard let left = live[event.order_ref] else { continue }
            live[event.order_ref] = left > event.quantity ? left - event.quantity : nil
        case .replace:
            if live.removeValue(forKey: event.order_ref) != nil { live[event.new_order_ref] = event.quantity }
        case .other, .levelSet, .trade, .tradeBreak, .status, .instrument, .system: break
        }
    }
    #expect(receiver.books.orderCount == live.count, "\(receiver.books.counters)")
    var resting: Int64 = 0
    for index in 0..<UInt32(1_024) {
        for side in [Side.buy, .sell] {
            for depth in 0..<receiver.books.levelCount(InstrumentID(index: index), side) {
                resting +=
                    receiver.books.level(InstrumentID(index: index), side, depth: depth)?.quantity.raw ?? 0
            }
        }
    }
    #expect(resting == live.values.reduce(0, +))
}

/// Goal: the exchange's real packets go through the feed without a fault: the whole DEEP capture, and the single ones.
@Test func realDeepPackets() throws {
    if let file = TestData.file("iex/DEEP10_20170425.pcap.gz") {
        var reader = try PcapFile(path: file.path)
        var configuration = FeedConfiguration(.deep10)
        configuration.start = .whereverWeCome
        var feed = MarketFeed(configuration)
        var books = BookTable(instrumentCountMax: 16_384, orderCountMax: 1, levelCountMax: 100_000)
        var event = MarketEvent()
        // The file was cut inside its last packet; the reader says so at its end.
        while let datagram = try? reader.next() {
            _ = unsafe feed.accept(datagram.payload)
            while feed.next(&event) { _ = books.apply(&event) }
            _ = feed.abandonGap()
            while feed.takeBuffered() != nil { while feed.next(&event) { _ = books.apply(&event) } }
        }
        #expect(feed.counters.packets == 121_314)
        #expect(feed.counters.malformedPackets == 0 && feed.counters.malformedMessages == 0)
        #expect(feed.counters.unknownTypes == 0)
        #expect(feed.counters.gaps == 0, "\(feed.counters)")
        #expect(books.counters.broken == 0, "\(books.counters)")
        print("DEEP capture: \(feed.counters) \(books.counters)")
    }
    for (name, side) in [("Buy", Side.buy), ("Sell", .sell)] {
        guard let file = TestData.file("omi-pcaps/Iex/Deep.IexTp.v1.0/PriceLevel\(name)UpdateMessage.pcap")
        else { continue }
        var reader = try PcapFile(path: file.path)
        var configuration = FeedConfiguration(.deep10)
        configuration.start = .whereverWeCome
        var receiver = Receiver(configuration)
        while let datagram = try reader.next() { receiver.receive(unsafe Array(datagram.payload)) }
        #expect(receiver.feed.counters.malformedMessages == 0 && receiver.feed.counters.malformedPackets == 0)
        #expect(
            receiver.events.contains {
                $0.kind == MarketEventKind.levelSet.rawValue && $0.side == side.rawValue
            })
    }
}

/// Goal: real MoldUDP64 packets of NASDAQ are read whole.
@Test func realMoldPackets() throws {
    guard
        let file = TestData.file("omi-pcaps/Nasdaq/Nasdaq.Equities.TotalView.Itch.v5.0/Multiple.Packets.pcap")
    else { return }
    var reader = try PcapFile(path: file.path)
    var receiver = itch { $0.start = .whereverWeCome }
    while let datagram = try reader.next() {
        receiver.receive(unsafe Array(datagram.payload))
        // The two packets are not neighbours.
        while receiver.feed.abandonGap() != nil {
            while receiver.feed.takeBuffered() != nil { receiver.drain() }
        }
    }
    #expect(receiver.feed.counters.messages == 39, "\(receiver.verdicts) \(receiver.feed.counters)")
    #expect(receiver.feed.counters.malformedMessages == 0 && receiver.feed.counters.unknownTypes == 0)
}

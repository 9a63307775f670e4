import Model
import TestSupport
import Testing

@testable import Plumbing

/// The three ends with a script behind each stage, stepped by hand.
private struct Bench: ~Copyable {
    let script: Script
    var io: RingIO
    var feed: FeedStage<ScriptedIO>
    var venue: VenueStage<ScriptedIO>

    init(streams: Int = 0, sessions: Int = 0, _ change: (inout PipelineSettings) -> Void = { _ in }) throws {
        var settings = PipelineSettings()
        settings.streamRingBytes = 4096
        settings.datagramBytesMax = 1500
        settings.sessionRingBytes = 4096
        settings.sessionBytesMax = 1000
        change(&settings)
        let script = Script(streams: streams, sessions: sessions)
        var pipeline = try Pipeline(
            streamCount: streams, sessionCount: sessions, settings: settings, clock: clock)
        io = pipeline.takeIO()
        feed = FeedStage(io: ScriptedIO(script), port: pipeline.takeFeed())
        venue = VenueStage(io: ScriptedIO(script), port: pipeline.takeVenue())
        self.script = script
    }

    /// Session 0 is open on both sides.
    mutating func open(_ session: Int = 0) {
        io.connect(session: session)
        check(io.connection(session: session) == .connecting)
        _ = venue.step()
        check(io.connection(session: session) == .open)
    }

    /// What the hot thread receives now.
    mutating func received(_ session: Int = 0) -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let piece = bytes(io.receive(session: session))
            if piece.isEmpty { return all }
            all += piece
        }
    }
}

/// Goal: a record that is lent stands until the reader's next call, and only then is its room given back.
/// Method: a full ring whose first record is lent: nothing finds room, and the bytes stay, until the next is asked for.
@Test func aLentRecordStandsUntilTheNextCall() throws {
    let ring = try RecordRing(capacity: 4096)
    var reader = ring.reader()
    func append(_ number: UInt8) -> Bool {
        // SAFETY: the array stands still inside the closure.
        unsafe [UInt8](repeating: number, count: 1000).withUnsafeBytes {
            unsafe ring.append(kind: UInt16(number), source: 7, word: UInt64(number) << 40, $0)
        }
    }
    for rotation in 0..<600 {
        var number: UInt8 = 1
        while append(number) { number += 1 }
        check(number == 5 && ring.room() < 1008 && !ring.hasRoom(1008))
        let first = reader.lend()
        check(first?.kind == 1 && first?.source == 7 && first?.word == 1 << 40)
        check(!append(9), "rotation \(rotation): the room of a lent record was taken")
        check(unsafe first?.rest.allSatisfy { $0 == 1 } == true)
        check(unsafe first?.rest.count == 1000)
        for expected in 2..<UInt16(number) { check(reader.lend()?.kind == expected) }
        check(reader.isReadable() == false)
        check(reader.lend() == nil && ring.room() == 4088)
        // The next round begins elsewhere.
        check(unsafe ring.append(kind: 0, source: 0, UnsafeRawBufferPointer(start: nil, count: 0)))
        check(reader.lend() != nil)
        check(reader.lend() == nil)
    }
}

/// Goal: datagrams come in their order, each with the time of its receipt, and what finds no room stays where it was.
/// Method: more than the ring holds, taken by turns, the stage stepped seldom and the reader seldom.
@Test func datagramsWaitWhereTheyAreWhileTheRingIsFull() throws {
    for (readEvery, stepEvery) in [(1, 1), (1, 5), (7, 1), (3, 2)] {
        var bench = try Bench(streams: 2)
        for number in 0..<200 {
            bench.script.datagrams[0].append(pattern(1 + number * 7 % 1500, from: number))
            bench.script.datagrams[1].append([UInt8(number)])
        }
        var next = [0, 0]
        var lastNs: UInt64 = 0
        var wasFull = false
        for round in 0..<3_000 {
            if round % stepEvery == 0 { _ = bench.feed.step() }
            if !bench.script.datagrams[0].isEmpty, bench.feed.step() == 0 { wasFull = true }
            guard round % readEvery == 0 else { continue }
            for stream in 0..<2 {
                let got = bytes(bench.io.receiveDatagram(stream: stream))
                guard !got.isEmpty else { continue }
                let number = next[stream]
                check(got == (stream == 0 ? pattern(1 + number * 7 % 1500, from: number) : [UInt8(number)]))
                let atNs = bench.io.receivedAtNs(stream: stream)
                if stream == 0 {
                    check(atNs > lastNs && atNs <= bench.script.nowNs)
                    lastNs = atNs
                    check(bench.io.moreWaiting(stream: 0) == (number < 199))
                }
                next[stream] += 1
            }
        }
        check(next == [200, 200] && wasFull && bench.feed.fullCount > 0)
    }
}

/// Goal: a ring that could not hold what may come is refused before anything runs.
@Test func aDatagramLongerThanHalfItsRingIsRefused() throws {
    var settings = PipelineSettings()
    settings.streamRingBytes = 1 << 14
    settings.datagramBytesMax = (1 << 13) - 16
    _ = try Pipeline(streamCount: 1, sessionCount: 0, settings: settings, clock: clock)
    settings.datagramBytesMax += 1
    for change in [
        { (_: inout PipelineSettings) in },
        {
            $0.datagramBytesMax = 100; $0.streamRingBytes = 5000
        },
        {
            $0.datagramBytesMax = 100; $0.sessionRingBytes = 1 << 16
        },
    ] as [(inout PipelineSettings) -> Void] {
        var wrong = settings
        change(&wrong)
        #expect(throws: SetupError.self) {
            _ = try Pipeline(streamCount: 1, sessionCount: 1, settings: wrong, clock: clock)
        }
    }
}

/// Goal: requests reach the socket in their order, also when it takes none for a while, and one that is never taken does not
/// keep those behind it for ever.
@Test func requestsReachTheSocket() throws {
    var bench = try Bench(streams: 2)
    bench.script.takesRequests = false
    for number in 0..<5 { check(bench.io.request([UInt8(number)], stream: number % 2)) }
    for _ in 0..<20 { check(bench.feed.step() == 0) }
    bench.script.takesRequests = true
    check(bench.feed.step() == 5)
    check(bench.script.requests.map(\.stream) == [0, 1, 0, 1, 0])
    check(bench.script.requests.map(\.bytes) == [[0], [1], [2], [3], [4]])
    bench.script.takesRequests = false
    check(bench.io.request([9], stream: 0))
    for _ in 0..<200 { _ = bench.feed.step() }
    bench.script.takesRequests = true
    check(bench.io.request([10], stream: 0))
    _ = bench.feed.step()
    check(bench.script.requests.last?.bytes == [10] && bench.script.requests.count == 6)
    // A full ring says so.
    var count = 0
    while bench.io.request([UInt8](repeating: 1, count: 50), stream: 0) { count += 1 }
    check(count == 4096 / 64)
}

/// Goal: a connection is asked for, opens, carries bytes both ways and ends, and what came before the end is heard before
/// it.
@Test func bytesBeforeTheEndAreHeardBeforeIt() throws {
    for stepsBefore in 0..<4 {
        var bench = try Bench(sessions: 2)
        check(bench.io.connection(session: 0) == .idle && bench.io.send([1]) == 0)
        bench.open()
        check(bench.io.connection(session: 1) == .idle)
        check(bench.io.send([1, 2, 3]) == 3)
        _ = bench.venue.step()
        check(bench.script.sessions[0].sent == [[1, 2, 3]])
        bench.script.sessions[0].incoming = [[10], [11, 12], [13]]
        bench.script.sessions[0].isEnding = true
        for _ in 0..<stepsBefore { _ = bench.venue.step() }
        check(bench.io.connection(session: 0) == .open)
        var heard: [UInt8] = []
        for _ in 0..<10 {
            let piece = bytes(bench.io.receive(session: 0))
            heard += piece
            if piece.isEmpty, bench.io.connection(session: 0) == .closed { break }
            _ = bench.venue.step()
        }
        check(heard == [10, 11, 12, 13])
        check(bench.io.connection(session: 0) == .closed)
        check(bench.io.send([4]) == 0 && bytes(bench.io.receive(session: 0)).isEmpty)
    }
}

/// Goal: a connection that is refused is closed, and the next may open.
@Test func aRefusedConnectionIsClosed() throws {
    var bench = try Bench(sessions: 1)
    bench.script.sessions[0].answer = .closed
    bench.io.connect(session: 0)
    check(bench.io.connection(session: 0) == .connecting)
    _ = bench.venue.step()
    check(bench.io.connection(session: 0) == .closed)
    bench.script.sessions[0].answer = .open
    bench.open()
}

/// Goal: nothing of an older connection reaches a newer one, in neither direction, wherever it was on its way.
/// Method: bytes of the first connection lie in the ring to the venue, in the ring to the hot thread and in the kernel when
/// the hot thread gives it up; the stage is stepped between any two of the calls, or not.
@Test func generationsAreKeptApart() throws {
    for stepped in 0..<32 {
        var bench = try Bench(sessions: 1)
        func maybe(_ bit: Int, _ bench: inout Bench) { if stepped >> bit & 1 == 1 { _ = bench.venue.step() } }
        bench.open()
        bench.script.sessions[0].incoming = [[1, 1], [1]]
        maybe(0, &bench)
        check(bench.io.send([101, 101]) == 2)
        maybe(1, &bench)
        bench.io.close(session: 0)
        check(bench.io.connection(session: 0) == .idle)
        maybe(2, &bench)
        bench.io.connect(session: 0)
        maybe(3, &bench)
        // Still the answers of the first, where the second was not asked for yet.
        check(bytes(bench.io.receive(session: 0)).isEmpty)
        for _ in 0..<3 where bench.io.connection(session: 0) != .open { _ = bench.venue.step() }
        check(bench.io.connection(session: 0) == .open)
        check(bench.script.sessions[0].connects == 2)
        bench.script.sessions[0].incoming = [[2, 2]]
        maybe(4, &bench)
        check(bench.io.send([102]) == 1)
        _ = bench.venue.step()
        check(bench.script.sessions[0].sent.last == [102], "\(stepped): \(bench.script.sessions[0].sent)")
        let first = bench.script.sessions[0].sent[0]
        check(first == [] || first == [101, 101])
        check(bench.received() == [2, 2])
        // An end of the second is not taken for one of the third.
        bench.script.sessions[0].isEnding = true
        _ = bench.venue.step()
        bench.io.connect(session: 0)
        check(bench.io.connection(session: 0) == .connecting)
        _ = bench.venue.step()
        check(bench.io.connection(session: 0) == .open)
    }
}

/// Goal: whatever part of a send the connection takes, the rest follows from the next byte, and what was sent meanwhile comes
/// behind it.
@Test func partialSendsGoOnFromTheNextByte() throws {
    let all = pattern(300)
    for takes in 1...150 {
        var bench = try Bench(sessions: 1)
        bench.open()
        bench.script.sessions[0].takes = takes
        check(bench.io.send(Array(all[..<150])) == 150)
        _ = bench.venue.step()
        check(bench.io.send(Array(all[150...])) == 150)
        for _ in 0..<400 where !bench.venue.isDrained {
            check(bench.venue.step() > 0)
        }
        check(bench.venue.isDrained && bench.script.sessions[0].sent == [all])
    }
}

/// Goal: a connection that breaks at any byte has got exactly the bytes before it; the hot thread, for which all were sent,
/// hears of the end; and the next connection gets none of the rest.
@Test func aResetAtEveryByteOfASend() throws {
    let all = pattern(120)
    for place in 0...120 {
        for takes in [7, 1_000] {
            var bench = try Bench(sessions: 1)
            bench.open()
            bench.script.sessions[0].breaksAt = place
            bench.script.sessions[0].takes = takes
            bench.script.sessions[0].incoming = [[7], [8]]
            check(bench.io.send(Array(all[..<60])) == 60 && bench.io.send(Array(all[60...])) == 60)
            for _ in 0..<40 { _ = bench.venue.step() }
            check(bench.script.sessions[0].sent == [Array(all[..<place])], "at \(place)")
            check(bench.io.connection(session: 0) == .open)
            check(bench.received() == [7, 8])
            check(bench.io.connection(session: 0) == .closed)
            check(bench.venue.isDrained && bench.venue.unsentBytes == UInt64(120 - place))
            bench.io.close(session: 0)
            bench.open()
            check(bench.io.send([1, 2]) == 2)
            _ = bench.venue.step()
            check(bench.script.sessions[0].sent.last == [1, 2])
        }
    }
}

/// Goal: a full ring to the venue takes a part or nothing and says how much; connect and close find room all the same; and
/// a connection that the hot thread gives up does not wait for a peer that takes nothing.
@Test func aFullRingToTheVenueStillTakesWishes() throws {
    var bench = try Bench(sessions: 1)
    bench.open()
    bench.script.sessions[0].takes = 0
    let all = pattern(10_000)
    var taken = 0
    while true {
        let count = bench.io.send(Array(all[taken..<min(taken + 700, all.count)]))
        if count == 0 { break }
        taken += count
    }
    check(taken > 3_500 && taken < 4_096)
    for _ in 0..<5 { check(bench.venue.step() == 0) }
    check(bench.io.send([1]) == 0)
    // The peer reads again: what was taken arrives whole, and more finds room.
    bench.script.sessions[0].takes = 100
    for _ in 0..<60 { _ = bench.venue.step() }
    check(bench.script.sessions[0].sent == [Array(all[..<taken])])
    bench.script.sessions[0].takes = 0
    while bench.io.send(all) > 0 {}
    // More wishes than have room: the last one counts.
    for _ in 0..<50 {
        bench.io.close(session: 0)
        bench.io.connect(session: 0)
    }
    check(bench.io.connection(session: 0) == .connecting)
    for _ in 0..<40 {
        _ = bench.venue.step()
        _ = bench.io.connection(session: 0)
    }
    check(bench.io.connection(session: 0) == .open)
    bench.script.sessions[0].takes = 1_000
    check(bench.io.send([5, 6]) == 2)
    _ = bench.venue.step()
    check(bench.script.sessions[0].sent.last == [5, 6])
    check(bench.script.sessions[0].sent.dropLast().dropFirst().allSatisfy(\.isEmpty))
}

/// Goal: with the ring to the hot thread full, bytes stay in the kernel, none is lost, and the end waits behind them.
@Test func aFullRingToTheHotThreadLeavesBytesInTheKernel() throws {
    var bench = try Bench(sessions: 1)
    bench.open()
    let pieces = (0..<40).map { pattern(1 + $0 * 25, from: $0) }
    bench.script.sessions[0].incoming = pieces
    bench.script.sessions[0].isEnding = true
    for _ in 0..<10 { _ = bench.venue.step() }
    check(bench.script.sessions[0].incoming.count > 10 && bench.venue.fullCount > 0)
    check(bench.venue.fillPermille > 500)
    var heard: [UInt8] = []
    for _ in 0..<200 {
        let piece = bytes(bench.io.receive(session: 0))
        if piece.isEmpty, bench.io.connection(session: 0) == .closed { break }
        heard += piece
        _ = bench.venue.step()
    }
    check(heard == pieces.flatMap { $0 })
    check(bench.io.connection(session: 0) == .closed)
}

/// Goal: whatever the order in which the three ends are stepped, each connection's bytes are a prefix of what was sent on it,
/// in both directions, and whole where nobody broke it.
/// Method: seeded steps against what was written down beside.
@Test func seededInterleavingsKeepEveryConnectionsBytes() throws {
    var random = SeededRandom(seed: TestSeed.current)
    for _ in 0..<60 {
        var bench = try Bench(sessions: 1)
        var offered: [[UInt8]] = []
        var wanted: [[UInt8]] = []
        var heard: [[UInt8]] = []
        var broken = 0
        for _ in 0..<800 {
            switch random.below(12) {
            case 0 where random.below(6) == 0:
                bench.io.close(session: 0)
            case 1:
                if bench.io.connection(session: 0) == .idle || bench.io.connection(session: 0) == .closed {
                    bench.io.connect(session: 0)
                    wanted.append([])
                    heard.append([])
                }
            case 2...4:
                let piece = pattern(1 + Int(random.below(400)), from: Int(random.below(256)))
                let count = bench.io.send(piece)
                if count > 0 { wanted[wanted.count - 1] += piece[..<count] }
            case 5...6:
                let connects = bench.script.sessions[0].connects
                while offered.count < connects { offered.append([]) }
                guard connects > 0, bench.script.sessions[0].state == .open,
                    !bench.script.sessions[0].isEnding
                else { continue }
                let piece = pattern(1 + Int(random.below(900)), from: Int(random.below(256)))
                bench.script.sessions[0].incoming.append(piece)
                offered[connects - 1] += piece
            case 7:
                bench.script.sessions[0].takes = Int(random.below(300))
                if random.below(12) == 0, bench.script.sessions[0].state == .open {
                    bench.script.sessions[0].isEnding = true
                    broken += 1
                }
            case 8...9: _ = bench.venue.step()
            default:
                guard bench.io.connection(session: 0) != .connecting else { continue }
                let piece = bytes(bench.io.receive(session: 0))
                if !piece.isEmpty { heard[heard.count - 1] += piece }
            }
        }
        let sent = bench.script.sessions[0].sent
        // Connects that were given up before the stage saw them never happened there: what was sent on the others comes in
        // the same order.
        var place = 0
        for one in sent where !one.isEmpty {
            while place < wanted.count, !wanted[place].starts(with: one) { place += 1 }
            check(place < wanted.count, "bytes arrived that were not sent on one connection")
            place += 1
        }
        place = 0
        for one in heard where !one.isEmpty {
            while place < offered.count, !offered[place].starts(with: one) { place += 1 }
            check(place < offered.count, "bytes were heard that did not come on one connection")
            place += 1
        }
    }
}

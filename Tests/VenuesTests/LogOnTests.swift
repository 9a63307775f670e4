import Model
import TestSupport
import Testing
import Wire

@testable import Venues

/// Goal: the first log-on finds out how long the stream is and, where it is empty, stays.
@Test func emptyStreamNeedsOneConnection() {
    let rig = SessionRig()
    rig.settle()
    #expect(rig.venue.asked == [0])
    #expect(rig.session.phase == .up)
    #expect(rig.connectTimes.count == 1)
    #expect(rig.inputs(.sessionUp).map(\.user_ref) == [1])
    #expect(rig.inputs.allSatisfy { $0.source == 3 })
}

/// Goal: what the venue sent before this process began is heard from its first message on.
/// Method: a stream of 5 messages; the session asks for 0, comes back at once and asks for 1; all 5 come out in
/// order before `sessionUp`, which is told once.
@Test func historyIsReplayedFromItsBeginning() {
    let rig = SessionRig()
    for number in 1...5 { rig.venue.publish(execution(UInt64(number))) }
    rig.venue.nextUserRef = 42
    rig.settle()
    #expect(rig.venue.asked == [0, 1])
    #expect(rig.connectTimes == [1_000, 1_000])
    #expect(rig.session.counters.drops == 0)
    #expect(rig.inputs(.execution).map(\.execution_id) == [1, 2, 3, 4, 5])
    #expect(rig.inputs.last?.kind == InputKind.sessionUp.rawValue)
    #expect(rig.inputs.last?.user_ref == 42)
    #expect(rig.inputs.last?.execution_id == 7)
    #expect(rig.inputs(.sessionDown).isEmpty)
}

/// Goal: after a drop at any place of the stream, every message comes out exactly once and in order.
/// Method: for every length of what was heard and of what came while we were away, cut and reconnect.
@Test func replayGoesOnAtEverySequenceNumber() {
    for heard in 0...8 {
        for missed in 0...4 {
            let rig = SessionRig()
            rig.settle()
            for number in 0..<heard { rig.venue.publish(execution(UInt64(number) + 1)) }
            rig.settle()
            rig.drop()
            for number in 0..<missed { rig.venue.publish(execution(UInt64(heard + number) + 1)) }
            rig.reconnect()
            let place: Comment = "heard \(heard), missed \(missed)"
            #expect(rig.session.phase == .up, place)
            // One answer to a query stands in front.
            #expect(rig.venue.asked == (missed == 0 ? [0, 0] : [0, 0, UInt64(heard) + 2]), place)
            let all = (0..<UInt64(heard + missed)).map { $0 + 1 }
            #expect(rig.inputs(.execution).map(\.execution_id) == all, place)
            #expect(rig.inputs(.sessionDown).count == 1, place)
            #expect(rig.inputs(.sessionUp).count == 2, place)
            #expect(rig.session.counters.streamChanges == 0, place)
        }
    }
}

/// Goal: an answer owed to an earlier connection never counts, so an order that the venue has is never declared
/// never received.
/// Method: the venue holds back the answers to queries over a number of drops in the middle of catching up, takes an
/// order, and then publishes all the old answers, which name a number below the order's, into the replay.
@Test(arguments: [1, 2, 7, 70, 200])
func staleAnswersDoNotCount(drops: Int) {
    let rig = SessionRig()
    rig.venue.answersQueries = false
    for _ in 0..<drops {
        rig.settle()
        #expect(rig.session.phase == .catchingUp)
        rig.drop()
        rig.nowNs = max(rig.nowNs, rig.session.nextWakeNs)
    }
    #expect(rig.venue.queries == drops)
    for _ in 0..<drops { rig.venue.answerQuery() }  // name order 1 as the first that was never seen
    rig.venue.nextUserRef = 9
    rig.venue.answersQueries = true
    rig.reconnect()
    #expect(rig.session.phase == .up)
    #expect(rig.inputs(.sessionUp).map(\.user_ref) == [9])
    #expect(rig.inputs(.venueNotice).count == drops)
}

/// Goal: queries that never arrived are not waited for.
/// Method: the venue loses the query with the connection, many times over; the session comes up as soon as one is
/// answered.
@Test func lostQueriesAreNotWaitedFor() {
    let rig = SessionRig()
    for _ in 0..<300 {
        rig.poll()
        rig.venue.receive(rig.takeOutput())
        rig.deliver(rig.venue.output)
        #expect(rig.session.phase == .catchingUp)
        rig.drop()  // the query stood in the output
        rig.nowNs = rig.session.nextWakeNs
    }
    #expect(rig.venue.queries == 0)
    rig.reconnect()
    #expect(rig.session.phase == .up)
    #expect(rig.venue.queries == 1)
}

/// Goal: bytes may come cut anywhere. Method: a whole life delivered in pieces of every size up to 40.
@Test func deliveryInPiecesChangesNothing() {
    var wholes: [UInt64]?
    for size in [Int.max] + Array(1...40) {
        let rig = SessionRig()
        for number in 1...3 { rig.venue.publish(execution(UInt64(number))) }
        rig.deliveryByteCount = size
        rig.settle()
        rig.venue.publish(execution(4))
        rig.venue.publish(Ouch50.Rejected(timestamp: 8, userRefNum: 3, reason: 0x10f, clientOrderID: .blank))
        rig.settle()
        rig.drop()
        rig.venue.publish(execution(5))
        rig.reconnect()
        let seen = rig.inputs.map { UInt64($0.kind) << 32 | $0.execution_id }
        if wholes == nil { wholes = seen }
        #expect(seen == wholes, "pieces of \(size)")
        #expect(rig.session.counters.malformed == 0)
    }
    #expect(wholes?.count == 9)
}

/// Goal: a refused log-on is final and told with its reason; nothing connects again.
@Test func refusedLogOnIsFinal() {
    let rig = SessionRig()
    rig.venue.logOnAnswer = .reject(UInt8(ascii: "A"))
    rig.settle()
    #expect(rig.session.phase == .refused)
    #expect(rig.session.counters.refusal == UInt8(ascii: "A"))
    rig.nowNs += 3_600_000_000_000
    rig.settle()
    #expect(rig.connectTimes.count == 1)
    #expect(rig.isConnected == false)
    #expect(rig.session.nextWakeNs == .max)
}

/// Goal: the venue's end of session is final, and the core hears that the session is down.
@Test func endOfSessionIsFinal() {
    let rig = SessionRig()
    rig.settle()
    rig.deliver(packet(.endOfSession))
    rig.settle()
    #expect(rig.session.phase == .ended)
    #expect(rig.inputs(.sessionDown).count == 1)
    rig.nowNs += 3_600_000_000_000
    rig.settle()
    #expect(rig.connectTimes.count == 1)
    #expect(rig.encode(enter(1)) == false)
}

/// Goal: the delay before connecting doubles up to its bound, each with a jitter of at most a quarter; it begins
/// again after the session was up. Method: refused connects for 30 seeds.
@Test func backoffDoublesWithinItsJitter() {
    var different = false
    var first: UInt64?
    for seed in TestSeed.current..<(TestSeed.current + 30) {
        let rig = SessionRig {
            $0.seed = seed
            $0.reconnectNsMin = 1_000
            $0.reconnectNsMax = 30_000
        }
        rig.refusesConnections = true
        var delay: UInt64 = 1_000
        for round in 0..<10 {
            rig.poll()
            let waited = rig.session.nextWakeNs - rig.nowNs
            #expect(waited >= delay - delay / 4 && waited <= delay + delay / 4, "seed \(seed) round \(round)")
            if round == 0 {
                if let first, first != waited { different = true }
                first = waited
            }
            // Not a nanosecond early.
            rig.nowNs = rig.session.nextWakeNs - 1
            let asked = rig.connectTimes.count
            rig.poll()
            #expect(rig.connectTimes.count == asked)
            rig.nowNs += 1
            delay = min(2 * delay, 30_000)
        }
        rig.refusesConnections = false
        rig.settle()
        #expect(rig.session.phase == .up)
        rig.drop()
        #expect(rig.session.nextWakeNs - rig.nowNs <= 1_250)
    }
    #expect(different, "the jitter is no jitter")
}

/// Goal: a venue that takes connections and drops them before it answers is not hammered.
@Test func dropBeforeTheAnswerWaits() {
    let rig = SessionRig()
    for round in 0..<6 {
        rig.poll()
        #expect(rig.session.phase == .loggingOn)
        rig.drop()
        #expect(rig.session.nextWakeNs >= rig.nowNs + 750_000_000 << UInt64(min(round, 4)))
        rig.nowNs = rig.session.nextWakeNs
    }
    #expect(rig.session.counters.drops == 6)
}

/// Goal: connecting, and waiting for the log-on's answer, end after their time.
@Test func unansweredLogOnIsGivenUp() {
    let rig = SessionRig { $0.silenceNsMax = 60_000_000_000 }
    rig.venue.logOnAnswer = .silence
    rig.settle()
    #expect(rig.session.phase == .loggingOn)
    rig.nowNs += 4_999_999_999
    rig.poll()
    #expect(rig.isConnected)
    rig.nowNs += 1
    rig.poll()
    #expect(!rig.isConnected)
    #expect(rig.session.phase == .down)
}

/// Goal: the venue comes back with another stream, by name or by having less than we heard: it is heard from its
/// first message, and `sessionUp` says so.
@Test(arguments: [true, false])
func anotherStreamIsHeardFromItsBeginning(named: Bool) {
    let rig = SessionRig()
    rig.settle()
    for number in 1...6 { rig.venue.publish(execution(UInt64(number))) }
    rig.settle()
    rig.drop()
    rig.venue.stream = []
    if named { rig.venue.session = Token10("DAY0000002")! }
    for number in 11...(named ? 30 : 13) { rig.venue.publish(execution(UInt64(number))) }
    rig.reconnect()
    #expect(rig.session.phase == .up)
    #expect(rig.session.counters.streamChanges == 1)
    #expect(rig.inputs(.execution).map(\.execution_id) == Array(1...6) + Array(11...(named ? 30 : 13)))
    #expect(rig.inputs(.sessionUp).map(\.flags) == [0, 1])
    rig.drop()
    rig.reconnect()
    #expect(rig.inputs(.sessionUp).map(\.flags) == [0, 1, 0])
}

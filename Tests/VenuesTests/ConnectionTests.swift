import Model
import TestSupport
import Testing
import Wire

@testable import Venues

/// Goal: garbage is counted with its place, ends the connection, and loses nothing: the stream goes on where it was.
/// Method: each kind of garbage behind two good messages.
@Test func garbageEndsTheConnectionAndLosesNothing() {
    let garbage: [(String, [UInt8])] = [
        ("length nothing", [0, 0]),
        ("unknown type", [0, 5, 0x21, 1, 2, 3, 4]),
        ("heartbeat with payload", [0, 2, 0x48, 1]),
        ("a client's packet", packet(.clientHeartbeat)),
        ("another log-on answer", packet(.loginAccepted, Array("DAY0000001                   1".utf8))),
        ("empty message", packet(.sequencedData)),
        ("message type nothing", packet(.sequencedData, [0])),
        ("truncated execution", packet(.sequencedData, Array(bytes(of: execution(3)).dropLast(9)))),
        ("truncated answer", packet(.sequencedData, [UInt8(ascii: "Q"), 1])),
        ("bad appendage", packet(.sequencedData, Array(bytes(of: execution(3)).dropLast(2)) + [0, 9, 1])),
    ]
    for (name, bytes) in garbage {
        let rig = SessionRig()
        rig.settle()
        rig.venue.publish(execution(1))
        rig.venue.publish(execution(2))
        rig.settle()
        rig.deliver(bytes)
        #expect(rig.session.counters.malformed == 1, "\(name)")
        #expect(rig.session.counters.malformedAtSequence == 4, "\(name)")
        rig.poll()
        #expect(!rig.isConnected, "\(name)")
        #expect(rig.inputs(.sessionDown).count == 1, "\(name)")
        rig.venue.publish(execution(3))
        rig.reconnect()
        #expect(rig.session.phase == .up, "\(name)")
        #expect(rig.inputs(.execution).map(\.execution_id) == [1, 2, 3], "\(name)")
    }
}

/// Goal: no bytes whatever trap. Method: seeded noise, and seeded changes to good bytes, into a session in every
/// phase; what comes out has known kinds, and the session can still come up afterwards.
@Test func noiseNeverTraps() {
    var random = SeededRandom(seed: TestSeed.current)
    for round in 0..<1_000 {
        let rig = SessionRig()
        for number in 1...3 { rig.venue.publish(execution(UInt64(number))) }
        let phase = random.below(3)
        if phase > 0 { rig.poll() }
        if phase > 1 { rig.settle() }
        guard rig.isConnected else { continue }
        rig.venue.receive(rig.takeOutput())
        for number in 4...6 { rig.venue.publish(execution(UInt64(number))) }
        var bytes = rig.venue.output
        if random.below(2) == 0 {
            bytes = (0..<200).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        } else if !bytes.isEmpty {
            for _ in 0...random.below(4) {
                bytes[Int(random.below(UInt64(bytes.count)))] = UInt8(truncatingIfNeeded: random.next())
            }
        }
        rig.deliver(bytes)
        #expect(
            rig.inputs.allSatisfy { InputKind(rawValue: $0.kind) != nil }, "seed \(TestSeed.current) \(round)"
        )
        if rig.session.phase == .refused || rig.session.phase == .ended { continue }
        rig.drop()
        // Noise may have looked like a stream with another end: that is found out when an answer stays away.
        for _ in 0..<30 where rig.session.phase != .up { rig.reconnect() }
        #expect(rig.session.phase == .up, "seed \(TestSeed.current) round \(round)")
    }
}

/// Goal: we speak at least once a heartbeat; a venue that is silent too long counts as gone, one that speaks does not.
@Test func heartbeatsAndSilence() {
    let rig = SessionRig()
    rig.settle()
    let upAtNs = rig.nowNs
    for second in 1...20 {
        rig.nowNs = upAtNs + UInt64(second) * 1_000_000_000 - 1
        rig.poll()
        #expect(rig.takeOutput().isEmpty)
        rig.deliver(packet(.serverHeartbeat))
        rig.nowNs += 1
        rig.poll()
        rig.venue.receive(rig.takeOutput())
        #expect(rig.venue.heartbeats == second)
        #expect(rig.session.phase == .up)
    }
    let heardAtNs = rig.nowNs - 1
    #expect(rig.session.nextWakeNs == rig.nowNs + 1_000_000_000)
    rig.nowNs = heardAtNs + 1_999_999_999
    rig.poll()
    #expect(rig.session.phase == .up)
    rig.nowNs += 1
    rig.poll()
    #expect(rig.session.phase == .down)
    #expect(rig.session.counters.silences == 1)
    #expect(rig.inputs(.sessionDown).count == 1)
}

/// Goal: wherever a connection breaks in a batch of commands, each is told exactly once, in order, and rightly: as
/// submitted where at least one byte of it was taken, as not sent where none was.
/// Method: seven commands in one batch; for every place the connection takes just so many bytes and breaks; and for
/// every place it takes them in two pieces and stays.
@Test func everyByteOfABatchSettlesRightly() {
    let whole = SessionRig()
    whole.settle()
    let lengths = encodeBatch(whole)
    var total = 0
    var places: [Range<Int>] = []
    for length in lengths {
        places.append(total..<total + length)
        total += length
    }
    for taken in 0...total {
        let rig = SessionRig()
        rig.settle()
        rig.inputs = []
        #expect(encodeBatch(rig) == lengths)
        #expect(rig.takeOutput(taken).count == taken)
        let settledEarly = rig.inputs
        // Told while the connection stands: only what went completely.
        let complete = places.count { $0.upperBound <= taken }
        #expect(
            settledEarly.map(\.inputKind) == Array(repeating: .submitted, count: complete), "byte \(taken)")
        rig.drop()
        let begun = places.count { $0.lowerBound < taken }
        let results = rig.inputs.filter { $0.inputKind != .sessionDown }
        #expect(results.map(\.user_ref) == Array(1...7), "byte \(taken)")
        let expected = (0..<7).map { $0 < begun ? InputKind.submitted : .sendFailed }
        #expect(results.map(\.inputKind) == expected, "byte \(taken)")
        #expect(rig.inputs.last?.inputKind == .sessionDown, "byte \(taken)")
        #expect(results.map(\.flags) == [1, 2, 1, 1, 2, 2, 1], "byte \(taken)")

        let cut = SessionRig()
        cut.settle()
        cut.inputs = []
        _ = encodeBatch(cut)
        cut.venue.receive(cut.takeOutput(taken))
        cut.venue.receive(cut.takeOutput())
        #expect(cut.inputs.map(\.inputKind) == Array(repeating: .submitted, count: 7), "byte \(taken)")
        #expect(cut.venue.orders.map(\.userRefNum) == [1, 3, 4, 7], "byte \(taken)")
        #expect(cut.venue.complaints == 0)
    }
}

/// Seven commands; returns the length of each in bytes.
private func encodeBatch(_ rig: SessionRig) -> [Int] {
    let commands = [
        enter(1), cancel(2, of: 1), enter(3), enter(4), cancel(5, of: 3), cancel(6, of: 4), enter(7),
    ]
    return commands.map { command in
        let before = unsafe rig.session.pendingOutput().bytes.count
        #expect(rig.encode(command))
        return unsafe rig.session.pendingOutput().bytes.count - before
    }
}

/// Goal: what was queued but not sent on one connection is not on the next, and positions begin anew there.
@Test func nothingOfALostConnectionIsSentOnTheNext() {
    let rig = SessionRig()
    rig.settle()
    #expect(rig.encode(enter(1)))
    rig.drop()
    #expect(rig.inputs(.sendFailed).map(\.user_ref) == [1])
    rig.reconnect()
    #expect(rig.venue.orders.isEmpty)
    #expect(rig.encode(enter(2)))
    rig.venue.receive(rig.takeOutput(5))
    rig.drop()
    #expect(rig.inputs(.submitted).map(\.user_ref) == [2])
    rig.reconnect()
    #expect(rig.encode(enter(3)))
    rig.venue.receive(rig.takeOutput())
    #expect(rig.venue.orders.map(\.userRefNum) == [3])
    #expect(rig.venue.complaints == 0)
}

/// Goal: a session that is not up takes no command, and one that is full refuses instead of losing.
@Test func commandsAreRefusedWhereTheyCannotGo() {
    let rig = SessionRig()
    #expect(!rig.encode(enter(1)))
    rig.poll()
    #expect(!rig.encode(enter(1)))
    rig.settle()
    rig.inputs = []
    var taken: UInt32 = 0
    while rig.encode(enter(taken + 1)) { taken += 1 }
    #expect(taken == 1024)
    rig.venue.receive(rig.takeOutput())
    #expect(rig.inputs(.submitted).count == 1024)
    #expect(rig.venue.orders.count == 1024)
    #expect(rig.encode(enter(2000)))
    var bad = enter(2001)
    bad.quantity = 0
    #expect(!rig.encode(bad))
    bad.quantity = Int64(UInt32.max) + 1
    #expect(!rig.encode(bad))
    bad = enter(2001)
    bad.price = -1
    #expect(!rig.encode(bad))
}

/// Goal: what is encoded is what was asked, field by field, read back with the codec of the venue's side.
@Test func commandsReadBackAsTheyWereMeant() {
    let rig = SessionRig()
    rig.settle()
    var order = enter(77)
    order.side = Side.sell.rawValue
    order.quantity = 4_000_000_000
    order.price = 0x7fff_ffff
    order.time_in_force = TimeInForce.immediateOrCancel.rawValue
    order.epoch = 0xfffff
    #expect(rig.encode(order))
    #expect(rig.encode(enter(78)))
    #expect(rig.encode(cancel(79, of: 78)))
    var replace = enter(80)
    replace.kind = CommandKind.replace.rawValue
    replace.original_ref = 78
    replace.quantity = 60
    #expect(rig.encode(replace))
    rig.venue.receive(rig.takeOutput())
    #expect(rig.venue.complaints == 0)
    #expect(
        rig.venue.orders.first
            == Ouch50.EnterOrder(
                userRefNum: 77, side: UInt8(ascii: "S"), quantity: 4_000_000_000, symbol: Symbol("SPIN")!.raw,
                price: 0x7fff_ffff, timeInForce: UInt8(ascii: "3"), display: UInt8(ascii: "Y"),
                capacity: UInt8(ascii: "P"), intermarketSweep: UInt8(ascii: "N"),
                crossType: UInt8(ascii: "N"),
                clientOrderID: Token14("VVVV-00000002D")!))
    #expect(rig.venue.orders.last?.clientOrderID == Token14("0005-00000002E"))
    #expect(rig.venue.orders.last?.side == UInt8(ascii: "B"))
    #expect(rig.venue.orders.last?.timeInForce == UInt8(ascii: "0"))
    #expect(rig.venue.cancels == [Ouch50.CancelOrder(userRefNum: 78, quantity: 0)])
    #expect(rig.venue.replaces.map(\.originalUserRefNum) == [78])
    #expect(rig.venue.replaces.map(\.userRefNum) == [80])
    #expect(rig.venue.replaces.map(\.quantity) == [60])
    #expect(rig.inputs(.submitted).map(\.user_ref) == [77, 78, 79, 80])
}

/// Goal: every message of the venue becomes the input that it should.
@Test func reportsBecomeInputs() throws {
    let rig = SessionRig()
    #expect(rig.define(Symbol("SPIN")!, as: 12))
    rig.settle()
    rig.inputs = []
    for (state, symbol) in [("L", "SPIN"), ("D", "OTHER")] {
        rig.venue.publish(
            Ouch50.OrderAccepted(
                timestamp: 10, userRefNum: 4, side: UInt8(ascii: "S"), quantity: 100,
                symbol: Symbol(symbol)!.raw,
                price: 12, timeInForce: UInt8(ascii: "0"), display: UInt8(ascii: "Y"),
                orderReferenceNumber: 900,
                capacity: UInt8(ascii: "P"), intermarketSweep: UInt8(ascii: "N"),
                crossType: UInt8(ascii: "N"),
                orderState: state.utf8.first!, clientOrderID: .blank))
    }
    rig.venue.publish(execution(6, userRef: 4))
    rig.venue.publish(
        Ouch50.OrderCanceled(timestamp: 11, userRefNum: 4, quantity: 30, reason: UInt8(ascii: "U")))
    rig.venue.publish(Ouch50.Rejected(timestamp: 12, userRefNum: 5, reason: 0x203, clientOrderID: .blank))
    rig.venue.publish(Ouch50.CancelPending(timestamp: 13, userRefNum: 4))
    rig.venue.publish(Ouch50.CancelReject(timestamp: 14, userRefNum: 4))
    rig.venue.publish(
        Ouch50.BrokenTrade(
            timestamp: 15, userRefNum: 4, matchNumber: 6, reason: UInt8(ascii: "E"), clientOrderID: .blank))
    rig.venue.publish(Ouch50.SystemEvent(timestamp: 16, eventCode: UInt8(ascii: "S")))
    rig.settle()
    let inputs = rig.inputs
    try #require(
        inputs.map(\.inputKind) == [
            .orderAccepted, .orderAccepted, .execution, .orderCancelled, .orderRejected, .cancelRefused,
            .cancelRefused, .executionBroken, .venueNotice,
        ])
    #expect(inputs[0].instrument == 12 && inputs[0].flags == 0 && inputs[0].execution_id == 900)
    #expect(inputs[0].side == Side.sell.rawValue && inputs[0].quantity == 100 && inputs[0].price == 12)
    #expect(inputs[1].instrument == .max && inputs[1].flags == 1)
    #expect(inputs[2].user_ref == 4 && inputs[2].quantity == 6 && inputs[2].price == 10_006)
    #expect(inputs[2].venue_time_ns == 1_006 && inputs[2].flags == UInt8(ascii: "R"))
    #expect(inputs[3].quantity == 30 && inputs[3].flags == UInt8(ascii: "U"))
    #expect(inputs[4].user_ref == 5 && inputs[4].execution_id == 0x203 && inputs[4].flags == 3)
    #expect(inputs[5].flags == 1 && inputs[6].flags == 0)
    #expect(inputs[7].execution_id == 6)
    #expect(inputs[8].flags == UInt8(ascii: "S"))
}

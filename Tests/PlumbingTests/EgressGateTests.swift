import Glibc
import Model
import Testing

@testable import Plumbing

/// One session to a listener, behind a gate.
private func guarded(
    _ backend: NetworkBackend, _ listener: TcpListener, _ gate: EgressGate
) throws -> NetworkIO {
    var warnings: [String] = []
    var io = try NetworkIO(
        backend, streams: [], sessions: [SessionSettings(venue: listener.localAddress)], clock: clock,
        warnings: &warnings)
    io.guardEgress(gate)
    return io
}

/// Connects it: the venue's end of the connection.
private func connected(_ io: inout NetworkIO, _ listener: TcpListener) throws -> TcpConnection {
    io.connect(session: 0)
    var peer: TcpConnection?
    eventually("accepted") {
        peer = peer ?? listener.accept()
        return peer != nil
    }
    eventually("open") { io.connection(session: 0) == .open }
    return try #require(peer)
}

/// Goal: a shut gate ends the connections behind it at once, takes no byte and lets none be made, over each backend; open
/// again it lets new ones through. Method: a peer that looks at what comes.
@Test(arguments: backends) func nothingPassesAShutGate(_ backend: NetworkBackend) throws {
    let listener = try TcpListener(.loopback(0))
    let gate = try EgressGate(sessionCount: 1)
    var io = try guarded(backend, listener, gate)
    func heard(_ peer: TcpConnection) -> String {
        var buffer = [UInt8](repeating: 0, count: 64)
        // SAFETY: the array stands still inside the closure.
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe peer.receive(into: $0) }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }
    let first = try connected(&io, listener)
    #expect(io.send(Array("before".utf8)) == 6)
    eventually("heard") { heard(first) == "before" }

    let count = gate.shut()
    #expect(count == 1)
    #expect(io.send(Array("after".utf8)) == 0)
    eventually("the peer sees the end") {
        _ = heard(first)
        return first.state == .closed
    }
    eventually("so do we") {
        _ = io.receive(session: 0)
        return io.connection(session: 0) == .closed
    }
    io.close(session: 0)
    // One that is tried meanwhile comes to nothing.
    io.connect(session: 0)
    eventually("refused") { io.connection(session: 0) == .closed }
    #expect(io.closeReason(session: 0)?.name == "ECONNABORTED")
    #expect(io.send(Array("after".utf8)) == 0)
    let again = gate.shut()
    #expect(again == 0)

    gate.open()
    io.close(session: 0)
    // What the attempt before has left at the listener.
    while let stale = listener.accept() { stale.reset() }
    let second = try connected(&io, listener)
    #expect(io.send(Array("again".utf8)) == 5)
    eventually("heard again") { heard(second) == "again" }
}

/// Goal: whoever shuts the gate never touches a descriptor that its owner has closed and somebody else has been given.
/// Method: one thread shuts and opens without a pause, the other makes a connection, enters, leaves and closes it, and
/// makes another that gets the same number and must stay whole.
@Test func twoThreadsAtTheGate() throws {
    let gate = try EgressGate(sessionCount: 1)
    let stop = SharedFlag()
    let view = stop.view
    let shutter = try EngineThread(name: "shutter", holding: 0) { _ in
        while view.value == 0 {
            _ = gate.shut()
            gate.open()
        }
    }
    func pair() -> [Int32] {
        var ends: [Int32] = [-1, -1]
        // SAFETY: two numbers are written.
        _ = unsafe ends.withUnsafeMutableBufferPointer {
            unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, $0.baseAddress!)
        }
        return ends
    }
    var broken = 0
    var entered = 0
    for _ in 0..<4_000 {
        let own = pair()
        if gate.view.enter(session: 0, descriptor: own[0]) {
            entered += 1
            gate.view.leave(session: 0)
        }
        close(own[0])
        let other = pair()
        // SAFETY: one byte.
        var byte: UInt8 = 1
        let sent = unsafe send(other[0], &byte, 1, Int32(MSG_NOSIGNAL))
        if sent != 1 { broken += 1 }
        for descriptor in [own[1], other[0], other[1]] { close(descriptor) }
    }
    stop.value = 1
    shutter.join()
    #expect(broken == 0 && entered > 0, "\(broken) of others were shut down, \(entered) entered")
}

/// Goal: a thread that loops, one that sleeps and one that has ended are told apart, by another thread.
@Test func threadsAreSeenDoingWhatTheyDo() throws {
    final class Box: @unchecked Sendable { var mark: ThreadMark? }
    func seen(_ body: @escaping @Sendable (SharedFlag.View) -> Void, _ check: (ThreadMark) -> Bool) throws {
        let (stop, ready, box) = (SharedFlag(), SharedFlag(), Box())
        let (stopView, readyView) = (stop.view, ready.view)
        let thread = try EngineThread(name: "seen (a) R", holding: 0) { _ in
            box.mark = ThreadMark.current
            readyView.value = 1
            body(stopView)
        }
        while ready.value == 0 { Clock.sleep(ns: 100_000) }
        let mark = try #require(box.mark)
        eventually("seen") { check(mark) }
        stop.value = 1
        thread.join()
    }
    try seen({ while $0.value == 0 {} }) { mark in
        guard let first = mark.look() else { return false }
        Clock.sleep(ns: 5_000_000)
        guard let then = mark.look() else { return false }
        return then.state == .runnable && then.cpuNs > first.cpuNs + 500_000
    }
    try seen({ while $0.value == 0 { Clock.sleep(ns: 20_000_000) } }) { mark in
        guard let first = mark.look() else { return false }
        Clock.sleep(ns: 5_000_000)
        guard let then = mark.look() else { return false }
        return then.state == .waiting && then.cpuNs < first.cpuNs + 2_000_000
    }
}

/// A message as an order session sends it: length, packet type, and what it carries.
private func message(_ letter: Character, _ count: Int, packet: Character = "U") -> [UInt8] {
    let body = [packet.asciiValue!, letter.asciiValue!] + [UInt8](repeating: 0x2e, count: count)
    return [UInt8(body.count >> 8), UInt8(body.count & 0xff)] + body
}

/// Goal: a gate that keeps orders back lets everything else through, message by message, over each backend; of a message that
/// has begun to leave all leaves; once it is lifted orders pass again, unless another kill was said.
/// Method: a peer that looks at what comes.
@Test(arguments: backends) func ordersDoNotPassAGateThatKeepsThem(_ backend: NetworkBackend) throws {
    let listener = try TcpListener(.loopback(0))
    let gate = try EgressGate(sessionCount: 1)
    gate.setOrders(packet: UInt8(ascii: "U"), letters: "OU")
    var io = try guarded(backend, listener, gate)
    let connection = try connected(&io, listener)
    var heard: [UInt8] = []
    func hears(_ wanted: [UInt8]) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        // SAFETY: the array stands still inside the closure.
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe connection.receive(into: $0) }
        heard += buffer[..<count]
        return heard == wanted
    }
    let (order, cancel, beat) = (message("O", 40), message("X", 9), [UInt8](arrayLiteral: 0, 1, 0x52))
    var wanted = order + cancel
    #expect(io.send(wanted) == wanted.count)
    let ann = OperatorName("ann")!
    #expect(gate.kill(by: ann) && gate.keepsOrders && gate.kills == 1 && gate.killName == ann)
    // Up to the first order and not a byte further.
    let mixed = beat + cancel + message("U", 30) + cancel
    #expect(io.send(mixed) == beat.count + cancel.count)
    wanted += beat + cancel
    #expect(io.send(order) == 0)
    // The letter of an order in a packet of another type is none.
    let other = message("O", 5, packet: "L")
    #expect(io.send(other) == other.count)
    wanted += other
    eventually("heard") {
        // Where the kernel is asked by another thread, what waits behind a send goes on with a look.
        _ = io.receive(session: 0)
        return hears(wanted)
    }
    #expect(gate.view.orderAt(session: 0, order) == order.count)
    #expect(gate.view.orderAt(session: 0, cancel) == 0)

    gate.kill(by: ann)
    #expect(!gate.lift(kills: 1) && gate.keepsOrders, "it was said again")
    #expect(gate.lift(kills: 2) && !gate.keepsOrders)
    #expect(io.send(order) == order.count)
    wanted += order
    eventually("heard again") {
        _ = io.receive(session: 0)
        return hears(wanted)
    }
    // The watchdog's lock is another.
    gate.kill(by: ann)
    _ = gate.shut()
    #expect(io.send(cancel) == 0)
    gate.open()
    #expect(gate.keepsOrders)
}

/// Goal: a connection that takes a part of a message is given the rest of it, and nothing of the order behind it; over each
/// backend. Method: a peer that does not read until the kernel is full, a kill, and then one that reads all of it.
@Test(arguments: backends) func whatHasBegunToLeaveLeavesWhole(_ backend: NetworkBackend) throws {
    let listener = try TcpListener(.loopback(0))
    let gate = try EgressGate(sessionCount: 1)
    gate.setOrders(packet: UInt8(ascii: "U"), letters: "O")
    var io = try guarded(backend, listener, gate)
    let connection = try connected(&io, listener)
    let order = message("O", 997)
    var sent = 0
    var waiting: [UInt8] = []
    for _ in 0..<100_000 {
        if waiting.count < 4 * order.count { waiting += order }
        let taken = io.send(waiting)
        sent += taken
        waiting.removeFirst(taken)
        if taken == 0 { break }
    }
    let rest = (order.count - sent % order.count) % order.count
    gate.kill(by: OperatorName("ann")!)
    let cancel = message("X", 9)
    // As the session does it: orders of which no byte has left are taken out.
    waiting = Array(waiting[..<rest]) + cancel
    var heard: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    eventually("all is heard") {
        // SAFETY: the array stands still inside the closure.
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe connection.receive(into: $0) }
        heard += buffer[..<count]
        if !waiting.isEmpty { waiting.removeFirst(io.send(waiting)) }
        _ = io.receive(session: 0)
        // Orders that were taken and could not be given to the kernel any more are dropped, and counted.
        let dropped = Int(gate.view.dropped(session: 0))
        return waiting.isEmpty && heard.count == sent + rest + cancel.count - dropped * order.count
    }
    #expect(heard.suffix(cancel.count) == cancel[...] && (sent + rest) % order.count == 0)
    #expect(gate.view.dropped(session: 0) == 0 || backend == .uringPolled)
    #expect(io.send(order) == 0)
}

extension EgressGate.View {
    fileprivate func orderAt(session: Int, _ bytes: [UInt8]) -> Int {
        // SAFETY: the array stands still during the call.
        unsafe bytes.withUnsafeBytes { unsafe orderAt(session: session, $0) }
    }
}

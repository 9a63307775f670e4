import Model
import Wire

@testable import Venues

/// A session and a venue with a connection between them that a test cuts and feeds as it likes. It does what the
/// engine's turn does, in the same order.
final class SessionRig {
    var session: OuchSession
    var venue = FakeVenue()
    var nowNs: UInt64 = 1_000
    var isConnected = false
    var refusesConnections = false
    /// Everything that came out of the session for the core.
    var inputs: [Input] = []
    /// When each connection was asked for.
    var connectTimes: [UInt64] = []
    /// Bytes given to the venue at a time; as many as there are where `nil`.
    var deliveryByteCount: Int?

    init(_ change: (inout OuchSessionConfiguration) -> Void = { _ in }) {
        var configuration = OuchSessionConfiguration(username: "spine", password: "tail")
        configuration.instrumentCountMax = 16
        change(&configuration)
        session = OuchSession(configuration, index: 3)
    }

    /// One look at the time, as the engine's.
    func poll() {
        switch session.poll(nowNs: nowNs) {
        case .none: break
        case .connect:
            connectTimes.append(nowNs)
            if refusesConnections {
                drop()
            } else {
                isConnected = true
                venue.connectionBegins()
                session.connectionOpened(nowNs: nowNs)
            }
        case .close: drop()
        }
    }

    /// The connection is gone; what was on its way is lost.
    func drop() {
        isConnected = false
        venue.connectionBegins()
        session.connectionClosed(nowNs: nowNs)
        takeSendResults()
        var input = Input(kind: .stop)
        if session.takeDown(&input) { inputs.append(input) }
    }

    func takeSendResults() {
        var input = Input(kind: .stop)
        while session.nextSendResult(&input) { inputs.append(input) }
    }

    func takeReports() {
        var input = Input(kind: .stop)
        while session.nextReport(&input, nowNs: nowNs) == .report { inputs.append(input) }
    }

    /// What the session wants to say, taken by the connection; not more than `byteCountMax`.
    func takeOutput(_ byteCountMax: Int = .max) -> [UInt8] {
        // SAFETY: copied before the session is changed.
        let waiting = unsafe Array(session.pendingOutput().bytes.prefix(byteCountMax))
        session.outputTaken(waiting.count, nowNs: nowNs)
        takeSendResults()
        return waiting
    }

    /// Gives the session bytes of the venue.
    func deliver(_ bytes: [UInt8]) {
        // SAFETY: the session copies them.
        unsafe bytes.withUnsafeBytes { unsafe session.receive($0, nowNs: nowNs) }
        takeReports()
    }

    /// Moves bytes both ways until nobody has anything to say, and connects as often as the session wants to.
    func settle() {
        for _ in 0..<10_000 {
            poll()
            guard isConnected else {
                if session.phase == .down, session.nextWakeNs <= nowNs { continue }
                return
            }
            let out = takeOutput()
            venue.receive(out)
            let count = min(deliveryByteCount ?? .max, venue.output.count)
            let back = Array(venue.output.prefix(count))
            venue.output.removeFirst(count)
            if !back.isEmpty { deliver(back) }
            if out.isEmpty, back.isEmpty, session.wantsClose == false { return }
        }
    }

    /// Waits out the delay before the next connection, and settles.
    func reconnect() {
        nowNs = max(nowNs, session.nextWakeNs)
        settle()
    }

    func encode(_ command: Command) -> Bool {
        var command = command
        return session.encode(&command)
    }
    func define(_ symbol: Symbol, as index: UInt32) -> Bool {
        session.define(symbol, as: InstrumentID(index: index))
    }

    func inputs(_ kind: InputKind) -> [Input] { inputs.filter { $0.kind == kind.rawValue } }
}

/// An order of 100 with the given number.
func enter(_ userRef: UInt32) -> Command {
    var command = Command()
    command.kind = CommandKind.enter.rawValue
    command.user_ref = userRef
    command.side = Side.buy.rawValue
    command.quantity = 100
    command.price = 1_234_500
    command.symbol = Symbol("SPIN")!.raw
    command.epoch = 5
    return command
}

func cancel(_ userRef: UInt32, of original: UInt32) -> Command {
    var command = Command()
    command.kind = CommandKind.cancel.rawValue
    command.user_ref = userRef
    command.original_ref = original
    return command
}

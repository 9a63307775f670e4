internal import Memory
public import Model
internal import Wire

/// The client's side of an OUCH 5.0 session over SoupBinTCP 3.0: log-on, heartbeats, replay of what was missed,
/// commands out, reports in. No I/O and no clock: bytes and times are handed in, bytes and wishes come out, so the
/// same code runs on sockets and in the seeded world.
///
/// A fill cannot be missed: every report carries a number in the venue's sequenced stream, and after a drop the
/// session asks for the stream again from the first number that it has not seen. What the replay does not answer
/// is settled by an account query, whose answer names the lowest order number that the venue has never received:
/// an order at or above it never arrived.
///
/// An answer owed to a query of an earlier connection comes with the replay too, and names too low a number:
/// orders that the venue has would look as if it never received them. Answers carry nothing that tells them apart
/// but their number in the stream, so that number is made to tell: each time a connection was lost, the first
/// log-on only asks where the stream ends (sequence 0), and from then on the venue reads nothing of the lost
/// connection any more. If the stream is longer than what we have seen, a second log-on asks for the rest. An answer
/// counts when its number is at or past that end.
///
/// - Threads: belongs to the hot thread.
/// - Source: NASDAQ, "SoupBinTCP 3.00" and "OUCH 5.0" (public specifications).
public struct OuchSession: ~Copyable {
    let heartbeatNs: UInt64
    let silenceNsMax: UInt64
    let answerNsMax: UInt64
    let reconnectNsMin: UInt64
    let reconnectNsMax: UInt64
    let userName: Token6
    let password: Token10
    let requestedSession: Token10
    /// Number of this session among the engine's: the `source` of its inputs.
    public let index: UInt8

    public internal(set) var phase = OuchSessionPhase.down
    public internal(set) var counters = OuchSessionCounters()

    var received: ByteQueue
    var outgoing: ByteQueue
    var sends: SendLedger
    /// Symbols that accepted orders may name.
    var instruments: FixedMap<UInt32>
    var random: SeededRandom

    /// Number of the next sequenced message: the watermark.
    public internal(set) var nextSequence: UInt64 = 1
    /// Name of the venue's stream that the number belongs to; `nil`: never logged on.
    var stream: Token10?
    /// Where the stream ended at the log-on that asked: answers from this number on are to queries made after it.
    /// 0: not known, the next log-on asks.
    var freshFrom: UInt64 = 0
    /// The connection was given up only to ask for the rest of the stream: no waiting.
    var returnsAtOnce = false

    /// The characters that the epoch has in client order ids, and whose they are: those of epoch 0, to begin with.
    var epochText: UInt64 = 0x302d_3030_3030
    var epochOfText: UInt32 = 0

    var connectAtNs: UInt64 = 0
    var reconnectDelayNs: UInt64
    var deadlineNs: UInt64 = .max
    var heardAtNs: UInt64 = 0
    var spokeAtNs: UInt64 = 0
    /// The engine was told that the session is up, or commands went out: it must be told when it is not.
    var mustReportDown = false
    var wantsClose = false
    /// The stream was replaced since the session was last up.
    var streamChanged = false

    /// - Parameter connectAtNs: When to connect first.
    public init(_ configuration: OuchSessionConfiguration, index: UInt8, connectAtNs: UInt64 = 0) {
        heartbeatNs = configuration.heartbeatNs
        silenceNsMax = configuration.silenceNsMax
        answerNsMax = configuration.answerNsMax
        reconnectNsMin = configuration.reconnectNsMin
        reconnectNsMax = configuration.reconnectNsMax
        guard let userName = Token6(configuration.username) else {
            preconditionFailure("Caller: a user name has at most 6 printable characters")
        }
        guard let password = Token10(configuration.password), let session = Token10(configuration.session)
        else {
            preconditionFailure("Caller: password and session have at most 10 printable characters")
        }
        self.userName = userName
        self.password = password
        requestedSession = session
        self.index = index
        self.connectAtNs = connectAtNs
        received = ByteQueue(byteCountMax: 1 << 17, for: "bytes from a venue session")
        outgoing = ByteQueue(byteCountMax: 1 << 17, for: "bytes to a venue session")
        // 1,024: twice the credits that the core gives out for a session.
        sends = SendLedger(commandCountMax: 1024)
        instruments = FixedMap(
            entryCountMax: configuration.instrumentCountMax, filler: 0, for: "symbols of a venue session")
        random = SeededRandom(seed: configuration.seed)
        reconnectDelayNs = configuration.reconnectNsMin
    }

    /// Tells the session which instrument a symbol is. `false`: no room.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func define(_ symbol: Symbol, as instrument: InstrumentID) -> Bool {
        instruments.insert(symbol.raw, instrument.index) != nil
    }

    /// Looks at the time: connects, gives up, or keeps the connection alive. Called on every turn.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func poll(nowNs: UInt64) -> OuchSessionAction {
        if wantsClose {
            wantsClose = false
            return .close
        }
        switch phase {
        case .down:
            guard nowNs >= connectAtNs else { return .none }
            phase = .connecting
            deadlineNs = nowNs &+ answerNsMax
            return .connect
        case .connecting:
            return nowNs >= deadlineNs ? .close : .none
        case .loggingOn, .catchingUp, .up:
            if nowNs >= heardAtNs &+ silenceNsMax {
                counters.silences += 1
                return .close
            }
            if nowNs >= deadlineNs { return .close }
            if nowNs >= spokeAtNs &+ heartbeatNs { heartbeat(nowNs: nowNs) }
            return .none
        case .ended, .refused:
            return .none
        }
    }

    /// When ``poll(nowNs:)`` has something to do next, at the latest.
    public var nextWakeNs: UInt64 {
        switch phase {
        case .down: connectAtNs
        case .connecting: deadlineNs
        case .loggingOn, .catchingUp, .up:
            min(deadlineNs, min(heardAtNs &+ silenceNsMax, spokeAtNs &+ heartbeatNs))
        case .ended, .refused: .max
        }
    }

    /// The connection stands: logs on.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func connectionOpened(nowNs: UInt64) {
        received.clear()
        outgoing.clear()
        sends.connectionMade()
        phase = .loggingOn
        heardAtNs = nowNs
        spokeAtNs = nowNs
        deadlineNs = nowNs &+ answerNsMax
        logOn()
    }

    /// The connection is gone, or was given up. What had no byte in it is settled as not sent, by
    /// ``nextSendResult(_:)``; then ``takeDown(_:)`` has the rest.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func connectionClosed(nowNs: UInt64) {
        wantsClose = false
        received.clear()
        outgoing.clear()
        sends.connectionBroke()
        switch phase {
        case .ended, .refused: return
        case .up, .catchingUp:
            // A query went out, or may have: its answer must not count on the next connection.
            freshFrom = 0
        case .loggingOn, .connecting, .down: break
        }
        phase = .down
        if returnsAtOnce {
            returnsAtOnce = false
            connectAtNs = nowNs
            return
        }
        counters.drops += 1
        let quarter = reconnectDelayNs / 4
        connectAtNs = nowNs &+ reconnectDelayNs &- quarter &+ random.below(2 * quarter + 1)
        reconnectDelayNs = min(reconnectDelayNs * 2, reconnectNsMax)
    }

    /// Whether the engine has to hear that the session is down; then `input` is that, once a drop. Ask after all
    /// send results are taken.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func takeDown(_ input: inout Input) -> Bool {
        switch phase {
        case .down, .ended, .refused: break
        case .connecting, .loggingOn, .catchingUp, .up: return false
        }
        guard mustReportDown else { return false }
        mustReportDown = false
        input = Input(kind: .sessionDown, source: index)
        if phase == .ended { input.flags = 1 }
        return true
    }

    /// The engine has stopped: nothing is connected again.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func end() {
        phase = .ended
    }
}

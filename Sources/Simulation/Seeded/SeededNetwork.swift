internal import Model

/// The network of the seeded world, its clock included: datagrams that are lost, doubled, late and overtaken, and
/// connections that split bytes, refuse, and break at any byte, all drawn from one seed.
///
///     SeededIO (the engine's end) ◀─▶ queue by time ◀─▶ the venue's end (``send(stream:_:)``, ``send(connection:_:)``,
///                                                        what ``next()`` returns)
///
/// A broken connection loses what is on its way: towards the break everything behind the byte at which it broke, the
/// other way a part or all. Each side hears of it late, or never. Time is virtual and moves only in ``next()``.
///
/// - Threads: one at a time.
public final class SeededNetwork {
    enum Event {
        case datagram(stream: Int, bytes: [UInt8])
        case arrival(NetworkArrival)
        case connect(Int)
        case answered(Int, isOpen: Bool)
        case toVenue(Int, [UInt8])
        case toClient(Int, [UInt8])
        case venueHears(Int)
        case clientHears(Int)
    }

    /// One direction of a connection.
    struct Direction {
        /// Bytes sent so far.
        var sentCount: UInt64 = 0
        /// The connection breaks when the byte with this number has been sent.
        var breakAt: UInt64 = .max
        /// Nothing sent from here on arrives.
        var isCut = false
        /// What is still on its way is lost as well.
        var losesInFlight = false
        /// When the last byte arrives: nothing overtakes on a connection.
        var lastArrivalNs: UInt64 = 0
    }

    struct Connection {
        var session: Int
        /// As the client's side sees it.
        var state = ConnectionSide.connecting
        var venueKnows = false
        /// The venue was told that it is over, or has ended it.
        var venueIsDone = false
        var toVenue = Direction()
        var toClient = Direction()
        var isBroken = false
        /// The client's send buffer is full until then.
        var fullUntilNs: UInt64 = 0
    }

    enum ConnectionSide { case connecting, open, closed }

    /// What waits at the engine's end of a stream.
    struct Inbox {
        var packets: [[UInt8]] = []
        var first = 0
    }

    public private(set) var nowNs: UInt64
    public var faults: NetworkFaults
    public internal(set) var counters = NetworkCounters()
    var random: SeededRandom
    var queue = SeededScheduler<Event>()
    var inboxes: [Inbox]
    /// By id: connections are never forgotten, so that whatever is still on its way finds its own.
    var connections: [Connection] = []
    /// The connection of each session now; `nil`: none.
    var current: [Int?]
    /// Bytes that wait at the engine's end of a session's connection.
    var received: [[UInt8]]
    /// What each session's connection was sent, message by message.
    var sentFrames: [Int: SentFrames] = [:]
    /// Orders that have begun to leave while a gate kept orders back.
    public private(set) var ordersWhileKept = 0
    /// Readings of the clock since something happened: more than any step makes means that the engine waits for a
    /// time that cannot pass.
    var readings = 0

    func note(sent bytes: [UInt8], session: Int, keepsOrders: Bool) {
        ordersWhileKept += sentFrames[session, default: SentFrames()].take(bytes, keepsOrders: keepsOrders)
    }

    public init(seed: UInt64, startNs: UInt64, streamCount: Int, sessionCount: Int, faults: NetworkFaults) {
        random = SeededRandom(seed: seed)
        nowNs = startNs
        self.faults = faults
        inboxes = Array(repeating: Inbox(), count: streamCount)
        current = Array(repeating: nil, count: sessionCount)
        received = Array(repeating: [], count: sessionCount)
    }

    // MARK: Time

    /// Asks to be woken: ``next()`` returns `.wake(agent)` then.
    public func wake(_ agent: Int, atNs: UInt64) {
        queue.insert(.arrival(.wake(agent)), atNs: max(atNs, nowNs))
    }

    /// Goes on to the next thing that happens anywhere; `nil`: nothing will.
    public func next() -> NetworkArrival? {
        while let (atNs, event) = queue.take() {
            nowNs = max(nowNs, atNs)
            readings = 0
            switch event {
            case .arrival(let arrival): return arrival
            case .datagram(let stream, let bytes):
                guard deliver(bytes, to: stream) else { continue }
                return .client
            case .connect(let id):
                if connections[id].isBroken || connections[id].state == .closed { continue }
                connections[id].venueKnows = true
                return .connected(id)
            case .answered(let id, let isOpen):
                guard isCurrent(id), connections[id].state == .connecting else { continue }
                connections[id].state = isOpen ? .open : .closed
                return .client
            case .toVenue(let id, let bytes):
                guard connections[id].venueKnows, !connections[id].venueIsDone,
                    !connections[id].toVenue.losesInFlight
                else {
                    counters.bytesLost += UInt64(bytes.count)
                    continue
                }
                return .bytes(connection: id, bytes)
            case .toClient(let id, let bytes):
                guard isCurrent(id), connections[id].state == .open, !connections[id].toClient.losesInFlight
                else {
                    counters.bytesLost += UInt64(bytes.count)
                    continue
                }
                received[connections[id].session] += bytes
                return .client
            case .venueHears(let id):
                guard connections[id].venueKnows, !connections[id].venueIsDone else { continue }
                connections[id].venueIsDone = true
                return .ended(connection: id)
            case .clientHears(let id):
                guard isCurrent(id), connections[id].state != .closed else { continue }
                connections[id].state = .closed
                return .client
            }
        }
        return nil
    }

    func delay(_ range: ClosedRange<Int64>) -> UInt64 { UInt64(random.within(range)) }

    // MARK: Datagrams

    /// The venue sends a market data packet to the engine.
    public func send(stream: Int, _ bytes: [UInt8]) {
        counters.datagrams += 1
        for atNs in arrivals() { queue.insert(.datagram(stream: stream, bytes: bytes), atNs: atNs) }
    }

    /// When the copies of a datagram arrive: none, one or two.
    func arrivals() -> [UInt64] {
        var times: [UInt64] = []
        let copies = random.chance(perMillion: faults.duplicatePerMillion) ? 2 : 1
        if copies == 2 { counters.duplicated += 1 }
        for _ in 0..<copies {
            if faults.isOutage || random.chance(perMillion: faults.lossPerMillion) {
                counters.lost += 1
                continue
            }
            var atNs = nowNs + delay(faults.datagramDelayNs)
            if random.chance(perMillion: faults.latePerMillion) {
                counters.late += 1
                atNs += random.below(faults.lateNsMax + 1)
            }
            times.append(atNs)
        }
        return times
    }

    private func deliver(_ bytes: [UInt8], to stream: Int) -> Bool {
        // As a socket's buffer: what finds no room is lost.
        guard inboxes[stream].packets.count - inboxes[stream].first < 512 else {
            counters.lost += 1
            return false
        }
        inboxes[stream].packets.append(bytes)
        return true
    }
}

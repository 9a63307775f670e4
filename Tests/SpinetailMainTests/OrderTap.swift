import Foundation
import Plumbing
import Synchronization

/// Stands between engines and their venue, carries every byte, and writes down each message on its way to the venue: what has
/// left, and in which order, whoever says otherwise.
final class OrderTap: @unchecked Sendable {
    /// What a venue does with cancels, and with log-ons.
    struct Manners: Sendable {
        var swallowsCancels = false
        /// Nothing is carried: a log-on finds no answer.
        var holdsAll = false
    }

    private struct Shared {
        var letters: [UInt8] = []
        var manners = Manners()
        /// Asked for: from here on what has come is "after".
        var wantsMark = false
        var mark: Int?
        var openCount = 0
        var madeCount = 0
    }

    private let listener: TcpListener
    private let venue: SocketAddress
    private let shared = Mutex(Shared())
    private let stop = SharedFlag()
    private var thread: EngineThread?

    /// - Parameter port: Where it listens; 0: wherever there is room.
    init(venue: SocketAddress, port: UInt16 = 0) throws {
        listener = try TcpListener(.loopback(port))
        self.venue = venue
        thread = try EngineThread(name: "tap", holding: 0) { [unowned self] _ in carry() }
    }

    func end() {
        stop.value = 1
        thread?.join()
        thread = nil
    }

    var port: UInt16 { listener.localAddress.port }

    var manners: Manners {
        get { shared.withLock { $0.manners } }
        set { shared.withLock { $0.manners = newValue } }
    }

    /// Orders and replacements so far.
    var orderCount: Int { shared.withLock { $0.letters.count { $0 != UInt8(ascii: "X") } } }

    /// Connections that stand, and that there ever were.
    var openCount: Int { shared.withLock { $0.openCount } }
    var madeCount: Int { shared.withLock { $0.madeCount } }

    /// Takes in what has been sent up to this call; ``after`` begins behind it.
    func mark() {
        shared.withLock {
            $0.wantsMark = true
            $0.mark = nil
        }
        while shared.withLock({ $0.mark == nil }) { Clock.sleep(ns: 20_000) }
    }

    /// The letters of all messages that were sent after the mark, account queries left out.
    var after: String {
        shared.withLock { shared in
            String(
                decoding: shared.letters[(shared.mark ?? 0)...].filter { $0 != UInt8(ascii: "Q") },
                as: UTF8.self)
        }
    }

    // MARK: The thread

    private final class Pair {
        let engine: TcpConnection
        let venue: TcpConnection
        var incoming: [UInt8] = []
        var forVenue: [UInt8] = []
        var forEngine: [UInt8] = []

        init(_ engine: TcpConnection, _ venue: TcpConnection) {
            self.engine = engine
            self.venue = venue
        }
    }

    private func carry() {
        var pairs: [Pair] = []
        while stop.value == 0 {
            var work = 0
            if let engine = listener.accept() {
                pairs.append(Pair(engine, TcpConnection(connectingTo: venue)))
                shared.withLock { $0.madeCount += 1 }
            }
            let manners = manners
            // The wish first: all that was sent before it is in the sockets by now.
            let wantsMark = shared.withLock { $0.wantsMark }
            for pair in pairs { work += read(pair, manners) }
            if wantsMark, work == 0 {
                shared.withLock {
                    $0.mark = $0.letters.count
                    $0.wantsMark = false
                }
            }
            for pair in pairs where !manners.holdsAll { work += pass(pair) }
            pairs.removeAll { pair in
                guard pair.engine.state == .closed || pair.venue.state == .closed else { return false }
                pair.engine.reset()
                pair.venue.reset()
                return true
            }
            let open = pairs.count
            shared.withLock { $0.openCount = open }
            if work == 0 { Clock.sleep(ns: 20_000) }
        }
        for pair in pairs {
            pair.engine.reset()
            pair.venue.reset()
        }
    }

    /// Takes what has come, message by message.
    private func read(_ pair: Pair, _ manners: Manners) -> Int {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        // SAFETY: the array stands still inside the closure.
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe pair.engine.receive(into: $0) }
        guard count > 0 else { return 0 }
        pair.incoming += buffer[..<count]
        while pair.incoming.count >= 3 {
            let length = Int(pair.incoming[0]) << 8 | Int(pair.incoming[1])
            guard pair.incoming.count >= length + 2 else { break }
            let message = Array(pair.incoming[..<(length + 2)])
            pair.incoming.removeFirst(length + 2)
            let isData = message[2] == UInt8(ascii: "U") && length > 1
            if isData { shared.withLock { $0.letters.append(message[3]) } }
            if isData, message[3] == UInt8(ascii: "X"), manners.swallowsCancels { continue }
            pair.forVenue += message
        }
        return count
    }

    private func pass(_ pair: Pair) -> Int {
        guard pair.venue.poll() == .open else { return 0 }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        // SAFETY: the array stands still inside the closure.
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe pair.venue.receive(into: $0) }
        pair.forEngine += buffer[..<count]
        return Self.write(pair.venue, &pair.forVenue) + Self.write(pair.engine, &pair.forEngine) + count
    }

    private static func write(_ to: TcpConnection, _ bytes: inout [UInt8]) -> Int {
        guard !bytes.isEmpty, to.state == .open else { return 0 }
        // SAFETY: the array stands still inside the closure.
        let count = unsafe bytes.withUnsafeBytes { unsafe to.send($0) }
        bytes.removeFirst(count)
        return count
    }
}

import Foundation
import Plumbing
import TestSupport
import Testing

@testable import Runtime

/// Stands between an engine and its venue and breaks each connection, as a crash would, after so many bytes of one direction:
/// first the engine's, from none on, then the venue's; then it breaks no more.
private final class Cutter: @unchecked Sendable {
    let listener: TcpListener
    let venue: SocketAddress
    let stop = SharedFlag()
    /// Nothing is cut any more, and a second has passed.
    let isThrough = SharedFlag()
    /// Cuts made, for the engine's bytes and the venue's, by their number; written by the thread, read after its end.
    var (engineCuts, venueCuts): (Set<Int>, Set<Int>) = ([], [])
    let engineBytesMax = 180
    let venueBytesMax = 240
    /// From one place to the next.
    let byteStep: Int
    private var throughAtNs: UInt64?
    /// A resumed session takes two connections: each number is used for both.
    let repeats = 2

    init(venue: SocketAddress, byteStep: Int) throws {
        self.byteStep = byteStep
        listener = try TcpListener(.loopback(0))
        self.venue = venue
    }

    func run() {
        var serial = 0
        while stop.value == 0 {
            guard let engine = listener.accept() else {
                Clock.sleep(ns: 20_000)
                continue
            }
            let number = serial / repeats * byteStep
            serial += 1
            if number < engineBytesMax {
                if carry(engine, engineLimit: number, venueLimit: .max) { engineCuts.insert(number) }
            } else if number < engineBytesMax + venueBytesMax {
                let limit = number - engineBytesMax
                if carry(engine, engineLimit: .max, venueLimit: limit) { venueCuts.insert(limit) }
            } else {
                throughAtNs = throughAtNs ?? Clock.kernel.nowNs()
                _ = carry(engine, engineLimit: .max, venueLimit: .max)
            }
        }
    }

    /// Carries bytes until a limit, an end or the stop. `true`: a limit was reached.
    private func carry(_ engine: TcpConnection, engineLimit: Int, venueLimit: Int) -> Bool {
        let venueSide = TcpConnection(connectingTo: venue)
        var (toVenue, toEngine) = (0, 0)
        var (forVenue, forEngine): ([UInt8], [UInt8]) = ([], [])
        var isCut = false
        while stop.value == 0, engine.state == .open {
            let state = venueSide.poll()
            if state == .closed { break }
            forVenue += Self.read(engine, engineLimit - toVenue - forVenue.count)
            if state == .open {
                forEngine += Self.read(venueSide, venueLimit - toEngine - forEngine.count)
                toVenue += Self.write(venueSide, &forVenue)
            }
            toEngine += Self.write(engine, &forEngine)
            if let throughAtNs, Clock.kernel.nowNs() > throughAtNs + 1_000_000_000 { isThrough.value = 1 }
            isCut = toVenue == engineLimit || toEngine == venueLimit
            if isCut { break }
            Clock.sleep(ns: 5_000)
        }
        // Time for what was carried to be read: a reset may overtake it.
        Clock.sleep(ns: 100_000)
        engine.reset()
        venueSide.reset()
        return isCut
    }

    private static func read(_ from: TcpConnection, _ countMax: Int) -> [UInt8] {
        guard countMax > 0, from.state == .open else { return [] }
        var buffer = [UInt8](repeating: 0, count: min(countMax, 4096))
        // SAFETY: the array stands still inside the closure.
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe from.receive(into: $0) }
        return Array(buffer[..<count])
    }

    private static func write(_ to: TcpConnection, _ bytes: inout [UInt8]) -> Int {
        guard !bytes.isEmpty, to.state == .open else { return 0 }
        // SAFETY: the array stands still inside the closure.
        let count = unsafe bytes.withUnsafeBytes { unsafe to.send($0) }
        bytes.removeFirst(count)
        return count
    }
}

extension LiveRunTests {
    /// Goal: a venue connection that is reset at every byte of a log-on, of orders, of the log-on's answer and of
    /// acknowledgements loses and doubles nothing: in the end engine and venue agree on every order and every execution.
    /// Method: a live session over each backend through something that cuts each connection one byte later than the last
    /// (over io_uring four, but for the long form; five in debug builds).
    @Test(.timeLimit(.minutes(2)), arguments: ["sockets", "uring"])
    func resetAtEveryByteOfASession(_ backend: String) throws {
        let root = try LiveSession.folder()
        defer { try? FileManager.default.removeItem(atPath: root) }
        var session = LiveSession()
        session.instruments = (0..<8).map { "SPN\("ABCDEFGH".dropFirst($0).first!)" }
        (session.events, session.eventsPerSecond) = (100_000, 2_000)
        session.overrides = [
            "network.backend=\(backend)", "broker.ouch.reconnect_min_seconds=0.001",
            "broker.ouch.reconnect_max_seconds=0.001", "execution.evidence_horizon_seconds=0.005",
        ]
        let isLong = ProcessInfo.processInfo.environment["SPINETAIL_SEQUENCES"] != nil
        let cutters = CutterBox()
        session.beforeEngine = { ports in
            // The first backend walks every byte; what the other has of its own is at no single one.
            let step = BuildKind.isDebug ? 5 : backend == "sockets" || isLong ? 1 : 4
            let cutter = try Cutter(venue: .loopback(ports.orderPort), byteStep: step)
            cutters.start(cutter)
            return cutter.listener.localAddress.port
        }
        session.isEnough = { cutters.isThrough }
        let report = try session.run(in: root)
        let cutter = try #require(cutters.end())
        print(
            "\(backend): \(cutter.engineCuts.count) + \(cutter.venueCuts.count) cuts, \(report.drops) drops, "
                + "\(report.orders) orders, \(report.fills) fills, \(report.alertsByKind) \(report.seconds) s"
        )
        #expect(report.ending == "stopped", "\(report.warnings)")
        #expect(
            cutter.engineCuts.count * cutter.byteStep >= cutter.engineBytesMax - 20
                && cutter.venueCuts.count * cutter.byteStep >= cutter.venueBytesMax - 40)
        #expect(report.malformed == 0 && report.ordersInDoubt == 0 && report.openOrders.isEmpty)
        #expect(cutter.isThrough.value == 1)
        let venue = try #require(session.venueReport.value)
        #expect(report.fills == venue.executions, "\(report.fills) and \(venue.executions)")
        #expect(
            report.orders >= venue.orders && venue.orders > 50 / cutter.byteStep,
            "\(report.orders) and \(venue.orders)")
    }
}

/// A cutter on its thread.
private final class CutterBox: @unchecked Sendable {
    private var cutter: Cutter?
    private var thread: EngineThread?

    func start(_ cutter: Cutter) {
        self.cutter = cutter
        thread = try? EngineThread(name: "cutter", holding: 0) { _ in cutter.run() }
    }

    var isThrough: Bool { cutter?.isThrough.value == 1 }

    func end() -> Cutter? {
        cutter?.stop.value = 1
        thread?.join()
        return cutter
    }
}

import Glibc
import Matching
import Model

/// Why a file was not written.
public enum ItchFileError: Error, Equatable, CustomStringConvertible {
    /// The system refused to open it: errno.
    case cannotOpen(path: String, errno: Int32)
    /// The system refused to write it, which is left incomplete: errno.
    case cannotWrite(path: String, errno: Int32)

    public var description: String {
        switch self {
        case .cannotOpen(let path, let number):
            "cannot open \(path) for writing: \(Self.text(number)); choose a folder that exists and may be written"
        case .cannotWrite(let path, let number):
            "cannot write \(path): \(Self.text(number)); what is there is incomplete"
        }
    }

    private static func text(_ number: Int32) -> String {
        // SAFETY: strerror gives a terminated text for every number.
        unsafe String(cString: strerror(number))
    }
}

/// Writes a day of ITCH 5.0 messages, each behind its length in two bytes, from a seed: what the exchange would send,
/// made by the same agents, matching engine and publisher.
public struct ItchFileGenerator {
    public let instruments: [ExchangeInstrument]
    public let flow: FlowConfiguration
    /// Messages after which the day is ended; the file holds a few more: the last command's, and the closing events.
    public let messageCount: UInt64

    public struct Written: Sendable, Hashable {
        public var messages: UInt64
        public var bytes: UInt64
        public var trades: UInt64
        /// Orders in the books at the end.
        public var liveOrders: Int
    }

    /// - Parameters:
    ///   - instruments: At least one. ``ExchangeInstrument/numbered(_:)`` makes some.
    public init(instruments: [ExchangeInstrument], messageCount: UInt64, flow: FlowConfiguration) {
        precondition(!instruments.isEmpty, "Caller: there is at least one instrument")
        self.instruments = instruments
        self.messageCount = messageCount
        self.flow = flow
    }

    /// Writes the file, over one that is there.
    ///
    /// - Parameter progress: Called now and then with the messages written so far; `false` ends the day early.
    public func write(
        to path: String, progress: (UInt64) -> Bool = { _ in true }
    ) throws(ItchFileError) -> Written {
        // SAFETY: the path is a terminated text for the call.
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw .cannotOpen(path: path, errno: errno) }
        var refusal: Int32 = 0
        let written = unsafe generate(
            { bytes in
                refusal = unsafe Self.writeAll(file, bytes)
                return refusal == 0
            }, progress: progress)
        if close(file) != 0, refusal == 0 { refusal = errno }
        guard refusal == 0 else { throw .cannotWrite(path: path, errno: refusal) }
        return written
    }

    /// Hands the file's bytes to `sink`, piece by piece; `sink` or `progress` may end it early with `false`.
    public func generate(
        _ sink: (UnsafeRawBufferPointer) -> Bool, progress: (UInt64) -> Bool = { _ in true }
    ) -> Written {
        var limits = MatchingLimits(instrumentCountMax: instruments.count)
        // Makers hold the number of orders near the wish, so that four times that is never reached.
        limits.orderCountMax = min(max(instruments.count * flow.ordersPerInstrument * 4, 1 << 16), 1 << 23)
        limits.pageCountMax = max(instruments.count * 64, 1 << 12)
        let configuration = ExchangeConfiguration(instruments: instruments, limits: limits)
        var market = ExchangeMarket(configuration, chunkCountMax: 2)
        var agents = FlowGenerator(flow, instruments: instruments, startNs: configuration.startNs)
        var nowNs = configuration.startNs
        var written = Written(messages: 0, bytes: 0, trades: 0, liveOrders: 0)
        var isWanted = true
        market.open(atNs: nowNs)
        while isWanted, market.log.nextSequence <= messageCount, agents.nextAtNs != .max {
            nowNs = agents.nextAtNs
            agents.step(&market, atNs: nowNs)
            if market.log.nextSequence - written.messages > 16_384 {
                isWanted = unsafe drain(&market, &written, sink) && progress(written.messages)
            }
        }
        market.close(atNs: nowNs)
        _ = unsafe drain(&market, &written, sink) && progress(written.messages)
        written.trades = market.engine.counters.executions
        written.liveOrders = market.engine.liveOrderCount
        return written
    }

    /// Hands over what has not been handed over yet.
    private func drain(
        _ market: inout ExchangeMarket, _ written: inout Written, _ sink: (UnsafeRawBufferPointer) -> Bool
    ) -> Bool {
        while true {
            let stretch = unsafe market.log.stretch(from: written.messages + 1, byteCountMax: .max)
            guard unsafe stretch.count > 0 else { return true }
            guard unsafe sink(stretch.bytes) else { return false }
            written.messages += unsafe UInt64(stretch.count)
            written.bytes += unsafe UInt64(stretch.bytes.count)
        }
    }

    /// 0, or the errno of the refusal.
    private static func writeAll(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int32 {
        var done = 0
        while done < bytes.count {
            // SAFETY: done < count, so that what is left lies within the bytes.
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
            let count = unsafe Glibc.write(file, rest.baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                return errno
            }
            done += count
        }
        return 0
    }
}

extension ExchangeInstrument {
    /// So many instruments with made-up names: SPA, SPB … SPZ, SPAA …
    public static func numbered(_ count: Int) -> [ExchangeInstrument] {
        (0..<count).map { number in
            var letters = ""
            var rest = number
            repeat {
                letters = String(UnicodeScalar(UInt8(65 + rest % 26))) + letters
                rest = rest / 26 - 1
            } while rest >= 0
            guard let symbol = Symbol("SP" + letters) else {
                preconditionFailure("Caller: six letters name every instrument")
            }
            return ExchangeInstrument(symbol: symbol)
        }
    }
}

import Glibc

/// How much waits unread in the socket that market data is sent to, as the kernel tells in /proc/net/udp: on one
/// machine, the way for a sender to follow its receiver, so that loopback drops nothing.
///
/// - Cost: about 20 µs a look, with few UDP sockets on the machine.
/// - Units: rx_queue counts what the kernel's bookkeeping takes (a datagram of 100 bytes counts 832), as the limit
///   of the receive buffer does.
struct ReceiverQueue: ~Copyable {
    enum Answer: Equatable {
        /// The fullest of the sockets on the port, and the datagrams that it has lost since it was opened.
        case waiting(bytes: UInt64, drops: UInt64)
        /// No socket on this machine (in this network namespace) has the port.
        case nobody
        /// The kernel does not tell.
        case unavailable
    }

    private static let tableBytesMax = 1 << 20
    private let descriptor: Int32
    private let port: UInt16
    private var table: [UInt8]

    init(port: UInt16, path: String = "/proc/net/udp") {
        self.port = port
        // SAFETY: Swift lends the path as a terminated string for the call.
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        table = [UInt8](repeating: 0, count: 1 << 14)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// A quarter of the receive buffer that a socket has when nobody asks for another (net.core.rmem_default): what
    /// the receiver asked for is not told, and more than this is there in any case.
    static func pauseBytes() -> UInt64 {
        let usual: UInt64 = 212_992
        // SAFETY: Swift lends the path as a terminated string for the call.
        let file = unsafe open("/proc/sys/net/core/rmem_default", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return usual / 4 }
        defer { close(file) }
        var text = [UInt8](repeating: 0, count: 32)
        // SAFETY: the array's own storage and size.
        let count = unsafe text.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, $0.count) }
        guard count > 0 else { return usual / 4 }
        let digits = String(decoding: text.prefix(count), as: UTF8.self).prefix { $0.isNumber }
        return max(4_096, UInt64(digits) ?? usual) / 4
    }

    mutating func look() -> Answer {
        guard descriptor >= 0 else { return .unavailable }
        while true {
            // SAFETY: the array's own storage and size.
            let count = unsafe table.withUnsafeMutableBytes {
                unsafe pread(descriptor, $0.baseAddress, $0.count, 0)
            }
            guard count > 0 else { return .unavailable }
            // The kernel fills at most one page a call; a table that fills the buffer may go on behind it.
            if count == table.count, table.count < Self.tableBytesMax {
                table = [UInt8](repeating: 0, count: table.count * 4)
                continue
            }
            var filled = count
            while filled < table.count {
                // SAFETY: the array's own storage behind what is filled.
                let more = unsafe table.withUnsafeMutableBytes {
                    unsafe pread(descriptor, $0.baseAddress! + filled, $0.count - filled, off_t(filled))
                }
                guard more > 0 else { break }
                filled += more
            }
            return Self.find(port, in: table[..<filled])
        }
    }

    /// Reads the kernel's table: one line a socket; its local address and port, in hexadecimal, is the second word, the
    /// queues (sending:receiving) the fifth, the drops the last.
    static func find(_ port: UInt16, in table: ArraySlice<UInt8>) -> Answer {
        var answer = Answer.nobody
        for line in table.split(separator: UInt8(ascii: "\n")).dropFirst() {
            let words = line.split(separator: UInt8(ascii: " "))
            guard words.count >= 13,
                let local = words[1].split(separator: UInt8(ascii: ":")).last,
                hexadecimal(local) == UInt64(port),
                let queue = words[4].split(separator: UInt8(ascii: ":")).last, let bytes = hexadecimal(queue),
                let drops = UInt64(String(decoding: words[words.count - 1], as: UTF8.self))
            else { continue }
            if case .waiting(let others, let otherDrops) = answer {
                answer = .waiting(bytes: max(bytes, others), drops: drops + otherDrops)
            } else {
                answer = .waiting(bytes: bytes, drops: drops)
            }
        }
        return answer
    }

    private static func hexadecimal(_ text: ArraySlice<UInt8>) -> UInt64? {
        UInt64(String(decoding: text, as: UTF8.self), radix: 16)
    }
}

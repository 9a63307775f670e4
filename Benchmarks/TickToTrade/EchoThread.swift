import CSpinetailEchoes
import Foundation
import Plumbing
import Synchronization

/// The thread of a bare echo: one for each block, on the engine's core; between blocks nothing of it runs.
@safe final class EchoThread {
    let port: UInt16
    private let backend: Int32
    private let core: Int
    private let udp: Int32
    private let tcp: Int32
    private let stop: UnsafeMutablePointer<UInt32>
    private let answer: UnsafeMutablePointer<UInt8>
    private let answerByteCount: Int
    private let failure = SharedFlag()
    private var thread: EngineThread?

    init(_ backend: Int32, core: Int, venue: SocketAddress, answer bytes: [UInt8]) throws {
        self.backend = backend
        self.core = core
        answerByteCount = bytes.count
        // SAFETY: freed in deinit, when no thread runs; the echo stays within the answer's bytes.
        unsafe stop = .allocate(capacity: 1)
        unsafe stop.initialize(to: 0)
        unsafe answer = .allocate(capacity: answerByteCount)
        for place in 0..<bytes.count { unsafe (answer + place).initialize(to: bytes[place]) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        udp = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        tcp = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let udp = udp
        // SAFETY: the address is a sockaddr_in of that length.
        let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(udp, generic, length) == 0 && getsockname(udp, generic, &length) == 0
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        address.sin_port = venue.port.bigEndian
        let tcp = tcp
        let connected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(tcp, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard bound, connected else { throw BenchmarkFailure("no sockets for an echo: errno \(errno)") }
        var one: Int32 = 1
        // SAFETY: an option of that length.
        _ = unsafe setsockopt(tcp, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit {
        rest()
        close(udp)
        close(tcp)
        // SAFETY: the thread has ended.
        unsafe stop.deallocate()
        unsafe answer.deallocate()
    }

    func begin() throws {
        precondition(thread == nil, "Caller: one block at a time")
        let role = unsafe EchoRole(
            backend: backend, core: core, udp: udp, tcp: tcp, stop: stop, answer: answer,
            answerByteCount: answerByteCount, failure: failure)
        unsafe stop.pointee = 0
        thread = try EngineThread(name: "echo", holding: role) { $0.run() }
    }

    func rest() {
        guard let thread else { return }
        // SAFETY: the echo looks at it with an acquire; a word is written whole.
        unsafe stop.pointee = 1
        thread.join()
        self.thread = nil
    }
}

/// What the thread needs.
@safe private struct EchoRole: @unchecked Sendable {
    let backend: Int32
    let core: Int
    let udp: Int32
    let tcp: Int32
    let stop: UnsafeMutablePointer<UInt32>
    let answer: UnsafeMutablePointer<UInt8>
    let answerByteCount: Int
    let failure: SharedFlag

    func run() {
        _ = Threads.pin(core: core)
        var echo = unsafe st_echo(
            udp_fd: udp, tcp_fd: tcp, taskrun: Int32(ST_ECHO_DEFERRED), polling_core: -1,
            answer: answer,
            answer_bytes: answerByteCount, copy_from: 0, copy_to: 0, copy_bytes: 0, stop: stop, datagrams: 0,
            system_calls: 0)
        // SAFETY: everything that it names outlives the thread.
        let result = unsafe st_echo_run(backend, &echo)
        if result < 0 { failure.value = UInt64(-result) }
    }
}

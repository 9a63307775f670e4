internal import CSpinetailPlumbing

/// A stream between two processes of this machine. Nothing waits.
///
/// Its two directions end each for itself: a peer that has said all it wants may still listen for the answers.
///
/// - Threads: belongs to one.
@safe public final class LocalConnection {
    private var fd: Int32
    /// The peer says nothing more.
    public private(set) var hasEnded = false

    init(descriptor: Int32) { fd = descriptor }

    /// Connects to the process that listens at `path`.
    public init(to path: String) throws(SetupError) {
        // SAFETY: C reads the path during the call.
        let opened = unsafe path.withCString { unsafe st_local_connect($0) }
        if let refusal = Errno(result: opened) {
            throw SetupError(
                "connect to the engine", at: path, refusal,
                remedy: refusal == .wouldBlock ? "too many talk to it already: try again" : nil)
        }
        fd = Int32(opened)
    }

    deinit { close() }

    public var isOpen: Bool { fd >= 0 }

    /// Reads what is there: how many bytes, 0 when there are none, the peer has ended (``hasEnded``) or is gone.
    public func receive(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard fd >= 0, !hasEnded, unsafe !buffer.isEmpty else { return 0 }
        // SAFETY: the caller's buffer has the length it says.
        let count = unsafe st_socket_receive(fd, buffer.baseAddress!, buffer.count)
        if count > 0 { return Int(count) }
        if count == 0 {
            hasEnded = true
        } else if count != Errno.againCode, count != Errno.interruptedCode {
            close()
        }
        return 0
    }

    /// How many bytes were taken, from the front: 0 when none are taken now or the peer is gone.
    public func send(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard fd >= 0 else { return 0 }
        // SAFETY: the caller's bytes are there during the call.
        let sent = unsafe st_socket_send(fd, bytes.baseAddress, bytes.count)
        if sent >= 0 { return Int(sent) }
        if sent != Errno.againCode, sent != Errno.interruptedCode { close() }
        return 0
    }

    public func close() {
        if fd >= 0 { st_socket_close(fd) }
        fd = -1
    }

    /// For ``Descriptors/wait(readable:writable:timeoutNs:)``; −1 when closed.
    public var descriptor: Int32 { fd }
}

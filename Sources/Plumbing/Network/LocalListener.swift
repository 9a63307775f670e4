internal import CSpinetailPlumbing

/// Accepts connections of this machine's own processes, by a path, without waiting. Only processes of this user may
/// connect.
///
/// - Threads: belongs to one.
@safe public final class LocalListener {
    public let path: String
    private let fd: Int32

    /// Makes the socket, whole before its name is there. What stands at `path` is replaced.
    public init(path: String, backlog: Int32 = 16) throws(SetupError) {
        let beingMade = path + ".new"
        try Files.remove(beingMade)
        // SAFETY: C reads both paths during the call.
        let opened = unsafe path.withCString { path in
            unsafe beingMade.withCString { unsafe st_local_listen(path, $0, backlog) }
        }
        if let refusal = Errno(result: opened) {
            throw SetupError("listen for commands", at: path, refusal)
        }
        fd = Int32(opened)
        self.path = path
    }

    deinit { st_socket_close(fd) }

    /// The next connection, or `nil`.
    public func accept() -> LocalConnection? {
        let accepted = st_local_accept(fd)
        return accepted < 0 ? nil : LocalConnection(descriptor: Int32(accepted))
    }

    /// Takes the name away: nobody finds it from here on.
    public func remove() { try? Files.remove(path) }

    /// Whether nobody listens at a path any more: its process died and left the name.
    public static func isStale(_ path: String) -> Bool {
        // SAFETY: C reads the path during the call.
        let result = unsafe path.withCString { unsafe st_local_connect($0) }
        if result >= 0 { st_socket_close(Int32(result)) }
        return Errno(result: result) == .connectionRefused
    }

    /// For ``Descriptors/wait(readable:writable:timeoutNs:)``.
    public var descriptor: Int32 { fd }
}

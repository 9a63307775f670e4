internal import CSpinetailPlumbing

/// What becomes of a system call that a thread's list does not have.
public enum OtherCalls: Sendable {
    /// It is made, and counted by name: see ``Threads/otherCalls``.
    case counted
    /// The process names it on standard error and dies of SIGSYS.
    case fatal
}

/// The system calls of a thread that trades, held by the kernel.
extension Threads {
    /// From here on the calling thread makes the system calls of the network alone, for the rest of its life. Nothing is
    /// counted before ``countOtherCalls(_:)``.
    ///
    /// - Parameter backend: `nil`: other threads hold the sockets, and this one sleeps and wakes them.
    ///
    /// With ``OtherCalls/fatal`` the list also has what the end of a thread needs.
    public static func restrictCalls(to backend: NetworkBackend?, others: OtherCalls) -> ThreadReport {
        let network =
            backend == nil ? ST_CALLS_RINGS : backend == .sockets ? ST_CALLS_SOCKETS : ST_CALLS_URING
        let kind: UInt32 =
            switch others {
            case .counted: ST_OTHERS_COUNTED
            case .fatal: ST_OTHERS_FATAL
            }
        return ThreadReport(
            "system calls of the hot thread held to its list (threads.seccomp)",
            st_seccomp_install(network, kind),
            remedy:
                "use a kernel with CONFIG_SECCOMP_FILTER on x86-64 or aarch64; in a container let prctl and seccomp "
                + "through; or set threads.seccomp: off")
    }

    /// Whether calls of the calling thread that are not on its list count from here on.
    public static func countOtherCalls(_ counts: Bool) { st_seccomp_counting(counts) }

    /// How often the calling thread has made each call that is not on its list, by name.
    public static var otherCalls: [String: UInt64] {
        var calls: [String: UInt64] = [:]
        for number in 0..<ST_CALLS_MAX where st_seccomp_count_of(number) > 0 {
            // SAFETY: C answers a text that stands for ever, or none.
            let name = unsafe st_seccomp_name_of(number).map { unsafe String(cString: $0) }
            calls[name ?? "number \(number)"] = st_seccomp_count_of(number)
        }
        return calls
    }

    /// Whether this kernel can hold a thread to a list.
    public static var canRestrictCalls: Bool { st_seccomp_available() >= 0 }
}

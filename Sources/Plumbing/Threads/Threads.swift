internal import CSpinetailPlumbing
internal import Memory

/// What was asked of the kernel for a thread, and what came of it. Refused is never fatal: the run goes on slower, and
/// says so.
public struct ThreadReport: Sendable, CustomStringConvertible {
    /// "hot thread on core 1".
    public let what: String
    /// `nil`: granted.
    public let refusal: Errno?
    /// What to do about a refusal; empty when granted.
    public let remedy: String

    public var isGranted: Bool { refusal == nil }
    public var description: String {
        guard let refusal else { return "\(what): granted" }
        return "\(what): refused: \(refusal); \(remedy)"
    }

    init(_ what: String, _ result: Int64, remedy: String) {
        self.what = what
        refusal = Errno(result: result)
        self.remedy = refusal == nil ? "" : remedy
    }
}

/// Settings of the calling thread and of the process.
public enum Threads {
    /// The calling thread runs on `core` only.
    public static func pin(core: Int) -> ThreadReport {
        ThreadReport(
            "pinned to core \(core)", st_thread_pin(Int32(clamping: core)),
            remedy:
                "this process may use \(coreCount) core(s): set one that exists and is allowed (taskset -p)")
    }

    /// Real-time scheduling of the calling thread. On a core that it shares it starves what runs there.
    public static func setRealtime(priority: Int) -> ThreadReport {
        ThreadReport(
            "real-time priority \(priority)", st_thread_realtime(Int32(clamping: priority)),
            remedy:
                "raise the limit (ulimit -r \(priority), or rtprio in /etc/security/limits.conf) or grant CAP_SYS_NICE"
        )
    }

    /// Names the calling thread, for top and debuggers: the first 15 bytes are kept.
    @discardableResult public static func setName(_ name: String) -> ThreadReport {
        // SAFETY: C copies the name.
        ThreadReport(
            "named \(name)", unsafe name.withCString { unsafe st_thread_name($0) }, remedy: "nothing to do")
    }

    /// Keeps every page of the process in memory, so that none has to be fetched in the middle of an event.
    public static func lockMemory() -> ThreadReport {
        ThreadReport(
            "memory locked", -Int64(ProcessMemory.lock() ?? 0),
            remedy:
                "raise the limit (ulimit -l unlimited, or memlock in /etc/security/limits.conf) or grant CAP_IPC_LOCK"
        )
    }

    /// Lets another thread have the core, where one waits for it: for who would spin on a core that is not its own.
    #if !DEBUG
    @_noLocks
    #endif
    public static func yield() { st_thread_yield() }

    /// Cores that this process may use.
    public static var coreCount: Int { max(1, Int(st_thread_cores())) }
}

public import CSpinetailPlumbing

/// ctrl-C and SIGTERM: the first asks for an orderly end, the second ends the process at once. SIGUSR2 is the kill, which its
/// handler says itself (``EgressGate/killsAtSignal()``); SIGHUP asks for the settings to be read again.
public enum Interrupt {
    /// Takes them over, and ignores SIGPIPE. Once, before the threads start.
    public static func install() throws(SetupError) {
        if let refusal = Errno(result: st_interrupt_install()) {
            throw SetupError("listen for ctrl-C", at: "signals", refusal)
        }
    }

    /// Whether an end was asked for.
    @inlinable public static var isRequested: Bool { st_interrupt_count() > 0 }

    /// How often one was asked for.
    public static var count: Int { Int(st_interrupt_count()) }

    /// Whether the program itself ends at the second, as well as it can; then the third ends it at once. For a run whose hot
    /// thread does not come back, which an orderly end would wait for.
    public static func takeSecond(_ takes: Bool) { st_interrupt_take_second(takes) }

    /// Asks for an orderly end, as ctrl-C does.
    public static func request() { st_interrupt_raise() }

    /// How often SIGHUP has come.
    public static var reloadCount: UInt32 { st_reload_signals() }

    /// For a process that runs several sessions in turn, and for tests.
    public static func reset() { st_interrupt_clear() }
}

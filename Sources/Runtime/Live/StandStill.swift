internal import Plumbing

/// How long a thread has not come by through its own doing, as a watcher sees it that looks now and then.
///
/// Time counts in which it was on a core (it loops) or in the kernel (it sleeps in a lock, or reads a file). Time does not
/// count in which it had no core though it wanted one, or stood in a debugger; nor, beyond two looks, time in which the
/// watcher itself did not run: then the process, or the machine, stood still as a whole.
struct StandStill {
    /// Between two looks.
    let periodNs: UInt64
    /// Since the thread last came by.
    private(set) var countedNs: UInt64 = 0
    /// The same by the clock, whatever it did meanwhile.
    private(set) var awayNs: UInt64 = 0
    private var pulse: UInt64 = 0
    private var pulseAtNs: UInt64 = 0
    private var lookedAtNs: UInt64 = 0
    private var cpuNs: UInt64 = 0

    init(periodNs: UInt64) { self.periodNs = periodNs }

    /// - Parameter glance: `nil`: the system tells nothing of the thread; then all time counts.
    mutating func look(pulse now: UInt64, _ glance: () -> ThreadGlance?, nowNs: UInt64) {
        let sinceNs = min(nowNs &- lookedAtNs, 2 * periodNs)
        lookedAtNs = nowNs
        guard now == pulse, now != 0 else {
            pulse = now
            pulseAtNs = nowNs
            countedNs = 0
            awayNs = 0
            cpuNs = glance()?.cpuNs ?? 0
            return
        }
        awayNs = nowNs &- pulseAtNs
        guard let glance = glance() else {
            countedNs &+= sinceNs
            return
        }
        let ranNs = min(glance.cpuNs &- cpuNs, sinceNs)
        cpuNs = glance.cpuNs
        switch glance.state {
        case .runnable: countedNs &+= ranNs
        case .waiting, .unknown: countedNs &+= sinceNs
        case .stopped, .ended: break
        }
    }
}

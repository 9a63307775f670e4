internal import Plumbing
internal import Settings

/// What a thread of the engine does when a turn found nothing to do.
enum WaitPolicy: Sendable, Equatable {
    /// Looks again: it has a core to itself.
    case spin
    /// Lets another thread have the core, and looks again.
    case yield
    /// Sleeps until something comes.
    case idle

    /// As the settings say, with the cores that this process may use; what is not as asked goes into `warnings`.
    init(_ threads: ThreadSettings, coreCount: Int, warnings: inout [String]) {
        switch threads.poll {
        case .idle: self = .idle
        case .spin:
            guard threads.topology == .pipelined else {
                self = .spin
                return
            }
            let pinned = [threads.feedCore, threads.hotCore, threads.venueCore].filter { $0 >= 0 }
            let sharesCore = Set(pinned).count < pinned.count
            guard coreCount < 3 || sharesCore else {
                self = .spin
                return
            }
            self = .yield
            let why =
                coreCount < 3
                ? "this process may use \(coreCount) core\(coreCount == 1 ? "" : "s")"
                : "two of them are pinned to one core"
            warnings.append(
                "threads: feed, hot and venue thread would spin and \(why): they yield to each other instead, which costs "
                    + "microseconds a packet"
                    + (threads.priority > 0
                        ? ", and have no real-time priority, under which a yielding thread would starve the rest"
                        : "")
                    + "; give them three cores of their own, or set threads.topology: fused, or threads.poll: idle"
            )
        }
    }
}

internal import CSpinetailPlumbing

/// A thread, as others can look at it while it does something else.
public struct ThreadMark: Sendable {
    private let mark: st_thread_mark

    /// The calling thread; `nil`: the system has no clock of its processor time.
    public static var current: ThreadMark? {
        var mark = st_thread_mark()
        // SAFETY: C writes the mark and nothing else.
        return unsafe st_thread_mark_self(&mark) == 0 ? ThreadMark(mark: mark) : nil
    }

    /// What the thread is doing now; `nil`: it has ended. Two system calls or four; not for a hot thread.
    public func look() -> ThreadGlance? {
        var cpuNs: UInt64 = 0
        var letter: CChar = 0
        // SAFETY: C writes the two and nothing else.
        guard unsafe st_thread_look(mark, &cpuNs, &letter) == 0 else { return nil }
        return ThreadGlance(cpuNs: cpuNs, state: ThreadGlance.State(letter: UInt8(bitPattern: letter)))
    }
}

/// What a thread was found doing.
public struct ThreadGlance: Sendable, Equatable {
    public enum State: Sendable, Equatable {
        /// On a core, or waiting for one.
        case runnable
        /// In the kernel: asleep, or in a lock.
        case waiting
        /// By a signal or a debugger.
        case stopped
        case ended
        /// The system does not show it.
        case unknown

        init(letter: UInt8) {
            switch letter {
            case UInt8(ascii: "R"): self = .runnable
            case UInt8(ascii: "T"), UInt8(ascii: "t"): self = .stopped
            case UInt8(ascii: "Z"), UInt8(ascii: "X"), UInt8(ascii: "x"): self = .ended
            case 0: self = .unknown
            default: self = .waiting
            }
        }
    }

    /// Processor time that it has taken so far.
    public var cpuNs: UInt64
    public var state: State

    public init(cpuNs: UInt64, state: State) {
        self.cpuNs = cpuNs
        self.state = state
    }
}

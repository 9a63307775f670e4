internal import Synchronization

/// Lines for whoever watches the run, from threads that own no terminal: taken by the one that does.
public final class RunNotices: Sendable {
    private static let countMax = 64
    private let waiting = Mutex<[String]>([])

    init() {}

    /// [any thread but the hot one] Nobody may look: what is too much is left out, as the log has it.
    func add(_ text: String) {
        waiting.withLock { if $0.count < Self.countMax { $0.append(text) } }
    }

    /// Everything since the last call.
    public func take() -> [String] {
        waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }
}

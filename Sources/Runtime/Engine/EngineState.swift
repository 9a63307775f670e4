/// What the hot thread is doing.
@frozen public enum EngineState: UInt8, BitwiseCopyable, Sendable {
    case running = 0
    /// Cancels its orders and waits for the answers.
    case stopping = 1
    case stopped = 2
    /// The journal took nothing for too long, or could not be written: nothing more is decided, because it could
    /// not be recorded.
    case halted = 3
    /// The same, from the moment of its recognition until its orders are cancelled or the time for that is over.
    case halting = 4
}

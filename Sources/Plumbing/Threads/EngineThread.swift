internal import CSpinetailPlumbing

/// A thread of its own for one agent, for the agent's life.
///
/// `holding` is moved to the thread: what belongs to it can be a `~Copyable` value that nobody else sees.
@safe public final class EngineThread {
    private let thread: UInt64
    private var isJoined = false

    /// - Parameter body: Runs on the new thread, with the value that it owns from here on.
    public init<Held: ~Copyable & Sendable>(
        name: String, holding held: consuming Held, _ body: @escaping @Sendable (inout Held) -> Void
    ) throws(SetupError) {
        let box = ThreadBody(held, name: name, body)
        var made: UInt64 = 0
        // SAFETY: the box is kept alive by the retain that the thread gives back.
        let context = unsafe Unmanaged.passRetained(box as AnyThreadBody).toOpaque()
        let result = unsafe st_thread_start(
            { context in unsafe Unmanaged<AnyThreadBody>.fromOpaque(context).takeRetainedValue().run() },
            context, &made)
        if let refusal = Errno(result: result) {
            unsafe Unmanaged<AnyThreadBody>.fromOpaque(context).release()
            throw SetupError("start a thread", at: name, refusal, remedy: "raise ulimit -u, or free memory")
        }
        thread = made
    }

    /// Waits for the end of the body. Once.
    public func join() {
        precondition(!isJoined, "Caller: a thread is joined once")
        isJoined = true
        let result = st_thread_join(thread)
        precondition(result == 0, "Invariant: a thread that was started can be joined")
    }
}

class AnyThreadBody {
    func run() { preconditionFailure("Invariant: a thread's body is overridden") }
}

private final class ThreadBody<Held: ~Copyable & Sendable>: AnyThreadBody {
    private var held: Held
    private let name: String
    private let body: @Sendable (inout Held) -> Void

    init(_ held: consuming Held, name: String, _ body: @escaping @Sendable (inout Held) -> Void) {
        self.held = held
        self.name = name
        self.body = body
    }

    override func run() {
        Threads.setName(name)
        body(&held)
    }
}

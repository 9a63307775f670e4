internal import Core
internal import Plumbing

/// The control thread: made before the run, ended after the hot thread.
final class ControlThread {
    /// Where it is reached.
    let path: String
    private let agent: ControlAgent
    private let thread: EngineThread
    private let stopFlag = SharedFlag()
    private var isStopped = false

    /// - Parameter core: Where it runs; `nil`: wherever the system puts it.
    init(_ agent: ControlAgent, clock: Clock, core: Int?) throws(SetupError) {
        self.agent = agent
        path = agent.listener?.path ?? ""
        let flag = stopFlag
        thread = try EngineThread(name: "control", holding: agent) { agent in
            if let core { _ = Threads.pin(core: core) }
            while flag.value == 0 {
                if agent.step(nowNs: clock.nowNs()) == 0 { agent.wait(nowNs: clock.nowNs()) }
            }
            agent.finish { clock.nowNs() }
        }
    }

    deinit { stop() }

    /// Ends it in order; the hot thread has ended.
    func stop() {
        guard !isStopped else { return }
        isStopped = true
        stopFlag.value = 1
        thread.join()
    }

    /// What came of the questions to the back office. After the end.
    var reconciliation: ControlStatus.Reconciliation {
        precondition(isStopped, "Caller: the thread has ended")
        return agent.reconciliation
    }
}

// Made by one thread, then owned by the control thread until it has ended.
extension ControlAgent: @unchecked Sendable {}

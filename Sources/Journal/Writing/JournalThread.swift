public import Plumbing

/// The journal's own thread: steps the writer, and sleeps between commits.
public final class JournalThread {
    public let status: JournalStatus
    private let thread: EngineThread
    private let stopFlag: SharedFlag

    public init(_ writer: consuming JournalWriter, clock: Clock) throws(SetupError) {
        status = writer.status
        let stopFlag = SharedFlag()
        self.stopFlag = stopFlag
        let status = status
        thread = try EngineThread(name: "journal", holding: writer) { writer in
            var longestNs: UInt64 = 0
            while true {
                if stopFlag.value != 0 { writer.requestClose() }
                let startNs = clock.nowNs()
                _ = writer.step(nowNs: startNs)
                let endNs = clock.nowNs()
                if endNs &- startNs > longestNs {
                    longestNs = endNs &- startNs
                    status.longestStepNs.value = longestNs
                }
                switch writer.state {
                case .running, .closing: break
                case .closed, .failed: return
                }
                if !writer.isBehind { writer.wait(nowNs: endNs) }
            }
        }
    }

    /// Ends the journal in order: whoever appends has stopped. Returns when everything is durable, or with the message
    /// of what failed.
    public func stop() -> String? {
        stopFlag.value = 1
        thread.join()
        return status.failureMessage
    }
}

internal import Synchronization

/// The log's own thread: steps the writer, and sleeps when there is nothing to write.
public final class LogThread {
    public let status: LogStatus
    private let thread: EngineThread
    private let stopFlag: SharedFlag
    /// Lines of threads other than the hot one.
    public let notes: LogNotes

    /// - Parameters:
    ///   - core: Where it runs; `nil`: wherever the system puts it.
    ///   - idleNs: How long it sleeps when the ring was empty: the ring must hold what may come meanwhile.
    public init(_ writer: consuming LogWriter, clock: Clock, core: Int? = nil, idleNs: UInt64 = 2_000_000)
        throws(SetupError)
    {
        status = writer.status
        let stopFlag = SharedFlag()
        self.stopFlag = stopFlag
        let status = status
        let notes = LogNotes()
        self.notes = notes
        thread = try EngineThread(name: "log", holding: writer) { writer in
            if let core { _ = Threads.pin(core: core) }
            var longestNs: UInt64 = 0
            var quietSteps = 0
            while true {
                if stopFlag.value != 0 { writer.requestClose() }
                notes.write(to: &writer)
                let startNs = clock.nowNs()
                let work = writer.step(nowNs: startNs)
                let tookNs = clock.nowNs() &- startNs
                if tookNs > longestNs {
                    longestNs = tookNs
                    status.longestStepNs.value = longestNs
                }
                switch writer.state {
                case .running, .closing: break
                case .closed, .failed: return
                }
                if writer.isBehind { continue }
                // Every buffer may be on its way to the disk: then a completion wakes us sooner.
                quietSteps = work == 0 ? quietSteps + 1 : 0
                // Nothing for a while: seldom is often enough, and an idle engine takes next to nothing.
                if work == 0 { writer.wait(ns: quietSteps > 100 ? 4 * idleNs : idleNs) }
            }
        }
    }

    /// Ends the log in order: whoever writes to it has stopped. Returns when everything is in the file, or with the message
    /// of what failed.
    public func stop() -> String? {
        stopFlag.value = 1
        thread.join()
        return status.failureMessage
    }
}

/// Lines on their way to the log's thread beside its ring: few in a run.
public final class LogNotes: Sendable {
    private typealias Note = (format: LogFormat, atNs: UInt64, words: [UInt64])
    private let waiting = Mutex<[Note]>([])

    /// [any thread but the hot one] The watchdog's line: the hot thread, whose ring the log drains, does not come by.
    public func writeHeld(awayMs: UInt64, connections: Int, atNs: UInt64) {
        waiting.withLock { $0.append((.hotThreadHeld, atNs, [awayMs, UInt64(connections)])) }
    }

    /// [any thread but the hot one] A line of text, whose format has nothing else; what is beyond ``textByteCountMax`` is cut off.
    public func write(_ format: LogFormat, _ text: String, atNs: UInt64) {
        var words: [UInt64] = []
        for (place, byte) in text.utf8.prefix(Self.textByteCountMax).enumerated() {
            if place % 8 == 0 { words.append(0) }
            words[place / 8] |= UInt64(byte) << UInt64(8 * (place % 8))
        }
        waiting.withLock { $0.append((format, atNs, words)) }
    }

    static var textByteCountMax: Int { 4_096 }

    /// [log thread] As many as find room.
    func write(to writer: inout LogWriter) {
        waiting.withLock { waiting in
            while let first = waiting.first, writer.put(first.format, atNs: first.atNs, first.words) {
                waiting.removeFirst()
            }
        }
    }
}

internal import Plumbing
internal import Reporting
internal import Settings
internal import Synchronization

/// The feed and the venue thread of a `pipelined` run; in `fused` there are none, and everything here does nothing.
///
/// They begin before the hot thread and end after it: then the venue thread sends what the hot one has handed over last.
final class StageThreads {
    private let feedStop = SharedFlag()
    private let venueStop = SharedFlag()
    private var feed: EngineThread?
    private var venue: EngineThread?
    private let results: StageResults

    /// - Throws: Where a thread cannot be started; none is left then.
    init(
        feed feedStage: consuming FeedStage<NetworkIO>?, venue venueStage: consuming VenueStage<NetworkIO>?,
        _ threads: ThreadSettings, _ waiting: WaitPolicy, _ progress: EngineProgress, _ choice: NetworkChoice,
        clock: Clock
    ) throws(SetupError) {
        let results = StageResults(choice)
        self.results = results
        guard let feedStage = feedStage.take(), let venueStage = venueStage.take() else { return }
        let (feedView, venueView) = (feedStop.view, venueStop.view)
        let feedAgent = StageAgent(
            stage: feedStage, core: threads.feedCore, priority: threads.priority, waiting: waiting,
            figures: .feed, progress: progress)
        let venueAgent = StageAgent(
            stage: venueStage, core: threads.venueCore, priority: threads.priority, waiting: waiting,
            figures: .venue, progress: progress)
        feed = try EngineThread(name: "feed", holding: FeedAgent(agent: feedAgent)) { held in
            held.agent.run(feedView, clock)
            results.take("feed", held.agent)
        }
        do throws(SetupError) {
            venue = try EngineThread(name: "venue", holding: VenueAgent(agent: venueAgent)) { held in
                held.agent.run(venueView, clock)
                results.take("venue", held.agent)
            }
        } catch {
            end()
            throw error
        }
    }

    /// When the hot thread has ended.
    func end() {
        venueStop.value = 1
        venue?.join()
        venue = nil
        feedStop.value = 1
        feed?.join()
        feed = nil
    }

    /// What they have met and cost.
    func report(into report: inout RunReport) { results.report(into: &report) }
}

// Named types around the generic agent: where it is a thread's generic argument itself, the Swift 6.3 runtime looks for
// its type's description, cannot make it (a conformance under a condition, over a type that is not copied), and traps.
private struct FeedAgent: ~Copyable, Sendable {
    var agent: StageAgent<FeedStage<NetworkIO>>
}
private struct VenueAgent: ~Copyable, Sendable {
    var agent: StageAgent<VenueStage<NetworkIO>>
}

/// What the threads tell at their end, each for itself.
private final class StageResults: Sendable {
    private let parts = Mutex<[RunReport]>([])
    private let choice: NetworkChoice

    init(_ choice: NetworkChoice) { self.choice = choice }

    /// [the stage's thread]
    func take<Stage: LiveStage & ~Copyable>(_ name: String, _ agent: borrowing StageAgent<Stage>) {
        var part = RunReport(
            version: "", ending: "", mode: "", folder: "", runID: "", epoch: 0, seconds: 0)
        part.take(agent.stage.io, choice)
        part.warnings += agent.warnings.map { "\(name) thread: \($0)" }
        part.stages = [
            RunReport.Stage(
                name: name, networkCalls: agent.stage.io.systemCallCount, ringFull: agent.stage.fullCount,
                turnNsMax: agent.shown.turnNsMax, unsentBytes: agent.stage.unsentBytes)
        ]
        parts.withLock { $0.append(part) }
    }

    func report(into report: inout RunReport) {
        let parts = parts.withLock { $0 }
        // The feed first, whichever ended first.
        for part in parts.sorted(by: { $0.stages[0].name < $1.stages[0].name }) {
            report.stages += part.stages
            report.warnings += part.warnings
            report.latencies.insert(contentsOf: part.latencies, at: 0)
            guard var network = part.network else { continue }
            if let before = report.network {
                network.datagramsDropped += before.datagramsDropped
                network.datagramsCut += before.datagramsCut
                network.buffersExhausted += before.buffersExhausted
                network.completionOverflows += before.completionOverflows
            }
            report.network = network
        }
    }
}

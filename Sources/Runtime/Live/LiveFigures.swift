internal import Foundation
public import Plumbing
internal import Synchronization

/// A run's figures in shared memory, for `spinetail top`: where they lie, what a dead process left there, and the latency
/// counts, which the calling thread copies.
///
/// The hot thread pays for none of it: its counters it stores anyway, into these pages instead of others, and its
/// histograms are read from the other side as they stand.
public enum LiveFigures {
    public static let folder = "/dev/shm"
    private static let (head, tail) = ("spinetail-", ".live")

    /// Makes the file of this process's run.
    public static func create(runID: RunID, epoch: UInt32, folder runFolder: String, version: String)
        throws(SetupError)
        -> LiveFile
    {
        let process = Int(ProcessInfo.processInfo.processIdentifier)
        let about = LiveAbout(
            process: process, processStarted: LiveAbout.startOfProcess(process) ?? 0, epoch: epoch,
            begunUtcNs: Clock.utcNs(), runID: runID,
            folder: URL(fileURLWithPath: runFolder).standardizedFileURL.path, version: version)
        return try LiveFile(path: "\(folder)/\(head)\(process)-\(runID)\(tail)", about: about)
    }

    /// Every file of figures in a folder.
    public static func paths(in folder: String = folder) -> [String] {
        ((try? Files.list(folder)) ?? []).filter { $0.hasPrefix(head) && $0.hasSuffix(tail) }.map {
            "\(folder)/\($0)"
        }
    }

    /// Removes what processes that died have left: figures of a moment, recorded nowhere else because nothing depends on
    /// them.
    public static func removeStale(in folder: String = folder) {
        for path in paths(in: folder) {
            guard let reader = try? LiveReader(path: path), !reader.about.isAlive else { continue }
            try? Files.remove(path)
        }
    }
}

/// The engine's histograms as another thread sees them, for as long as the engine is there.
final class LatencyMirror: Sendable {
    private let views: Mutex<[LatencyHistogram.View]>

    /// In the order of the file's stages: see ``LatencyStage``.
    init(_ latencies: borrowing StageLatencies) {
        views = Mutex([
            latencies.signal.view, latencies.order.view, latencies.engine.view, latencies.send.view,
            latencies.total.view, latencies.acknowledged.view,
        ])
    }

    /// [calling thread]
    func copy(to file: LiveFile) {
        views.withLock { views in for (stage, view) in views.enumerated() { file.copy(stage: stage, view) } }
    }

    /// [hot thread] Before the histograms go: from here on nobody looks at them.
    func end() { views.withLock { $0 = [] } }
}

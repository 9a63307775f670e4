internal import Foundation
public import Plumbing

/// Where a running engine is talked to: a socket beside its figures in shared memory, for this user alone.
public enum ControlPath {
    private static let (head, tail) = ("spinetail-", ".control")

    /// - Parameter folder: Where the run's figures lie.
    public static func of(_ runID: RunID, in folder: String = LiveFigures.folder) -> String {
        "\(folder)/\(head)\(runID)\(tail)"
    }

    /// Removes what processes that died have left: sockets where nobody listens.
    static func removeStale(in folder: String = LiveFigures.folder) {
        for name in (try? Files.list(folder)) ?? [] where name.hasPrefix(head) && name.hasSuffix(tail) {
            let path = "\(folder)/\(name)"
            if LocalListener.isStale(path) { try? Files.remove(path) }
        }
    }
}

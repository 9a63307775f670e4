internal import Foundation
internal import Journal
public import Plumbing

/// Journal rings in shared memory that a process left when it died: what they hold was recorded and may be in no file
/// yet.
public enum LeftoverRings {
    private static let shared = "/dev/shm"

    /// Where the ring of a run of this process lies. The process id in the name tells whose it is.
    static func path(_ runID: RunID) -> String {
        "\(shared)/spinetail-\(ProcessInfo.processInfo.processIdentifier)-\(runID).ring"
    }

    /// Saves the rings of dead processes into their run folders below `root`, as `ring.salvaged`, and removes them.
    /// A ring whose run is not below `root` is somebody else's and stays.
    ///
    /// - Returns: What was found, for people.
    static func salvage(below root: String) -> [String] {
        let runs = (try? Files.list(root)) ?? []
        var told: [String] = []
        for ring in all() where !isUsed(ring.path, by: ring.process) {
            guard let folder = runs.first(where: { $0.hasSuffix("-\(ring.id.prefix(8))") }) else { continue }
            let file = "\(root)/\(folder)/\(SalvagedFile.name)"
            do {
                let found = try JournalRing.salvage(path: ring.path)
                let isWhole = found.bytes.isEmpty
                // Kept where nothing is missing, too: it says how far the journal's files must go.
                try Files.replace(file, with: SalvagedFile.bytes(found))
                try JournalRing.remove(path: ring.path)
                told.append(
                    isWhole
                        ? "run \(folder) died; its journal has all that it recorded"
                        : "run \(folder) died; the \(found.bytes.count) bytes of records that its ring still held were "
                            + "saved to \(file), where `spinetail events` finds them")
            } catch {
                told.append("\(error)")
            }
        }
        return told
    }

    /// What is left of a run in memory.
    public enum Remainder: Sendable {
        case none
        /// The run's process lives and writes on.
        case inUse
        case left(SalvagedRing, path: String)
    }

    /// What the ring of one run still holds: from its folder where a later start has saved it, else from shared memory.
    /// Changes nothing.
    ///
    /// - Parameter folder: The run's folder; its name ends in the first digits of the run's id.
    /// - Throws: `JournalError` or `SetupError` when there is something that cannot be read.
    public static func find(folder: String) throws -> Remainder {
        let saved = "\(folder)/\(SalvagedFile.name)"
        if FileManager.default.fileExists(atPath: saved) {
            return .left(try SalvagedFile.read(saved), path: saved)
        }
        guard let id = folder.split(separator: "-").last, id.count == 8 else { return .none }
        for ring in all() where ring.id.hasPrefix(id) {
            if isUsed(ring.path, by: ring.process) { return .inUse }
            return .left(try JournalRing.salvage(path: ring.path), path: ring.path)
        }
        return .none
    }

    /// Every ring there is, whosever it is.
    private static func all() -> [(path: String, process: Int32, id: String)] {
        guard let names = try? Files.list(shared) else { return [] }
        return names.compactMap { name in
            guard name.hasPrefix("spinetail-"), name.hasSuffix(".ring") else { return nil }
            let parts = name.dropFirst("spinetail-".count).dropLast(".ring".count).split(separator: "-")
            guard parts.count == 2, let process = Int32(parts[0]) else { return nil }
            return ("\(shared)/\(name)", process, String(parts[1]))
        }
    }

    /// Whether a living process still has the ring in its memory. The number alone does not tell: another process may
    /// have it by now, in a container usually this one.
    static func isUsed(_ path: String, by process: Int32) -> Bool {
        let proc = "/proc/\(process)"
        guard FileManager.default.fileExists(atPath: proc) else { return false }
        // Somebody else's process shows no map: it counts as the owner, and the ring stays.
        guard let maps = FileManager.default.contents(atPath: "\(proc)/maps") else { return true }
        return String(decoding: maps, as: UTF8.self).contains(path)
    }
}

internal import Foundation
internal import Plumbing

/// Journal rings in shared memory that a process left when it died: what they hold was recorded and may be in no file
/// yet.
enum LeftoverRings {
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
        guard let names = try? Files.list(shared) else { return [] }
        var told: [String] = []
        for name in names.sorted() where name.hasPrefix("spinetail-") && name.hasSuffix(".ring") {
            let parts = name.dropFirst("spinetail-".count).dropLast(".ring".count).split(separator: "-")
            guard parts.count == 2, let process = Int32(parts[0]) else { continue }
            if isUsed("\(shared)/\(name)", by: process) { continue }
            let id = parts[1].prefix(8)
            guard let folder = (try? Files.list(root))?.first(where: { $0.hasSuffix("-\(id)") }) else {
                continue
            }
            do {
                let ring = try JournalRing.salvage(path: "\(shared)/\(name)")
                try Files.replace("\(root)/\(folder)/ring.salvaged", with: ring.bytes)
                try JournalRing.remove(path: "\(shared)/\(name)")
                told.append(
                    "run \(folder) died; \(ring.bytes.count) bytes of records from journal position "
                        + "\(ring.firstPosition) on were saved to \(root)/\(folder)/ring.salvaged")
            } catch {
                told.append("\(error)")
            }
        }
        return told
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

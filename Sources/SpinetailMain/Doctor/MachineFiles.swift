import Foundation
import Plumbing

/// The files below /proc and /sys, or below a folder that stands in for the root.
///
/// What is missing or refused is `nil`: much of it is not there in a virtual machine or a container.
struct MachineFiles: Sendable {
    /// Empty: the machine's own.
    let root: String

    init(root: String = "") { self.root = root }

    /// The text of a file without white space around it.
    func text(_ path: String) -> String? {
        guard let bytes = try? Files.read(root + path, byteCountMax: 1 << 20) else { return nil }
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// A file that holds one whole number.
    func number(_ path: String) -> Int? { text(path).flatMap { Int($0) } }

    /// The rest of the first line that begins with `key`, in files of the form `key: value`.
    func field(_ key: String, in path: String) -> String? {
        guard let text = text(path) else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix(key) {
            let rest = line.dropFirst(key.count).drop { $0 == " " || $0 == "\t" }
            guard rest.first == ":" else { continue }
            return rest.dropFirst().trimmingCharacters(in: .whitespaces)
        }
        return nil
    }
}

/// Lists of cores as the kernel writes them: `0-3,8`.
enum CoreList {
    /// `nil` where the text is no such list; the empty text is the empty list.
    static func parse(_ text: String) -> [Int]? {
        var cores: [Int] = []
        for part in text.trimmingCharacters(in: .whitespacesAndNewlines).split(separator: ",") {
            let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map {
                Int($0)
            }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, first >= 0, first <= last,
                last < 1 << 16
            else { return nil }
            cores += first...last
        }
        return cores
    }
}

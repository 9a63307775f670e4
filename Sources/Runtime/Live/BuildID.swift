internal import Foundation
internal import Journal

/// Which program runs: the first sixteen digits of the SHA-256 of its executable, so that no two builds share it, whatever
/// their version says.
public enum BuildID {
    /// `unknown` where the system does not show the file.
    public static let current: String = {
        guard let program = FileManager.default.contents(atPath: "/proc/self/exe") else { return "unknown" }
        return String(BlockHash.of([UInt8](program)).description.prefix(16))
    }()
}

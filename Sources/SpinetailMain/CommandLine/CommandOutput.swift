import Foundation

/// Where a command's words go: results to `out`, everything else to `err`. Tests put their own in.
public struct CommandOutput: Sendable {
    private let writeOut: @Sendable (String) -> Void
    private let writeError: @Sendable (String) -> Void

    public init(out: @escaping @Sendable (String) -> Void, err: @escaping @Sendable (String) -> Void) {
        writeOut = out
        writeError = err
    }

    /// One line of result.
    public func line(_ text: String = "") { writeOut(text + "\n") }

    /// Whole lines of result, ends included.
    func text(_ text: String) { writeOut(text) }

    /// One line that is no result: progress, warnings, errors.
    public func note(_ text: String) { writeError(text + "\n") }

    /// The process's own standard output and error.
    public static let standard = CommandOutput {
        FileHandle.standardOutput.write(Data($0.utf8))
    } err: {
        FileHandle.standardError.write(Data($0.utf8))
    }
}

import Foundation

/// Finds the market data that some tests run on: `SPINETAIL_DATA`, else `../shared/data` beside the project.
public enum TestData {
    public static let root: URL? = {
        let given = ProcessInfo.processInfo.environment["SPINETAIL_DATA"]
        let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder =
            given.map { URL(fileURLWithPath: $0, isDirectory: true) }
            ?? project.deletingLastPathComponent().appendingPathComponent("shared/data", isDirectory: true)
        let isFolder = try? folder.resourceValues(forKeys: [.isDirectoryKey]).isDirectory
        return isFolder == true ? folder : nil
    }()

    /// The file at `path` below the data folder, or `nil`, said on standard output with the name of the function that
    /// asked: it returns early and is counted as one skip by `tools/test`, however many files it misses.
    public static func file(_ path: String, for test: String = #function) -> URL? {
        if let file = root?.appendingPathComponent(path), FileManager.default.fileExists(atPath: file.path) {
            return file
        }
        print("SKIP: \(test): test data \(path) not found (set SPINETAIL_DATA to the folder that holds it)")
        return nil
    }
}

/// The seed of randomised tests: `TEST_SEED`, else fixed.
public enum TestSeed {
    public static let current: UInt64 =
        ProcessInfo.processInfo.environment["TEST_SEED"].flatMap { UInt64($0) } ?? 20_260_101
}

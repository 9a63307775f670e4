import Foundation

@testable import Settings

/// A folder with files of settings, for one test.
final class FileWorld {
    let folder: String

    init() throws {
        folder =
            FileManager.default.temporaryDirectory.appendingPathComponent("settings-\(UUID().uuidString)")
            .path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Writes a file of the folder.
    @discardableResult
    func write(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
        let path = "\(folder)/\(name)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    func load(environment: [String: String] = [:], overrides: [String] = []) throws(SettingsError)
        -> LoadedSettings
    {
        try Settings.load(file: "\(folder)/s.yaml", environment: environment, overrides: overrides)
    }

    /// The problems, with the folder's path left out.
    func problems(environment: [String: String] = [:], overrides: [String] = []) -> [String] {
        do throws(SettingsError) {
            _ = try load(environment: environment, overrides: overrides)
            return []
        } catch {
            return error.problems.map { $0.description.replacingOccurrences(of: folder + "/", with: "") }
        }
    }
}

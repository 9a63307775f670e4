internal import Foundation
internal import Plumbing
internal import Settings

/// The first record of every journal, JSON text: what ran, from which build and settings, with which strategies.
struct RunHeader: Codable {
    var spinetail: String
    var runID: String
    var epoch: UInt32
    var strategies: [String]
    var feeds: [String]
    /// Instruments that the core knew from the first input on because earlier runs had left something in them.
    var takenOver: [String]?
    /// Every setting by its path, as a file would have it; but no password.
    var settings: [String: String]
    var pid: Int32
    var host: String

    init(
        _ version: String, _ assembly: EngineAssembly, _ descriptions: [StrategyDescription],
        _ settings: Settings,
        _ runID: RunID
    ) {
        spinetail = version
        self.runID = runID.description
        epoch = assembly.epoch
        strategies = descriptions.map(\.name)
        feeds = settings.feeds.map { "\($0.name) \($0.feedProtocol.rawValue) \($0.address):\($0.port)" }
        takenOver = assembly.takenOver.isEmpty ? nil : assembly.takenOver.map(\.description)
        self.settings = settings.values(strategies: descriptions)
        pid = ProcessInfo.processInfo.processIdentifier
        host = ProcessInfo.processInfo.hostName
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

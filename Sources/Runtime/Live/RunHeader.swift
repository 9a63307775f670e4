internal import Foundation
internal import Journal
internal import Plumbing
internal import Settings

/// The first record of every journal, JSON text: what ran, from which build and settings, with which strategies.
struct RunHeader: Codable {
    var spinetail: String
    /// Of the program that ran: see ``BuildID``. The older journals have none.
    var build: String?
    /// Of ``settings``: equal for runs that were told the same.
    var settingsHash: String?
    /// `paper` or `live`.
    var mode: String?
    /// The day from which calendars were turned into moments.
    var startUtcNs: UInt64?
    var runID: String
    var epoch: UInt32
    var strategies: [String]
    var feeds: [String]
    /// Instruments that the core knew from the first input on because earlier runs had left something in them.
    var takenOver: [String]?
    /// Instruments that the core knew from the first input on, in the order of their numbers. The older journals have none.
    var instruments: [String]?
    /// What stood against strategies and instruments that this run does not have: for the next one.
    var carriedStates: [EarlierRisk.Carried]?
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
        build = BuildID.current
        mode = settings.broker.paperTrading ? TradingMode.paper.rawValue : TradingMode.live.rawValue
        startUtcNs = assembly.startUtcNs
        self.runID = runID.description
        epoch = assembly.epoch
        strategies = descriptions.map(\.name)
        feeds = settings.feeds.map { "\($0.name) \($0.feedProtocol.rawValue) \($0.address):\($0.port)" }
        takenOver = assembly.takenOver.isEmpty ? nil : assembly.takenOver.map(\.description)
        instruments = assembly.symbols.map(\.description)
        self.settings = settings.values(strategies: descriptions)
        settingsHash = Self.hash(of: self.settings)
        pid = ProcessInfo.processInfo.processIdentifier
        host = ProcessInfo.processInfo.hostName
    }

    /// The first sixteen digits of the SHA-256 of `path: text` lines, sorted; secrets are not in it.
    static func hash(of settings: [String: String]) -> String {
        let lines = settings.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\n" }
        return String(BlockHash.of(Array(lines.joined().utf8)).description.prefix(16))
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

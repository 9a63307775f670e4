internal import Foundation

/// One line of an answer. A request gets any number of lines with a record, then one whose `done` is true.
public struct ControlLine: Codable, Sendable {
    /// Of the request; `nil`: it had none that could be read.
    public var id: Int64?
    public var order: OrderRow?
    public var position: PositionRow?
    /// In the answer to `states`: of each scope that is not free, and of the account in any case.
    public var state: StateRow?
    /// In the answer to `kill` and `lift`, and behind the states.
    public var kill: KillRow?
    /// Behind the states: what the last reload came to.
    public var reload: ReloadRow?
    /// In the last line of the answer to `reload`: what was changed, a sentence each.
    public var changes: [String]?
    /// The same for programs.
    public var limits: [LimitChange]?
    /// In the last line of the answer to `positions`.
    public var account: AccountRow?
    /// The last line of the answer.
    public var done: Bool?
    /// `true`: it was done, or is on its way.
    public var ok: Bool?
    public var command: String?
    /// Orders that it concerned, or records that were shown.
    public var count: Int64?
    /// Number of the last input that the engine had taken then.
    public var sequence: UInt64?
    /// `bad_request`, `unknown_symbol`, `refused`, `busy`, `timeout`, `not_durable`, `bad_settings`,
    /// `stopped`.
    public var error: String?
    /// The rule that refused.
    public var rule: String?
    /// The error in words; behind the states what of them is not known.
    public var text: String?
    public var status: ControlStatus?
    /// Which comparison of the run with the venue's books will tell: see ``ControlStatus/Reconciliation/finished``.
    public var reconciliation: UInt64?

    public init(id: Int64?) { self.id = id }

    static func failed(_ id: Int64?, _ error: ControlError, _ text: String) -> ControlLine {
        var line = ControlLine(id: id)
        line.done = true
        line.ok = false
        line.error = error.rawValue
        line.text = text
        return line
    }

    /// With its end.
    func bytes() -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else {
            preconditionFailure("Invariant: numbers, text and flags are always JSON")
        }
        return Array(data) + [UInt8(ascii: "\n")]
    }

    /// From a line without its end.
    public init(json: some Collection<UInt8>) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(ControlLine.self, from: Data(json))
    }
}

/// Why a request came to nothing.
public enum ControlError: String, Sendable, CaseIterable {
    case badRequest = "bad_request"
    case unknownSymbol = "unknown_symbol"
    /// By a rule of the engine.
    case refused
    /// Too many requests are under way.
    case busy
    /// The engine did not answer in time. Whether it will still do it is not known.
    case timeout
    /// The state of the kill switch could not be made durable; it is on all the same.
    case notDurable = "not_durable"
    /// Reload: the settings are wrong, or what has changed in them needs a restart.
    case badSettings = "bad_settings"
    /// The run has ended.
    case stopped
}

/// What the control thread knows without asking.
public struct ControlStatus: Codable, Sendable, Equatable {
    public var run: String
    public var epoch: UInt32
    public var version: String
    public var folder: String
    public var process: Int
    public var clients: Int
    public var reconciliations = Reconciliation()
    public var kill: KillRow?
    /// What the last reload came to, in words; `nil`: there was none.
    public var reload: String?
    /// Venue sessions that are logged on, of how many.
    public var sessionsUp: UInt64?
    public var sessionCount: UInt64?

    /// Comparisons with the venue's books since the run began.
    public struct Reconciliation: Codable, Sendable, Equatable {
        public enum Outcome: String, Codable, Sendable { case done, useless, failed }

        /// Whether somebody can be asked.
        public var isOn = false
        public var asked: UInt64 = 0
        /// Of ``asked``: over, whatever came of it.
        public var finished: UInt64 = 0
        /// Of ``finished``: answered and compared.
        public var done: UInt64 = 0
        /// Answered, and nothing could be concluded: not complete, or of another moment than ours.
        public var useless: UInt64 = 0
        public var failed: UInt64 = 0
        /// What the last that is over came to.
        public var lastOutcome: Outcome?
        /// Answers, or pages of them, that came when nobody waited any more.
        public var late: UInt64 = 0
        /// What the last that was done found.
        public var differences: Int64 = 0
        /// Why the last that failed did.
        public var failure: String?
        /// Records of instruments that the engine has never heard of, in the last answer.
        public var unknownSymbols: UInt64 = 0

        public init() {}
    }
}

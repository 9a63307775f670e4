public import Model

/// What a replay came to.
public struct ReplayOutcome: Sendable {
    public var inputs: UInt64 = 0
    public var packets: UInt64 = 0
    /// Facts that were decided again as they were recorded.
    public var facts: UInt64 = 0
    /// Digests of the state among them.
    public var digests: UInt64 = 0
    /// Of the state at the end of the replay.
    public var digest: UInt64 = 0
    /// The engine halted here: what it could not record any more cannot be compared.
    public var isHalted = false
    /// The first; `nil`: there is none.
    public var difference: ReplayDifference?

    public init() {}
}

/// Where a replay first came to something else than what was recorded.
public struct ReplayDifference: Sendable, CustomStringConvertible {
    public enum What: Sendable {
        /// `nil`: there was none on that side.
        case fact(recorded: Fact?, replayed: Fact?)
        /// The journal's input cannot be one.
        case input(Input, String)
    }

    /// Number of the input that brought it about.
    public let sequence: UInt64
    /// Which of the input's facts, from 1.
    public let factNumber: Int
    public let what: What

    public var description: String {
        switch what {
        case .input(_, let why): "input \(sequence) \(why)"
        case .fact(let recorded, let replayed):
            "input \(sequence), fact \(factNumber): recorded \(Self.words(recorded)), replayed \(Self.words(replayed))"
        }
    }

    private static func words(_ fact: Fact?) -> String {
        guard let fact else { return "none" }
        let kind = FactKind(rawValue: fact.kind).map { "\($0)" } ?? "of kind \(fact.kind)"
        return "\(kind) (order \(fact.user_ref), instrument \(fact.instrument), price \(fact.price), "
            + "quantity \(fact.quantity), execution \(fact.execution_id), detail \(fact.detail), input \(fact.sequence))"
    }
}

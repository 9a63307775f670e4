internal import Model

/// Why a scope may do less than everything. Several may hold at once; of those that ask for the same the first here is named.
enum StateCause: UInt8, BitwiseCopyable {
    case killed = 0
    case engineHeld = 1
    case journalFailed = 2
    case stopped = 3
    case drawdown = 4
    case dayLoss = 5
    case repeatedExecutions = 6
    case sessionDrawdown = 7
    case operatorSaid = 8
    case consecutiveRejects = 9
    case cancelRatio = 10
    case executionSetNearFull = 11
    /// The venue told of the instrument what cannot be explained.
    case disputedInstrument = 12
    /// The same of nobody knows what.
    case disputedAccount = 13
    /// What the last run left halted or restricted is unknown.
    case statesUnknown = 14

    static var count: UInt8 { 15 }

    /// What facts and refusals name it by.
    var rule: Rule {
        switch self {
        case .killed: .killed
        case .engineHeld: .engineHeld
        case .journalFailed: .journalFailed
        case .stopped: .stopped
        case .drawdown: .drawdown
        case .dayLoss: .dayLoss
        case .repeatedExecutions: .repeatedExecutions
        case .sessionDrawdown: .sessionDrawdown
        case .operatorSaid: .operatorSaid
        case .consecutiveRejects: .consecutiveRejects
        case .cancelRatio: .cancelRatio
        case .executionSetNearFull: .executionSetNearFull
        case .disputedInstrument: .instrumentReduceOnly
        case .disputedAccount: .reduceOnly
        case .statesUnknown: .statesUnknown
        }
    }

    /// Over with the venue's day.
    var isOfDay: Bool {
        switch self {
        case .dayLoss, .cancelRatio: true
        case .killed, .engineHeld, .journalFailed, .stopped, .drawdown, .repeatedExecutions, .sessionDrawdown,
            .operatorSaid, .consecutiveRejects, .executionSetNearFull, .disputedInstrument, .disputedAccount,
            .statesUnknown:
            false
        }
    }

    /// Whether a person's word is enough to end it. What ends the run does not end before it.
    var isLiftable: Bool {
        switch self {
        case .engineHeld, .journalFailed, .stopped: false
        case .killed, .drawdown, .dayLoss, .repeatedExecutions, .sessionDrawdown, .operatorSaid,
            .consecutiveRejects, .cancelRatio, .executionSetNearFull, .disputedInstrument, .disputedAccount,
            .statesUnknown:
            true
        }
    }

    /// Whether it outlives the run that met it.
    var isDurable: Bool {
        switch self {
        case .killed, .drawdown, .dayLoss, .repeatedExecutions, .operatorSaid, .consecutiveRejects,
            .cancelRatio, .sessionDrawdown, .statesUnknown:
            true
        case .engineHeld, .journalFailed, .stopped, .executionSetNearFull, .disputedInstrument,
            .disputedAccount:
            false
        }
    }

    /// The cause of a rule; `nil`: a rule that is none.
    static func of(_ rule: Rule) -> StateCause? {
        for place in 0..<count {
            if let cause = StateCause(rawValue: place), cause.rule == rule { return cause }
        }
        return nil
    }
}

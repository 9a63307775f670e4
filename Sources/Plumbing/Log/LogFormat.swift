/// Every line that the engine can log: its number, level, text and arguments. The table goes to the head of each file, so
/// that a file can be read by a program that does not know these names.
///
/// Numbers are `level × 1000 + line`, so that the hot side judges the level by one comparison. A number is never used again
/// for another meaning.
@frozen public enum LogFormat: UInt16, BitwiseCopyable, Sendable, CaseIterable {
    // debug
    case packetMalformed = 1
    case feedRequest = 2
    case measured = 3
    // info
    case engineStarted = 1001
    case engineStopping = 1002
    case engineStopped = 1003
    case sessionUp = 1004
    case feedWhole = 1005
    case feedRestarted = 1006
    case feedEnded = 1007
    case journalRelieved = 1008
    case strategyNote = 1009
    case reloaded = 1010
    case stateOver = 1011
    case stateLifted = 1012
    case streamBack = 1013
    // warning
    case sessionDown = 2001
    case feedGap = 2002
    case orderRejected = 2003
    case riskRejected = 2004
    case alert = 2005
    case journalPressing = 2006
    case hotThreadBack = 2007
    case ruleRefused = 2008
    case stateTripped = 2009
    case stateSaid = 2010
    case stateChanged = 2011
    case streamStale = 2012
    case reloadRefused = 2013
    case limitsRefused = 2014
    // error
    case engineHalted = 3001
    case sessionRefused = 3002
    case hotThreadHeld = 3003

    @inlinable public var levelNumber: UInt16 { rawValue / 1000 }

    public var level: LogLevel { LogLevel(rawValue: UInt8(levelNumber)) ?? .error }

    /// What the line says: each `{}` is one argument, in order.
    public var text: String { definition.text }
    public var arguments: [LogArgument] { definition.arguments }

    private var definition: (text: String, arguments: [LogArgument]) {
        // swift-format-ignore
        switch self {
        case .packetMalformed: ("feed {}: malformed packet, {} so far", [.whole, .whole])
        case .feedRequest:     ("feed {}: asked for what is missing, {} requests so far", [.whole, .whole])
        case .measured:        ("measured {} and {}", [.whole, .number])
        case .engineStarted:   ("engine started, epoch {}, {} feeds, {} venue sessions", [.whole, .whole, .whole])
        case .engineStopping:  ("engine stopping after {} inputs: cancels what works", [.whole])
        case .engineStopped:   ("engine stopped after {} inputs", [.whole])
        case .sessionUp:       ("venue session {}: up", [.whole])
        case .feedWhole:       ("feed {}: whole again, next message {}", [.whole, .whole])
        case .feedRestarted:   ("feed {}: the venue began a new session", [.whole])
        case .feedEnded:       ("feed {}: the venue ended its session", [.whole])
        case .journalRelieved: ("journal ring has room again, {} per mille full", [.whole])
        case .strategyNote:    ("strategy {}: note {}, {}", [.whole, .whole, .number])
        case .sessionDown:     ("venue session {}: down", [.whole])
        case .feedGap:         ("feed {}: {} messages missing from {} on", [.whole, .whole, .whole])
        case .orderRejected:   ("order {}: rejected by the venue, {}, reason {}", [.whole, .symbol, .whole])
        case .riskRejected:    ("refused by {} of the {}: {}, strategy {}, limit {}, value {}",
                                [.rule, .scope, .symbol, .strategy, .limit, .value])
        case .ruleRefused:     ("refused by {} of the {}: {}, strategy {}", [.rule, .scope, .symbol, .strategy])
        case .alert:           ("alert {}: {}, {}, {}", [.alert, .symbol, .whole, .whole])
        case .stateTripped:    ("{}{}: {} by {}, limit {}, value {}",
                                [.scope, .subject, .state, .rule, .trip, .tripValue])
        case .stateSaid:       ("{}{}: {} by {}, said by {}{}", [.scope, .subject, .state, .rule, .text, .text])
        case .stateChanged:    ("{}{}: {} by {}", [.scope, .subject, .state, .rule])
        case .stateOver:       ("{}{}: {} is over", [.scope, .subject, .rule])
        case .stateLifted:     ("{}{}: {} lifted by {}{}", [.scope, .subject, .rule, .text, .text])
        case .streamStale:     ("stream {}: nothing for {}, limit {}: no order there may raise exposure",
                                [.whole, .seconds, .seconds])
        case .streamBack:      ("stream {}: data again", [.whole])
        case .limitsRefused:   ("new limits refused: {} cannot have such a value", [.setting])
        case .reloaded:        ("settings read again: {}", [.text])
        case .reloadRefused:   ("settings read again: {}", [.text])
        case .journalPressing: ("journal ring is {} per mille full: no orders that add risk", [.whole])
        case .engineHalted:    ("engine halted: the journal took nothing for too long", [])
        case .hotThreadBack:   ("hot thread back after {} ms: trades no more", [.whole])
        case .hotThreadHeld:   ("hot thread away for {} ms: the gate is shut, {} venue connections ended", [.whole, .whole])
        case .sessionRefused:  ("venue session {}: log-on refused, reason {}", [.whole, .letter])
        }
    }
}

extension LogFormat {
    /// `feed_gap`: as in files and JSON.
    public var name: String { LogArgument.snakeCase("\(self)") }
}

/// How far the log-on has come.
@frozen public enum OuchSessionPhase: UInt8, BitwiseCopyable, Sendable {
    /// No connection; one is made when the delay is over.
    case down = 0
    case connecting = 1
    /// Log-on sent.
    case loggingOn = 2
    /// Logged on; the venue repeats what we have not seen. Ends when the answer to an account query of this
    /// connection has come through the same stream: everything before it has then been repeated.
    case catchingUp = 3
    /// Orders can be sent.
    case up = 4
    /// The venue ended its session in order (end of day): nothing is connected again.
    case ended = 5
    /// The venue refused the log-on: a person has to look.
    case refused = 6
}

/// What the session wants done with its connection.
@frozen public enum OuchSessionAction: UInt8, BitwiseCopyable, Sendable {
    case none, connect, close
}

/// What ``OuchSession/nextReport(_:)`` found.
@frozen public enum OuchReportResult: UInt8, BitwiseCopyable, Sendable {
    /// The input was filled in.
    case report
    /// Nothing whole is waiting.
    case none
}

/// Counts of what passed through a session, for people and tests.
@frozen public struct OuchSessionCounters: BitwiseCopyable, Sendable {
    public var logOns: UInt64 = 0
    public var drops: UInt64 = 0
    public var sequencedMessages: UInt64 = 0
    public var commands: UInt64 = 0
    /// Frames or messages that were no valid protocol; the connection is given up after one.
    public var malformed: UInt64 = 0
    /// Sequence number of the last malformed message, 0: none.
    public var malformedAtSequence: UInt64 = 0
    /// Type letter of the last malformed message.
    public var malformedType: UInt8 = 0
    /// Times the venue was silent for too long.
    public var silences: UInt64 = 0
    /// Times the venue came back with another stream, or did not have what we asked for again.
    public var streamChanges: UInt64 = 0
    /// The venue's reason letter for refusing the log-on, 0: none.
    public var refusal: UInt8 = 0

    @inlinable public init() {}
}

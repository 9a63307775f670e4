/// What a question to a venue's books is about.
@frozen public enum ReconciliationScope: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// One order.
    case order = 1
    /// Open orders, executions and positions of the account.
    case account = 2
}

/// What the venue's books and ours can disagree in.
@frozen public enum ReconciliationDifference: UInt32, BitwiseCopyable, Sendable, CaseIterable {
    /// We have it open, the venue does not.
    case orderMissing = 1
    /// The venue has it open, we know of no such order.
    case orderUnknown = 2
    /// The venue has it open, for us it has ended.
    case orderEnded = 3
    /// Open on both sides, with different quantities.
    case leaves = 4
    /// The venue has booked an execution that we have not.
    case executionMissing = 5
    /// We have booked an execution that the venue does not have.
    case executionUnknown = 6
    /// The positions differ after everything else was put right.
    case position = 7
    /// The answer was older than what we know, or not complete: nothing was concluded from it.
    case answerUseless = 8
}

/// Why a held order moved.
@frozen public enum HoldCause: UInt32, BitwiseCopyable, Sendable, CaseIterable {
    /// Something traded at its stop price or beyond.
    case price = 1
    /// The moment that it waited for.
    case time = 2
    /// Its parent was filled.
    case parent = 3
    /// The order that it excludes has ended.
    case sibling = 4
}

/// Why a question to a venue's books found no answer.
@frozen public enum ReconciliationFailure: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Nobody was there to ask.
    case nobody = 1
    /// No connection could be made.
    case refused = 2
    /// The back office did not let us in.
    case logOnRefused = 3
    case timedOut = 4
    /// The connection ended in the middle.
    case dropped = 5
    /// What came is no answer.
    case malformed = 6
    /// The back office cannot say now.
    case unavailable = 7
}

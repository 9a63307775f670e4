/// What the core knows of one venue session.
struct SessionState: BitwiseCopyable {
    /// Number of the next command; rises over the life of the venue's day.
    var nextRef: UInt32 = 1
    /// Number of the next message of the session's sequenced stream: every one of them is an input.
    var nextMessage: UInt64 = 1
    /// Commands that may still be handed over before the session answers for earlier ones.
    var credits: Int32
    let creditsMax: Int32
    var isUp = false
    /// It was up in this run: what is told before that is of earlier ones.
    var hasBeenUp = false
    /// It is not up, and has told of executions.
    var isCatchingUp = false
    /// Number of the last report on any order whose record is gone.
    var closedAfter: UInt64 = 0
    /// Somebody wants cancels that found no credit, no room in the rate or no session yet.
    var hasSweep = false
    /// The slot at which the last sweep found no room.
    var sweepPlace: UInt32 = 0
    /// The same, but not before a pause is over.
    var hasLaterSweep = false
    /// A replacement may come into force although the order has been filled meanwhile.
    let replaceOutlivesFill: Bool
    /// What may still be sent under the venue's rate.
    var rate: RateLimit

    init(creditCountMax: Int, rate: RateLimit = RateLimit(), replaceOutlivesFill: Bool = false) {
        precondition(creditCountMax >= 4, "Caller: a quarter of the credits is kept for cancels")
        creditsMax = Int32(creditCountMax)
        credits = creditsMax
        self.rate = rate
        self.replaceOutlivesFill = replaceOutlivesFill
    }

    /// A quarter is kept for cancels.
    var hasOrderCredit: Bool { credits > creditsMax >> 2 }
    var hasCancelCredit: Bool { credits > 0 }
}

/// What the core knows of one venue session.
struct SessionState: BitwiseCopyable {
    /// Number of the next command; rises over the life of the venue's day.
    var nextRef: UInt32 = 1
    /// Commands that may still be handed over before the session answers for earlier ones.
    var credits: Int32
    let creditsMax: Int32
    var isUp = false
    /// A stop wants cancels that found no credit yet.
    var hasSweep = false

    init(creditCountMax: Int) {
        precondition(creditCountMax >= 4, "Caller: a quarter of the credits is kept for cancels")
        creditsMax = Int32(creditCountMax)
        credits = creditsMax
    }

    /// A quarter is kept for cancels.
    var hasOrderCredit: Bool { credits > creditsMax / 4 }
    var hasCancelCredit: Bool { credits > 0 }
}

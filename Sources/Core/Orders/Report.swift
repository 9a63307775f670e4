/// What can be heard of an order: from our own gate, from our session, from the venue, from the core's clock.
///
/// The input kinds say what bytes came; this says what it means for one order, quantities compared already.
@frozen public enum Report: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Our own risk let it pass.
    case riskPassed
    /// Our own risk let it pass, and it is kept back until what it waits for has come.
    case riskHeld
    /// Our own risk refused it.
    case riskRefused
    /// Asked back before a byte of it had left.
    case withdrawn
    /// The session took its bytes.
    case submitted
    /// Proven: not one of its bytes left.
    case sendFailed
    /// Proven by the venue's own count: it never saw the order.
    case neverReceived
    /// The venue has it.
    case accepted
    /// The venue took it and ended it in the same moment.
    case acceptedDead
    /// An execution that leaves something.
    case execution
    /// An execution that leaves nothing.
    case lastExecution
    /// Quantity left the order, some remains.
    case reduced
    /// All that was left is gone.
    case cancelled
    /// Its time was over.
    case expired
    case rejected
    /// A cancel will not happen.
    case cancelRefused
    /// A cancel will happen later.
    case cancelDelayed
    /// It has the terms that were asked for.
    case replaced
    /// It keeps the terms that it has.
    case replaceRefused
    /// An execution was undone.
    case executionBroken
    /// An execution was corrected.
    case executionCorrected
    /// Its end lies the evidence horizon back.
    case horizonPassed
}

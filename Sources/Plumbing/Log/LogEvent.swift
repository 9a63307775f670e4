/// One line with its arguments, each of its type: made where it is logged, and gone when the compiler is done with it
/// (``Log/write(_:atNs:)`` is inlined, and the case is known there).
@frozen public enum LogEvent: BitwiseCopyable, Sendable {
    case packetMalformed(feed: Int, count: UInt64)
    case feedRequest(feed: Int, count: UInt64)
    case measured(whole: Int, number: Double)
    case engineStarted(epoch: UInt32, feeds: Int, sessions: Int)
    case engineStopping(inputs: UInt64)
    case engineStopped(inputs: UInt64)
    case sessionUp(session: Int)
    case feedWhole(feed: Int, next: UInt64)
    case feedRestarted(feed: Int)
    case feedEnded(feed: Int)
    case journalRelieved(permille: Int)
    /// A strategy's own: what its numbers mean is its author's.
    case strategyNote(strategy: Int, note: Int, value: Double)
    case sessionDown(session: Int)
    case feedGap(feed: Int, count: UInt64, from: UInt64)
    case orderRejected(userRef: UInt32, instrument: UInt32, reason: UInt32)
    case riskRejected(rule: UInt32, instrument: UInt32, strategy: UInt16)
    case alert(code: UInt32, instrument: UInt32, quantity: Int64, price: Int64)
    case journalPressing(permille: Int)
    case engineHalted
    case sessionRefused(session: Int, reason: UInt8)
    case hotThreadBack(awayMs: UInt64)
}

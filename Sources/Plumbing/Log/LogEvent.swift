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
    /// Symbols are ``Model/Symbol/raw``; 0: no instrument.
    case orderRejected(userRef: UInt32, symbol: UInt64, reason: UInt32)
    case riskRejected(
        rule: UInt32, scope: UInt8, symbol: UInt64, strategy: UInt16, limit: Int64, value: Int64)
    case alert(code: UInt32, symbol: UInt64, quantity: Int64, price: Int64)
    /// The subject is a symbol, a strategy's index, or 0 of the account.
    case stateTripped(
        scope: UInt8, subject: UInt64, state: UInt8, rule: UInt32, limit: Int64, value: Int64)
    /// The two words of a ``Model/OperatorName``; both 0: nobody said so.
    case stateSaid(
        scope: UInt8, subject: UInt64, state: UInt8, rule: UInt32, nameLow: UInt64, nameHigh: UInt64)
    case stateOver(scope: UInt8, subject: UInt64, rule: UInt32, nameLow: UInt64, nameHigh: UInt64)
    case streamStale(stream: UInt64, silenceNs: Int64, limitNs: Int64)
    case streamBack(stream: UInt64)
    case limitsRefused(kind: Int64)
    case journalPressing(permille: Int)
    case engineHalted
    case sessionRefused(session: Int, reason: UInt8)
    case hotThreadBack(awayMs: UInt64)
}

public import Model

/// Gives every input its number and its core time. One per engine: whoever holds it decides what happened first.
///
/// - Threads: the hot thread.
public struct Sequencer: ~Copyable {
    /// Number of the last input; 0 before the first.
    public private(set) var lastSequence: UInt64
    /// Core time of the last input, monotonic nanoseconds.
    public private(set) var lastTimeNs: UInt64

    /// - Parameters: where an earlier part of the run ended; 0 for a fresh run.
    public init(lastSequence: UInt64 = 0, lastTimeNs: UInt64 = 0) {
        self.lastSequence = lastSequence
        self.lastTimeNs = lastTimeNs
    }

    /// Stamps `input` as the next one.
    ///
    /// Receipt times are data and order nothing: core time never runs backwards, whatever the clock does.
    ///
    /// - Parameters:
    ///   - clockNs: the clock, read once for this event; for a timer, when it was due.
    ///   - receivedAtNs: when the input reached us; 0 where that is the same as `clockNs`.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func stamp(_ input: inout Input, clockNs: UInt64, receivedAtNs: UInt64 = 0) {
        lastSequence += 1
        lastTimeNs = max(lastTimeNs, clockNs)
        input.sequence = lastSequence
        input.engine_time_ns = lastTimeNs
        let received = receivedAtNs == 0 ? clockNs : receivedAtNs
        let age = lastTimeNs > received ? lastTimeNs - received : 0
        input.received_age_ns = UInt32(truncatingIfNeeded: min(age, UInt64(UInt32.max)))
    }

    /// The last input was neither recorded nor stepped: its number is the next one's.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func takeBack() { lastSequence -= 1 }
}

internal import Memory
internal import Model
internal import Plumbing
internal import Venues

/// A hot thread that the watchdog has held comes back.
///
/// Whatever it was about to send found a shut gate, and the connections are gone. The gate is opened again by one rule alone:
/// when the core has heard of it, which ends trading for the rest of the run and calls no strategy any more, and when every
/// session has been given up with what lay in its buffers. From then on a log-on, heartbeats and cancels are all that can
/// leave; the answers tell what became of the orders. Then the run ends.
///
///     .running ──beginHold──▶ .halting ──haltTurn …──▶ finishStop ──▶ .stopped
extension Engine where Strategies: ~Copyable, IO: ~Copyable {
    /// Go on with ``haltTurn(nowNs:)`` once the gate is open again.
    ///
    /// - Parameters:
    ///   - awayNs: How long the thread did not come by.
    ///   - connectionCount: Connections that the watchdog has shut down.
    public mutating func beginHold(awayNs: UInt64, connectionCount: Int, nowNs: UInt64) {
        guard state == .running || state == .stopping else { return }
        if watch.kills != heardKills { _ = hearKill(nowNs: nowNs) }
        state = .halting
        var input = Input(kind: .engineHeld)
        input.quantity = Int64(clamping: awayNs)
        input.execution_id = UInt64(connectionCount)
        step(&input, nowNs: nowNs)
        for index in 0..<sessions.count {
            switch sessions[index].phase {
            case .down, .ended, .refused: continue
            case .connecting, .loggingOn, .catchingUp, .up: break
            }
            // With no byte more: what lies in the buffer was not sent, and what was sent is in doubt.
            io.close(session: index)
            _ = dropped(index, nowNs: nowNs)
        }
    }
}

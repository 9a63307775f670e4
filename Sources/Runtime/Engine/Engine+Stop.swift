public import Core
public import Memory
public import Model
public import Plumbing
public import Venues

/// Begin and end of a run: the only places where time of day comes in, as an input.
extension Engine where Strategies: ~Copyable, IO: ~Copyable {
    /// The first input of a run.
    ///
    /// - Parameter utcAtZeroNs: UTC, nanoseconds since 1970, at engine time 0.
    @inlinable public mutating func start(epoch: UInt32, utcAtZeroNs: UInt64, nowNs: UInt64) {
        // The venue may speak of orders of an earlier run before the feed has named anything.
        for index in 0..<core.instrumentCountMax {
            let symbol = core.symbol(ofInstrumentAt: index)
            guard symbol != 0 else { continue }
            for session in 0..<sessions.count {
                _ = sessions[session].define(
                    Symbol(raw: symbol), as: InstrumentID(index: UInt32(truncatingIfNeeded: index)))
            }
        }
        var input = Input(kind: .start)
        input.user_ref = epoch
        input.execution_id = utcAtZeroNs
        step(&input, nowNs: nowNs)
    }

    /// Something that an earlier run left, between the start and the first turn.
    @inlinable public mutating func restore(_ record: Input, nowNs: UInt64) {
        var input = record
        step(&input, nowNs: nowNs)
    }

    /// No new orders from here on; what works is cancelled. The engine goes on turning for the answers.
    @inlinable public mutating func beginStop(nowNs: UInt64) {
        guard state == .running else { return }
        state = .stopping
        var input = Input(kind: .operatorCommand)
        input.flags = OperatorCommand.stopTrading.rawValue
        step(&input, nowNs: nowNs)
        flushAll(nowNs: nowNs)
    }

    /// The last input of a run that ends in order.
    @inlinable public mutating func finishStop(nowNs: UInt64) {
        guard state != .halted else { return }
        if budget.tellAtNs != .max { _ = tellOverruns(nowNs: nowNs) }
        var input = Input(kind: .stop)
        step(&input, nowNs: nowNs)
        state = .stopped
        for index in 0..<sessions.count {
            sessions[index].end()
            io.close(session: index)
        }
    }

    /// Whether every feed's session has ended, or the venue has ended its order session: nothing more will come.
    @inlinable public var isOver: Bool {
        for index in 0..<sessions.count {
            switch sessions[index].phase {
            case .ended, .refused: return true
            case .down, .connecting, .loggingOn, .catchingUp, .up: break
            }
        }
        return false
    }
}

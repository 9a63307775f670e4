/// What the core asks of a venue session, one cache line: see `st_records.h` for its fields.
public typealias Command = st_command

@frozen public enum CommandKind: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// A new order: `user_ref` is its number; price, quantity, side, symbol, type, time in force.
    case enter = 1
    /// Cancel the order `original_ref`; `quantity`: what shall be left (0: all of it goes).
    case cancel = 2
    /// Replace the order `original_ref` by `user_ref` with new price and quantity.
    case replace = 3
    /// Ask the back office. `user_ref`: number of the question; `original_ref`: the order it is about, 0: all;
    /// `order_type`: ReconciliationScope. Takes no credit and no place in the order stream.
    case query = 4
}

extension st_command {
    @inlinable public var commandKind: CommandKind {
        guard let known = CommandKind(rawValue: kind) else {
            preconditionFailure("Invariant: command kind is known")
        }
        return known
    }
}

/// What an operator can ask of the core, and what the input's fields carry for it.
@frozen public enum OperatorCommand: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// No new orders; working orders are cancelled.
    case stopTrading = 1
    /// Cancel one order. `execution_id`: its id, low half; `venue_time_ns`: high half.
    case cancelOrder = 2
    /// Cancel every open order; `instrument`: of that one only, where it is named.
    case cancelAll = 3
    /// Give one order another price or quantity (0: as it was). The id as for ``cancelOrder``; `price`, `quantity`.
    case replaceOrder = 4
    /// Close the position in `instrument`: its working orders are cancelled first.
    case closePosition = 5
    /// Cancel every order and close every position.
    case flatten = 6
    /// Compare with the venue's books now.
    case reconcile = 7
    /// A person has looked at a disputed order and takes it as it stands: the id as for ``cancelOrder``.
    case acceptDispute = 8
    /// A currency is worth something else from here on. `execution_id`: its code, eight characters as of a symbol;
    /// `quantity`: units of the base currency for one of it, in 10⁻⁹.
    case setRate = 12
    /// The kill switch: nothing new, everything that works is cancelled, until somebody lifts it by name. `execution_id`,
    /// `venue_time_ns`: who, 16 ASCII characters, NUL padded, low eight first.
    case kill = 13
    /// What stopped a scope is over, as a person has found: `quantity`: RiskScope; `instrument` or `price`: its instrument or
    /// its strategy's index. Lifts kill, breakers and what an operator has set. The name as for ``kill``, not empty.
    case lift = 14
    /// A person sets what a scope may do: the scope as for ``lift``; `side`: TradingState. The name as for ``kill``.
    case setState = 15
    /// Answers to new limits carry it; they come by inputs of their own (`InputKind.limitsBegin`), not as a command.
    case setLimits = 16
}

internal import Model

// What scopes may do, and who says so.
extension TradingCore {
    mutating func operateState(_ input: Input, _ command: OperatorCommand) -> InputEffect {
        answer(input, command, rule: .noSuchOrder)
    }

    mutating func restoreState(_ input: Input) -> InputEffect { .none }

    mutating func restoreDayTrades(_ input: Input) -> InputEffect { .none }

    mutating func restorePeak(_ input: Input) -> InputEffect { .none }
}

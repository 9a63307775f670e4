internal import Model

// New limits in a running engine.
extension TradingCore {
    mutating func limitsBegin(_ input: Input) -> InputEffect { .none }
    mutating func limitsPart(_ input: Input) -> InputEffect { .none }
    mutating func limitsCommit(_ input: Input) -> InputEffect { .none }
}

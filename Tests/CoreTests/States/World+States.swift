import Model

@testable import Core

// What an operator says of states, and looks at them.
extension World {
    @discardableResult
    func command(
        _ command: OperatorCommand, _ scope: RiskScope = .account, _ index: Int = 0,
        _ state: TradingState = .normal, by name: String = "ann"
    ) -> Rule {
        var input = Input(kind: .operatorCommand)
        input.flags = command.rawValue
        input.quantity = Int64(scope.rawValue)
        if scope == .instrument { input.instrument = UInt32(index) }
        if scope == .strategy { input.price = Int64(index) }
        input.side = state.rawValue
        let who = OperatorName(name)!
        input.execution_id = who.low
        input.venue_time_ns = who.high
        let place = all.count
        step(input)
        let answer = all[place...].last { $0.factKind == .operatorAnswered }!
        return Rule(rawValue: answer.detail >> 16)!
    }

    @discardableResult
    func lift(_ scope: RiskScope, _ index: Int = 0, by name: String = "ann") -> Rule {
        command(.lift, scope, index, by: name)
    }

    @discardableResult
    func kill(by name: String = "ann") -> Rule { command(.kill, by: name) }

    func say(_ scope: RiskScope, _ index: Int = 0, _ state: TradingState) {
        command(.setState, scope, index, state)
    }

    func state(_ scope: RiskScope = .account, _ index: Int = 0) -> TradingState {
        core.riskState(scope, index).state
    }

    func cause(_ scope: RiskScope = .account, _ index: Int = 0) -> Rule { core.riskState(scope, index).cause }

    /// The facts of states of the last step.
    var stateFacts: [(state: TradingState, scope: RiskScope, cause: Rule, limit: Int64, value: Int64)] {
        Self.read(last)
    }

    static func read(
        _ facts: [Fact]
    ) -> [(state: TradingState, scope: RiskScope, cause: Rule, limit: Int64, value: Int64)] {
        facts.filter { $0.factKind == .riskState }.map {
            (
                TradingState(rawValue: UInt8($0.detail & 0xff))!,
                RiskScope(rawValue: UInt8($0.detail >> 8 & 0xff))!, Rule(rawValue: $0.detail >> 16)!,
                $0.price,
                $0.quantity
            )
        }
    }

    var refusedScope: RiskScope? {
        last.last { $0.factKind == .riskRejected || $0.factKind == .signalDiscarded }
            .flatMap { RiskScope(rawValue: UInt8($0.detail >> 16)) }
    }

    /// A position by an execution at a price, of a strategy.
    func hold(
        _ quantity: Int64, at price: Int64 = 1_000_000, instrument: UInt32 = 0, strategy: Int = 0
    ) {
        let ref = signal(
            quantity > 0 ? .buy : .sell, abs(quantity), limit: price, instrument: instrument,
            strategy: strategy)!
            .user_ref
        accept(ref)
        matches += 1
        execute(ref, abs(quantity), at: price, match: matches)
    }

    /// Days of the venue.
    func passDays(_ count: Int) { for _ in 0..<count { advance(86_400_000_000_000) } }

    func tell(_ kind: InputKind, source: UInt8 = 0, _ change: (inout Input) -> Void = { _ in }) {
        var input = Input(kind: kind, source: source)
        change(&input)
        step(input)
    }
}

import Model
import Testing

@testable import Runtime

/// Goal: of a run's states each cause that outlives it is taken over by itself, with the day that it was of, under the numbers
/// that strategies and instruments have now; what was lifted, and what ends with its run, is not; nor what a person has lifted
/// while nobody ran. The peak is the highest that was told, and begins anew where a drawdown was lifted. Day trades are those of
/// earlier days.
/// Method: inputs and facts by hand, as the core records them.
@Test func whatStoppedAScopeIsTakenOver() throws {
    let day: UInt64 = 86_400_000_000_000
    var risk = EarlierRisk(dayOffsetSeconds: 0)
    func at(_ ns: UInt64, _ kind: InputKind = .venueNotice) {
        var input = Input(kind: kind)
        input.engine_time_ns = ns
        if kind == .start { input.execution_id = 10 * day }
        risk.take(input)
    }
    func tell(_ kind: FactKind, _ fill: (inout Fact) -> Void) {
        var fact = Fact(kind: kind, sequence: 1)
        fill(&fact)
        risk.take(
            fact, symbol: { ["AAA", "BBB"][Int($0)] }, strategy: { ["one", "two"][$0] })
    }
    func state(
        _ state: TradingState, _ scope: RiskScope, _ rule: Rule, _ fill: (inout Fact) -> Void = { _ in }
    ) {
        tell(.riskState) {
            $0.detail = UInt32(state.rawValue) | UInt32(scope.rawValue) << 8 | rule.rawValue << 16
            fill(&$0)
        }
    }
    at(0, .start)
    #expect(!risk.hasBegun)
    at(1)
    #expect(risk.hasBegun)
    state(.halted, .account, .drawdown)
    state(.halted, .account, .killed)
    state(.halted, .account, .stopped)
    state(.halted, .account, .dayLoss)
    state(.reduceOnly, .instrument, .operatorSaid) { $0.instrument = 1 }
    state(.halted, .strategy, .repeatedExecutions) { $0.strategy = 1 }
    state(.reduceOnly, .instrument, .operatorSaid) { $0.instrument = 0 }
    state(.normal, .instrument, .operatorSaid) { $0.instrument = 0 }
    tell(.accountState) {
        $0.price = 900
        $0.execution_id = 150
    }
    tell(.dayTrade) { $0.quantity = 1 }
    tell(.dayTrade) { $0.quantity = 2 }
    at(day + 5)
    tell(.dayTrade) { $0.quantity = 1 }

    func inputs(today: Int64 = 11) -> [Input] {
        risk.inputs(today: today, instrument: { $0 == Symbol("BBB") ? 7 : nil }, strategies: ["two"])
    }
    let all = inputs()
    let peak = try #require(all.first { $0.kind == InputKind.restorePeak.rawValue })
    #expect(peak.quantity == 1_050 && peak.price == 0)
    let trades = all.filter { $0.kind == InputKind.restoreDayTrades.rawValue }
    #expect(
        trades.map(\.execution_id) == [10] && trades.map(\.quantity) == [2],
        "of today the venue's stream tells")
    let states = all.filter { $0.kind == InputKind.restoreState.rawValue }
    #expect(
        states.map(\.user_ref)
            == [Rule.dayLoss, .drawdown, .repeatedExecutions, .operatorSaid].map(\.rawValue))
    #expect(states.map(\.quantity) == [10, 10, 10, 10])
    #expect(states.map(\.side) == [3, 3, 3, 1] && states[2].price == 0 && states[3].instrument == 7)

    // A person has lifted the account while nobody ran.
    var lifted = risk
    lifted.lift(accountBefore: 10 * day + 1)
    #expect(lifted.standing.keys.allSatisfy { $0.scope != .account } && lifted.standing.count == 2)
    var earlier = risk
    earlier.lift(accountBefore: 10 * day)
    #expect(earlier.standing.count == 4, "a lift of before ends nothing")

    // A drawdown that was lifted: the peak is another from here on.
    state(.normal, .account, .drawdown)
    #expect(risk.peak == nil)
    tell(.accountState) {
        $0.price = 880
        $0.execution_id = 170
    }
    #expect(risk.peak == 880)
}

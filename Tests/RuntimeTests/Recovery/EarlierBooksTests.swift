import Core
import Model
import Testing

@testable import Runtime

/// A fact about an execution of strategy 0 in instrument 3.
private func fact(
    _ kind: FactKind, _ side: Side, _ quantity: Int64, _ price: Int64, id: UInt64, strategy: UInt16 = 0
) -> (Fact, FactKind) {
    var fact = Fact(kind: kind, sequence: 1)
    fact.side = side.rawValue
    fact.quantity = quantity
    fact.price = price
    fact.execution_id = id
    fact.instrument = 3
    fact.strategy = strategy
    return (fact, kind)
}

/// Goal: what a strategy held in its own book is the next run's again, once, whatever of it was undone or told twice.
/// Method: executions, one undone, one corrected, one of which a part was in the book before, and one of nobody's; then the
/// same again from the inputs that tell the next run.
@Test func aStrategysBookOutlivesTheRun() throws {
    let symbol = try #require(Symbol("AAPL"))
    var books = EarlierBooks()
    let facts = [
        fact(.orderFilled, .buy, 100, 1_000_000, id: 1), fact(.orderFilled, .buy, 50, 1_100_000, id: 2),
        fact(.executionBroken, .buy, 50, 1_100_000, id: 2),
        fact(.orderFilled, .sell, 40, 1_200_000, id: 3),
        fact(.orderFilled, .buy, 30, 1_000_000, id: 4), fact(.executionKnown, .buy, 30, 0, id: 4),
        fact(.orderFilled, .buy, 10, 1_000_000, id: 5), fact(.executionCorrected, .buy, 20, 1_000_000, id: 5),
        fact(.orderFilled, .buy, 7, 1_000_000, id: 6, strategy: .max),
    ]
    for (fact, kind) in facts { books.take(fact, kind) }
    let named = books.named(strategies: ["cross"], symbols: [3: symbol])
    let key = EarlierBooks.Key(strategy: "cross", symbol: symbol)
    // 100 bought at 100, 40 of them sold at 120, 20 more bought at 100.
    #expect(named == [key: EarlierBooks.Book(position: 80, cost: 80_000_000, realised: 8_000_000)])

    let inputs = EarlierBooks.inputs(
        named, instrument: { $0 == symbol ? 9 : nil }, strategies: ["other", "cross"])
    #expect(inputs.count == 1)
    let input = try #require(inputs.first)
    #expect(input.user_ref == 1 && input.instrument == 9 && input.quantity == 80)
    var next = EarlierBooks()
    next.take(input)
    #expect(next.named(strategies: ["other", "cross"], symbols: [9: symbol]) == named)
    // A strategy that the next program does not have trades nothing: its book is nobody's.
    #expect(EarlierBooks.inputs(named, instrument: { _ in 9 }, strategies: ["other"]).isEmpty)
}

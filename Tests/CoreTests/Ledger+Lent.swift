import Model

@testable import Core

/// A market of which nothing is known.
func flatMarket() -> MarketLine { MarketLine(instrument: InstrumentID(index: 0)) }

/// A market with one share on each side; 0: that side is empty.
func market(bid: Int64, ask: Int64) -> MarketLine {
    var line = flatMarket()
    line.quote.bid = Price(raw: bid)
    line.quote.bidQuantity = Quantity(raw: bid == 0 ? 0 : 1)
    line.quote.ask = Price(raw: ask)
    line.quote.askQuantity = Quantity(raw: ask == 0 ? 0 : 1)
    return line
}

// The ledger is lent the market's line; a test has it as a value.
extension Ledger {
    mutating func book(
        _ instrument: Int, _ side: Side, price: Price, quantity: Int64, key: ExecutionKey = .none,
        isMaker: Bool = false, order: OrderHandle = .none, market: MarketLine
    ) -> PositionChange {
        var market = market
        return book(
            instrument, side, price: price, quantity: quantity, key: key, isMaker: isMaker, order: order,
            market: &market)
    }

    mutating func undo(
        _ instrument: Int, _ side: Side, price: Price, quantity: Int64, key: ExecutionKey = .none,
        isMaker: Bool = false, order: OrderHandle = .none, market: MarketLine
    ) -> PositionChange {
        var market = market
        return undo(
            instrument, side, price: price, quantity: quantity, key: key, isMaker: isMaker, order: order,
            market: &market)
    }

    mutating func mark(_ instrument: Int, market: MarketLine) {
        var market = market
        mark(instrument, market: &market)
    }
}

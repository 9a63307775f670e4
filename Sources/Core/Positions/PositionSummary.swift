public import Model

/// A position as people read it: `symbol, side, quantity, entry_price, current_price, unrealized_pnl, realized_pnl`.
public struct PositionSummary: BitwiseCopyable, Sendable {
    /// Which way a position lies.
    @frozen public enum Side: UInt8, BitwiseCopyable, Sendable, CustomStringConvertible {
        case flat = 0
        case long = 1
        case short = 2

        public var description: String {
            switch self {
            case .flat: "FLAT"
            case .long: "LONG"
            case .short: "SHORT"
            }
        }
    }

    public let symbol: Symbol
    public let side: Side
    /// Never negative.
    public let quantity: Quantity
    /// Average price of what is open, truncated toward zero; 0 when flat.
    public let entryPrice: Price
    /// What it could be closed at: the bid for longs, the ask for shorts; 0: it was never held.
    public let currentPrice: Price
    /// In the instrument's currency, before fees.
    public let unrealisedPnl: Money
    /// In the instrument's currency, before fees.
    public let realisedPnl: Money
    /// Rounded up: against us.
    public let fees: Money
    /// The currency's place among the account's.
    public let currency: UInt8

    public init(symbol: Symbol, _ position: Position) {
        let held = position.quantity.raw
        self.symbol = symbol
        side = held == 0 ? .flat : held > 0 ? .long : .short
        quantity = Quantity(raw: abs(held))
        entryPrice = position.averagePrice
        currentPrice = position.mark
        unrealisedPnl = position.unrealised
        realisedPnl = position.realised
        fees = position.fees
        currency = position.currency
    }
}

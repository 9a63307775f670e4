internal import Core
internal import Model

/// A position as people and programs outside look at it. Prices and money are decimals as text, exact: four digits behind
/// the point.
public struct PositionRow: Codable, Sendable, Equatable {
    public var symbol: String
    /// Of the instrument, which money below is in; `nil`: not known, as in a journal.
    public var currency: String?
    /// `long`, `short` or `flat`.
    public var side: String
    /// Signed.
    public var quantity: Int64
    /// `nil`: nothing is held.
    public var entryPrice: String?
    /// The price that the unrealised profit counts by; `nil`: there is none yet.
    public var currentPrice: String?
    /// `nil`: not known, as in a journal, which has no prices of the market.
    public var unrealisedPnl: String?
    public var realisedPnl: String
    public var fees: String?
    /// Realised and unrealised less fees.
    public var netPnl: String?
    /// What open orders may still buy and sell, those in doubt included; `nil`: not known, as in a journal.
    public var openBuy: Int64?
    public var openSell: Int64?
    /// The instrument may do less than everything: see ``state``.
    public var isReduceOnly = false
    /// What the instrument may do: `normal`, `reduce_only`, `liquidation_only`, `halted`; `nil`: not known, as in a journal.
    public var state: String?

    public init(symbol: String, quantity: Int64, entryPrice: Int64, realised: Int128) {
        self.symbol = symbol
        self.quantity = quantity
        side = quantity > 0 ? "long" : quantity < 0 ? "short" : "flat"
        self.entryPrice = quantity == 0 ? nil : Words.price(entryPrice)
        realisedPnl = Words.money(realised)
    }

    init(_ view: PositionView, symbol: String, currency: String?) {
        self.init(
            symbol: symbol, quantity: view.quantity, entryPrice: view.averagePrice, realised: view.realised)
        self.currency = currency
        currentPrice = view.mark == 0 ? nil : Words.price(view.mark)
        unrealisedPnl = Words.money(view.unrealised)
        fees = Words.money(view.fees)
        netPnl = Words.money(view.realised + view.unrealised - view.fees)
        openBuy = view.openBuy
        openSell = view.openSell
        isReduceOnly = view.isReduceOnly
        state = Words.name(view.state)
    }
}

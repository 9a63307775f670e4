internal import Core
internal import Model

/// The account as people and programs outside look at it, in its base currency. Money is decimals as text, four digits
/// behind the point.
public struct AccountRow: Codable, Sendable, Equatable {
    /// One currency that the account holds money in, in that currency.
    public struct Currency: Codable, Sendable, Equatable {
        public var currency: String
        /// Units of the base currency for one of it.
        public var rate: String
        public var cash: String
        public var marketValue: String
        public var equity: String
        public var realisedPnl: String
        public var unrealisedPnl: String
        public var fees: String

        init(_ view: CurrencyView) {
            currency = Symbol(raw: view.code).description
            rate = Words.rate(view.rate)
            cash = Words.money(view.cash)
            marketValue = Words.money(view.marketValue)
            equity = Words.money(view.equity)
            realisedPnl = Words.money(view.realised)
            unrealisedPnl = Words.money(view.unrealised)
            fees = Words.money(view.fees)
        }
    }

    public var currency: String
    public var cash: String
    /// What is held, shorts negative: the net exposure.
    public var marketValue: String
    /// Cash and market value.
    public var equity: String
    /// Longs and shorts both positive.
    public var grossExposure: String
    public var realisedPnl: String
    public var unrealisedPnl: String
    public var fees: String
    /// Equity now less equity when the venue's day began.
    public var dayPnl: String
    public var peakEquity: String
    /// How far equity is below its peak.
    public var drawdown: String
    /// The same in basis points of the peak, rounded up.
    public var drawdownBps: Int64
    /// The farthest that it ever was.
    public var maxDrawdown: String
    public var maxDrawdownBps: Int64
    /// The base first.
    public var currencies: [Currency] = []

    init(_ totals: AccountTotals, currency: String) {
        self.currency = currency
        cash = Words.money(totals.cash.raw)
        marketValue = Words.money(totals.marketValue.raw)
        equity = Words.money(totals.equity.raw)
        grossExposure = Words.money(totals.grossExposure.raw)
        realisedPnl = Words.money(totals.realised.raw)
        unrealisedPnl = Words.money(totals.unrealised.raw)
        fees = Words.money(totals.fees.raw)
        dayPnl = Words.money(totals.dayProfit.raw)
        peakEquity = Words.money(totals.equityPeak.raw)
        drawdown = Words.money(totals.drawdown.raw)
        drawdownBps = totals.drawdownBps
        maxDrawdown = Words.money(totals.drawdownMax.raw)
        maxDrawdownBps = totals.drawdownMaxBps
    }
}

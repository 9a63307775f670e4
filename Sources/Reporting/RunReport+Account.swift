extension RunReport {
    /// The account at the end of the run, in its base currency. Amounts are decimals as text, exact to the shown digits.
    public struct Account: Codable, Sendable {
        /// One of several currencies, in that currency.
        public struct Currency: Codable, Sendable {
            public var currency: String
            /// Units of the base currency for one of it, at the end.
            public var rate: String
            public var cash: String
            public var marketValue: String
            public var equity: String
            public var fees: String

            public init(
                currency: String, rate: String, cash: String, marketValue: String, equity: String,
                fees: String
            ) {
                self.currency = currency
                self.rate = rate
                self.cash = cash
                self.marketValue = marketValue
                self.equity = equity
                self.fees = fees
            }
        }

        public var currency: String
        public var cash = "0.00"
        /// What is held, shorts negative: the net exposure.
        public var marketValue = "0.00"
        /// Longs and shorts both positive.
        public var grossExposure = "0.00"
        /// Cash and market value.
        public var equity = "0.00"
        /// Since the venue's day began.
        public var dayPnl = "0.00"
        public var peakEquity = "0.00"
        public var drawdown = "0.00"
        /// In basis points of the peak, rounded up.
        public var drawdownBps: Int64 = 0
        public var maxDrawdown = "0.00"
        public var maxDrawdownBps: Int64 = 0
        /// Price times quantity times multiplier of all executions that stand.
        public var tradedNotional = "0.00"
        /// Shares and contracts.
        public var volume: Int64 = 0
        /// `average` or `fifo`.
        public var costMethod: String
        /// The base first; empty where it is the only one.
        public var currencies: [Currency] = []

        public init(currency: String, costMethod: String) {
            self.currency = currency
            self.costMethod = costMethod
        }
    }

    func accountLines() -> [String] {
        guard let account else { return [] }
        var lines = [
            "Account, \(account.currency): equity \(account.equity) (cash \(account.cash), held \(account.marketValue)), "
                + "gross exposure \(account.grossExposure)",
            "  day \(account.dayPnl), peak \(account.peakEquity), drawdown \(account.drawdown) "
                + "(\(account.drawdownBps) bps), largest \(account.maxDrawdown) (\(account.maxDrawdownBps) bps)",
            "  traded \(account.tradedNotional) in \(account.volume) units; cost method \(account.costMethod)",
        ]
        for currency in account.currencies {
            lines.append(
                "  \(currency.currency) at \(currency.rate): equity \(currency.equity) (cash \(currency.cash), held "
                    + "\(currency.marketValue)), fees \(currency.fees)")
        }
        return lines
    }
}

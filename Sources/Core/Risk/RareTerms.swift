/// What few instruments have; looked at only where ``RiskLine/hasRareTerms`` says so.
struct RareTerms: BitwiseCopyable {
    /// Margin of its notional; below 0: the account's.
    var marginPpm: Int64 = -1
    /// What may be sold short; `Int64.max`: as much as the limits allow.
    var locatedQuantity: Int64 = .max
    /// Held on margin alone: no cash changes hands for it.
    var isMargined = false
    /// Its own rate of orders.
    var rate = OrderRate()

    /// Whether anything of it is not as everywhere.
    var isAny: Bool {
        marginPpm >= 0 || locatedQuantity != .max || isMargined || rate.isOn
    }
}

/// What an instrument has beside its lines: looked at where ``RiskLine/hasRareTerms`` says so, where limits change, and by
/// a check that has to name what refuses.
struct RareTerms: BitwiseCopyable {
    /// The instrument's own limits on an order; `Int64.max`: none. Money in the base currency.
    var orderQuantityMax: Int64 = .max
    var orderNotionalMax: Int64 = .max
    /// Volume of a usual day; 0: unknown.
    var dailyVolume: Int64 = 0
    /// Margin of its notional; below 0: the account's.
    var marginPpm: Int64 = -1
    /// What may be sold short; `Int64.max`: as much as the limits allow.
    var locatedQuantity: Int64 = .max
    /// Held on margin alone: no cash changes hands for it.
    var isMargined = false
    /// Its own rate of orders.
    var rate = OrderRate()

    /// Whether anything of it makes an order's check another one than everywhere.
    var isAny: Bool {
        marginPpm >= 0 || locatedQuantity != .max || isMargined || rate.isOn
    }
}

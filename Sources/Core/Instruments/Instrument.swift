public import Model

/// What names an instrument; what trading it needs stands in ``RiskLine`` and ``MarketLine``.
public struct Instrument: BitwiseCopyable, Sendable {
    public internal(set) var symbol = Symbol.blank
    /// The exchange's round lot, as its feed told; 0: it did not. No bound on orders.
    public internal(set) var roundLot: Int64 = 0
    public internal(set) var stream: UInt8 = 0
    /// Place of its hours among the calendars; 255: it has none.
    var calendar: UInt8 = .max
}

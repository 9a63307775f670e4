/// What kind of price an order names.
@frozen public enum OrderType: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case market = 0
    case limit = 1
}

/// How long an order stays.
@frozen public enum TimeInForce: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Until the end of the trading day.
    case day = 0
    /// Fill at once what can be, cancel the rest.
    case immediateOrCancel = 1
}

/// Bits beside an order's terms.
@frozen public struct OrderFlags: OptionSet, BitwiseCopyable, Sendable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// May only bring the position nearer to zero.
    @inlinable public static var reduceOnly: OrderFlags { OrderFlags(rawValue: 1) }
}

/// What kind of price an order names, and whether it waits for one.
@frozen public enum OrderType: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// At whatever the other side asks, as far as the collar allows.
    case market = 0
    case limit = 1
    /// A market order once something trades at the stop price or beyond.
    case stop = 2
    /// A limit order once something trades at the stop price or beyond.
    case stopLimit = 3
    /// A stop whose price follows the market at a fixed distance, in one direction.
    case trailingStop = 4

    /// Waits for a price before it becomes an order that can execute.
    @inlinable public var isStop: Bool {
        switch self {
        case .market, .limit: false
        case .stop, .stopLimit, .trailingStop: true
        }
    }
}

/// How long an order stays.
@frozen public enum TimeInForce: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Until the end of the trading day.
    case day = 0
    /// Fill at once what can be, cancel the rest.
    case immediateOrCancel = 1
    /// Until it is cancelled, over the days.
    case goodTillCancelled = 2
    /// Until a moment that the order names.
    case goodTillDate = 3
    /// At once and whole, or not at all.
    case fillOrKill = 4

    /// Never rests.
    @inlinable public var isImmediate: Bool {
        switch self {
        case .immediateOrCancel, .fillOrKill: true
        case .day, .goodTillCancelled, .goodTillDate: false
        }
    }

    /// What is left of it at the end of a day is wanted on the next.
    @inlinable public var outlivesDay: Bool {
        switch self {
        case .goodTillCancelled, .goodTillDate: true
        case .day, .immediateOrCancel, .fillOrKill: false
        }
    }
}

/// Bits beside an order's terms.
@frozen public struct OrderFlags: OptionSet, BitwiseCopyable, Sendable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// May only bring the position nearer to zero.
    @inlinable public static var reduceOnly: OrderFlags { OrderFlags(rawValue: 1) }
    /// May only rest: what would trade at once is refused.
    @inlinable public static var postOnly: OrderFlags { OrderFlags(rawValue: 2) }

    @inlinable public var isReduceOnly: Bool { rawValue & 1 != 0 }
    @inlinable public var isPostOnly: Bool { rawValue & 2 != 0 }
}

/// What becomes of the rest of an order once a part of it has executed.
@frozen public enum RemainderPolicy: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// It stays as it is.
    case keep = 0
    /// It is cancelled.
    case cancel = 1
    /// It is moved to the touch of the other side, once, as far as the collar allows.
    case cross = 2
}

/// How one order hangs on another.
@frozen public enum OrderLink: UInt32, BitwiseCopyable, Sendable, CaseIterable {
    /// Takes profit of what its parent executed.
    case takeProfit = 1
    /// Stops the loss of what its parent executed.
    case stopLoss = 2
    /// One cancels the other.
    case sibling = 3
    /// Made again, as the venue is proven not to have it.
    case retryOf = 4
    /// Waits for its parent to be filled.
    case triggeredBy = 5
}

/// Whether what was refused may be asked again.
@frozen public enum RefusalClass: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Nobody has classified the reason: it is not asked again.
    case unknown = 0
    /// It would be refused again: insufficient balance, invalid symbol, market closed, price too far.
    case never = 1
    /// Proven not accepted, for a reason that passes: overload, rate limit, not sent.
    case retry = 2
}

public import Model

/// What happens when an order meets one of the same owner.
@frozen public enum SelfTrade: UInt8, BitwiseCopyable, Sendable {
    /// They trade, both sides under one match number.
    case allowed = 0
    /// What is left of the arriving order is cancelled.
    case cancelNewest = 1
    /// The resting order is cancelled, and the arriving one goes on.
    case cancelOldest = 2
    /// Both lose the quantity that they would have traded; none of it is traded.
    case decrementBoth = 3
}

/// The sizes that a matching engine has for its life; everything is allocated from them at the start.
public struct MatchingLimits: Sendable {
    /// Instruments, numbered from 0.
    public var instrumentCountMax: Int
    /// Orders in all books together; at most 2²⁴ − 2.
    public var orderCountMax: Int
    /// Pages of 64 neighbouring ticks, over all books and sides: 1 KiB each.
    public var pageCountMax: Int
    /// Events of one command; an order that would fill more is cut off, and its rest cancelled.
    public var eventCountMax: Int
    public var selfTrade: SelfTrade

    /// Largest quantity of an order: what OUCH 5.0 allows.
    public static var quantityMax: UInt32 { 1_000_000 }
    /// Largest price: 199,999.9900 is the highest that OUCH 5.0 takes for a limit.
    public static var priceMax: Price { Price(raw: 1_999_999_900) }

    public init(
        instrumentCountMax: Int = 64, orderCountMax: Int = 1 << 18, pageCountMax: Int = 1 << 13,
        eventCountMax: Int = 4096, selfTrade: SelfTrade = .allowed
    ) {
        self.instrumentCountMax = instrumentCountMax
        self.orderCountMax = orderCountMax
        self.pageCountMax = pageCountMax
        self.eventCountMax = eventCountMax
        self.selfTrade = selfTrade
    }
}

/// Counts since the engine was made.
public struct MatchingCounters: BitwiseCopyable, Sendable {
    public var commands: UInt64 = 0
    public var executions: UInt64 = 0
    public var rejected: UInt64 = 0
    public var rejectedForRoom: UInt64 = 0
    public var cutOff: UInt64 = 0
    /// Shares traded, each trade once.
    public var sharesTraded: UInt64 = 0
}

/// An order in the book, as a reader sees it.
@frozen public struct RestingOrder: BitwiseCopyable, Hashable, Sendable {
    public var reference: UInt64
    public var price: Price
    public var remaining: UInt32
    public var owner: UInt32
    public var userRef: UInt32
    public var instrument: InstrumentID
    public var side: Side
}

/// A price level, as a reader sees it.
@frozen public struct MatchingLevel: BitwiseCopyable, Hashable, Sendable {
    public var price: Price
    /// Sum over its orders, shares.
    public var quantity: Int64
}

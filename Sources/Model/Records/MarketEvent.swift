/// One market data message, whatever protocol it came in, one cache line: see `st_records.h` for its fields.
public typealias MarketEvent = st_market_event

/// What a market data message does. The comment says which fields carry what.
@frozen public enum MarketEventKind: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Of no interest to books and strategies; `code` is the message's type.
    case other = 0
    /// A new order in the book: `order_ref`, `side`, `price`, `quantity`.
    case add = 1
    /// `order_ref` executed at its own price: `quantity`, `match_number`.
    case execute = 2
    /// `order_ref` executed at `price`: `quantity`, `match_number`; flag `.nonPrintable`.
    case executeAtPrice = 3
    /// `order_ref` lost `quantity` by a partial cancel.
    case reduce = 4
    /// `order_ref` left the book.
    case delete = 5
    /// `order_ref` became `new_order_ref` with `price`, `quantity`, at the back of the queue; same side.
    case replace = 6
    /// The level at `price` on `side` now holds `quantity` in all (0: gone). Flag `.transactionOpen`: more changes
    /// of the same event follow, the book is not to be acted on yet.
    case levelSet = 7
    /// A trade that changes no displayed order: `price`, `quantity`, `match_number`, `side` where known.
    case trade = 8
    /// A trade was broken: `match_number`.
    case tradeBreak = 9
    /// Trading status of the instrument: `code` is `T` trading, `H` halted, `P` paused, `Q` quotation only; or, beside that
    /// and independent of it, `O` operationally halted on this venue, `N` no more.
    case status = 10
    /// The instrument is defined: `symbol`; `quantity`: round lot; 0 where unknown.
    case instrument = 11
    /// The market's day: `code` is the venue's event code.
    case system = 12
}

@frozen public struct MarketEventFlags: OptionSet, BitwiseCopyable, Sendable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The execution is not to be counted in volume.
    @inlinable public static var nonPrintable: MarketEventFlags { MarketEventFlags(rawValue: 1) }
    /// More changes of the same event follow.
    @inlinable public static var transactionOpen: MarketEventFlags { MarketEventFlags(rawValue: 2) }
    /// A cross or auction trade.
    @inlinable public static var cross: MarketEventFlags { MarketEventFlags(rawValue: 4) }
}

extension st_market_event {
    @inlinable public var eventKind: MarketEventKind {
        guard let known = MarketEventKind(rawValue: kind) else {
            preconditionFailure("Invariant: market event kind is known")
        }
        return known
    }

    /// Whether it is about a level or an order of a book.
    @inlinable public var changesDepth: Bool {
        kind >= MarketEventKind.add.rawValue && kind <= MarketEventKind.levelSet.rawValue
    }

    @inlinable public var orderSide: Side {
        guard let known = Side(rawValue: side) else { preconditionFailure("Invariant: side is known") }
        return known
    }
}

public import Matching
public import Model

/// The matching side of an exchange that follows a capture: the market is the capture's, and clients' orders are
/// matched against what it displays and trades, without changing a byte of it.
///
/// What it assumes, in the order in which it matters:
/// - An arriving order takes what is displayed at its limit or better, at the displayed price. What was taken is gone
///   for other orders (``FollowedSide``), though the capture goes on showing it.
/// - What is left of a day order waits behind everything displayed at its price then. It fills when the capture trades
///   at its price, after the quantity ahead has traded or gone, or through its price; and when the other side comes
///   to display its price or better. One print fills no more than its own quantity, over all waiting orders.
/// - Clients' orders do not trade with each other, and the capture's participants do not react to them.
/// - Auction prints (crosses) fill nobody; nothing trades while an instrument is halted.
///
/// It speaks like ``MatchingEngine``: commands in, ``MatchEvent`` out, with reference 0 for the market's side of an
/// execution. Time does not enter; packets come as arguments, so the same calls give the same events.
///
/// - Bounds: ``instrumentCountMax`` instruments, ``orderCountMax`` waiting orders; one order fills at most
///   ``fillCountMax`` levels on arrival, and what is left then is cancelled with `.tooManyFills`.
public struct CaptureFollower {
    public static let instrumentCountMax = 65_536
    public static let orderCountMax = 100_000
    static let fillCountMax = 1_024

    var books: [FollowedBook] = []
    var bySymbol: [UInt64: Int] = [:]
    /// ITCH: stock locate to book; 0: unknown, else index + 1.
    var byLocate: [Int32] = []
    var placed: [UInt64: Placed] = [:]
    var displayedOrders: [UInt64: DisplayedOrder] = [:]
    var lastReference: UInt64 = 0
    var lastMatch: UInt64 = 0

    /// What the last command or market event did to clients' orders, in order.
    public internal(set) var events: [MatchEvent] = []
    public internal(set) var executionCount: UInt64 = 0
    /// Market events that named an order or instrument that was never seen: the capture began in the middle.
    public internal(set) var unexplainedCount: UInt64 = 0
    /// Messages of the capture so far.
    public internal(set) var messageCount: UInt64 = 0
    /// Messages (or whole packets) that could not be decoded and were passed over.
    public internal(set) var undecodedCount: UInt64 = 0

    struct Placed {
        var book: Int
        var side: Side
    }

    /// An order of a by-order capture.
    struct DisplayedOrder {
        var book: Int32
        var side: Side
        var price: Int64
        var quantity: Int64
    }

    public init() {}

    // MARK: Instruments

    /// How many instruments the capture has shown so far; their numbers are `0 ..< instrumentCount`.
    public var instrumentCount: Int { books.count }

    /// The number of an instrument, `nil` while the capture has not shown it.
    public func instrument(_ symbol: Symbol) -> InstrumentID? {
        bySymbol[symbol.raw].map { InstrumentID(index: UInt32($0)) }
    }

    public func symbol(_ instrument: InstrumentID) -> Symbol? {
        Int(instrument.index) < books.count ? books[Int(instrument.index)].symbol : nil
    }

    mutating func book(_ symbol: UInt64) -> Int? {
        if let known = bySymbol[symbol] { return known }
        guard books.count < Self.instrumentCountMax else { return nil }
        books.append(FollowedBook(symbol: Symbol(raw: symbol)))
        bySymbol[symbol] = books.count - 1
        return books.count - 1
    }

    /// The book that a market event concerns: by symbol where it has one (IEX), else by stock locate (ITCH).
    mutating func book(of event: MarketEvent) -> Int? {
        if event.instrument == UInt32.max { return event.symbol == 0 ? nil : book(event.symbol) }
        let locate = Int(event.instrument)
        if event.eventKind == .instrument, locate < Self.instrumentCountMax, let index = book(event.symbol) {
            while byLocate.count <= locate { byLocate.append(0) }
            byLocate[locate] = Int32(index + 1)
            return index
        }
        guard locate < byLocate.count, byLocate[locate] != 0 else { return nil }
        return Int(byLocate[locate]) - 1
    }

    /// The best displayed level of a side, less what clients took: for reports and tests.
    public func best(_ instrument: InstrumentID, _ side: Side) -> (price: Price, quantity: Int64)? {
        guard Int(instrument.index) < books.count else { return nil }
        let levels = books[Int(instrument.index)][side].levels
        guard let first = levels.first(where: { $0.available > 0 }) else { return nil }
        return (Self.price(first.key, side), first.available)
    }

    /// What is left of a waiting order and what is displayed ahead of it; `nil`: it does not wait.
    public func waiting(_ reference: UInt64) -> (remaining: UInt32, ahead: Int64)? {
        guard let place = placed[reference] else { return nil }
        let order = books[place.book][orders: place.side].first { $0.reference == reference }
        return order.map { ($0.remaining, $0.ahead) }
    }

    // Wrapping: a capture may hold any bytes, and the lowest number has no opposite.
    static func key(_ price: Price, _ side: Side) -> Int64 { side == .buy ? 0 &- price.raw : price.raw }
    static func price(_ key: Int64, _ side: Side) -> Price { Price(raw: side == .buy ? 0 &- key : key) }
}

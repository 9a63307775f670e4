public import Model
@frozen public struct Quote: BitwiseCopyable, Sendable {
    public var instrument: InstrumentID
    public var bid: Price
    public var bidQuantity: Quantity
    public var ask: Price
    public var askQuantity: Quantity
    public var venueTimeNs: UInt64
    @inlinable public init(instrument: InstrumentID, bid: Price, bidQuantity: Quantity, ask: Price, askQuantity: Quantity, venueTimeNs: UInt64) {
        self.instrument = instrument; self.bid = bid; self.bidQuantity = bidQuantity; self.ask = ask; self.askQuantity = askQuantity; self.venueTimeNs = venueTimeNs
    }
}
public struct BookEffect: OptionSet, BitwiseCopyable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static var topChanged: BookEffect { BookEffect(rawValue: 1) }
    public static var traded: BookEffect { BookEffect(rawValue: 2) }
    public static var statusChanged: BookEffect { BookEffect(rawValue: 4) }
    public static var broken: BookEffect { BookEffect(rawValue: 8) }
    public static var ignored: BookEffect { BookEffect(rawValue: 16) }
}
public enum BookState: UInt8, BitwiseCopyable, Sendable { case whole, stale, broken }
public struct BookTable: ~Copyable {
    public init(instrumentCountMax: Int, orderCountMax: Int, levelCountMax: Int) {}
    public mutating func apply(_ event: inout MarketEvent) -> BookEffect { .ignored }
    public func quote(_ instrument: InstrumentID) -> Quote { Quote(instrument: instrument, bid: Price(raw: 0), bidQuantity: .zero, ask: Price(raw: 0), askQuantity: .zero, venueTimeNs: 0) }
    public func state(_ instrument: InstrumentID) -> BookState { .whole }
}

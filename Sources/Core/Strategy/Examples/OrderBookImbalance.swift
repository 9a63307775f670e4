public import Model

/// Buys where far more is bid for than offered, sells where it is the other way round: the queue that is longer
/// tends to stay, the shorter one tends to go, and the price moves through it.
///
/// Imbalance is `(bid quantity − ask quantity) / (bid quantity + ask quantity)`, between −1 and 1. Keeps no state: it
/// looks at its own book, so it serves any number of instruments beside any number of other strategies.
public struct OrderBookImbalance: Strategy, Sendable {
    /// Imbalance from which it acts; at it, too.
    public let threshold: Double
    /// It adds to no position of this size, either way.
    public let positionMax: Quantity
    /// Widest spread that it pays, in basis points of the middle.
    public let spreadBpsMax: Int64

    @inlinable public init(
        threshold: Double = 0.8, positionMax: Quantity = Quantity(raw: 300), spreadBpsMax: Int64 = 10
    ) {
        precondition(threshold > 0 && threshold <= 1, "Caller: an imbalance lies between 0 and 1")
        self.threshold = threshold
        self.positionMax = positionMax
        self.spreadBpsMax = spreadBpsMax
    }

    /// The measure itself; 0 where a side is empty.
    @inlinable public static func imbalance(_ quote: Quote) -> Double {
        guard quote.bidQuantity.raw > 0, quote.askQuantity.raw > 0 else { return 0 }
        let bid = Double(quote.bidQuantity.raw)
        let ask = Double(quote.askQuantity.raw)
        return (bid - ask) / (bid + ask)
    }

    @inlinable public static var wants: StrategyInterests { .quotes }

    @inlinable @inline(__always) public mutating func onQuote(
        _ quote: Quote, _ context: inout StrategyContext
    ) {
        let imbalance = Self.imbalance(quote)
        guard imbalance >= threshold || imbalance <= -threshold else { return }
        let instrument = quote.instrument
        // One order at a time: what is on its way must be answered first.
        let own = context.own(instrument)
        guard own.buyCount == 0, own.sellCount == 0 else { return }
        let spread = quote.ask.raw - quote.bid.raw
        guard spread > 0, spread * 10_000 <= spreadBpsMax * quote.bid.raw else { return }
        let position = Quantity(raw: own.position)
        if imbalance > 0 {
            if position.raw < 0 {
                say(.flat, instrument, imbalance, &context)
            } else if position < positionMax {
                say(.buy, instrument, imbalance, &context)
            }
        } else if position.raw > 0 {
            say(.flat, instrument, -imbalance, &context)
        } else if position > -positionMax {
            say(.sell, instrument, -imbalance, &context)
        }
    }

    /// At the touch of the other side, now or not at all.
    @inlinable func say(
        _ action: SignalAction, _ instrument: InstrumentID, _ strength: Double,
        _ context: inout StrategyContext
    ) {
        context.signal(
            Signal(
                instrument: instrument, action: action, strength: strength, timeInForce: .immediateOrCancel))
    }
}

public import Model

/// What a strategy holds in one instrument: its own book, with what it takes to read it.
@frozen public struct OwnPosition: BitwiseCopyable, Sendable {
    public var instrument: InstrumentID
    public var book: StrategyBook
    /// Value of one point of price.
    public var multiplier: Int64
    /// What it could be closed at: the bid for a long, the ask for a short, else the last trade; 0: nothing is known.
    public var mark: Price

    @inlinable public init(instrument: InstrumentID, book: StrategyBook, multiplier: Int64, mark: Price) {
        self.instrument = instrument
        self.book = book
        self.multiplier = multiplier
        self.mark = mark
    }

    /// Signed: negative is short.
    @inlinable public var quantity: Quantity { Quantity(raw: book.position) }

    /// What the open quantity was bought or sold for, truncated toward zero; 0 when flat.
    @inlinable public var averagePrice: Price {
        guard book.position != 0 else { return Price(raw: 0) }
        return Price(raw: Int64(clamping: book.cost.raw / (Int128(book.position) * Int128(multiplier))))
    }

    /// Of what was closed, before fees.
    @inlinable public var realised: Money { book.realised }

    /// Of what is open, at its mark; 0 without one.
    @inlinable public var unrealised: Money {
        guard book.position != 0, mark.raw != 0 else { return .zero }
        return Money(mark, times: quantity, multiplier: multiplier) - book.cost
    }

    @inlinable public var profit: Money { realised + unrealised }

    /// What its orders on `side` may still execute, those in doubt included.
    @inlinable public func working(_ side: Side) -> Quantity {
        switch side {
        case .buy: Quantity(raw: book.openBuy)
        case .sell: Quantity(raw: book.openSell)
        case .none: .zero
        }
    }

    /// Its orders on `side` that have not ended.
    @inlinable public func workingCount(_ side: Side) -> Int {
        switch side {
        case .buy: Int(book.buyCount)
        case .sell: Int(book.sellCount)
        case .none: 0
        }
    }
}

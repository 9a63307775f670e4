/// One strategy: a struct with the callbacks that it needs; those that it leaves out do nothing and cost nothing.
///
/// What a callback is told of is booked already: positions, sums and books that ``StrategyContext`` shows count it. What the
/// callback says is handled right after it, before anybody else is called. Of one message or input, callbacks come in the
/// order in which they stand here.
public protocol Strategy: StrategySet, ~Copyable {
    /// What it is called for; ``StrategyInterests/usual`` unless it says otherwise. Quotes, trades, books and bars come to no
    /// strategy that does not name them here.
    static var wants: StrategyInterests { get }

    /// The engine is up, before the first event. The place to subscribe to bars.
    mutating func onStart(_ context: inout StrategyContext)
    /// The best bid or ask of an instrument has changed, in price or quantity.
    mutating func onQuote(_ quote: Quote, _ context: inout StrategyContext)
    /// Something traded. Of a message that moved the quote too, after `onQuote`.
    mutating func onTrade(_ trade: Trade, _ context: inout StrategyContext)
    /// A level of a book has changed, whether it is the best or not; not while the venue's transaction is open, but when its
    /// last message has come. Look with ``StrategyContext/level(_:_:depth:)``. Wants ``StrategyInterests/books``.
    mutating func onBook(_ change: BookChange, _ context: inout StrategyContext)
    /// A bar has closed: at its moment, or with the trade that filled it, after every strategy has had that trade. Wants
    /// ``StrategyInterests/bars``.
    mutating func onBar(_ bar: Bar, _ context: inout StrategyContext)

    /// A timer that this strategy set with ``StrategyContext/setTimer(afterNs:id:)``.
    mutating func onTimer(_ id: UInt32, _ context: inout StrategyContext)
    /// One of this strategy's orders executed. The account's position counts it, and so does its own book.
    mutating func onFill(_ fill: Fill, _ context: inout StrategyContext)
    /// One of this strategy's orders was accepted, replaced, cancelled, rejected, expired, or came in doubt or out of it. An
    /// execution is told by `onFill` alone.
    mutating func onOrder(_ update: OrderUpdate, _ context: inout StrategyContext)
    /// Its own position in an instrument has changed: after `onFill`, or because an execution was undone, corrected or booked
    /// late.
    mutating func onPosition(_ position: OwnPosition, _ context: inout StrategyContext)

    /// What it asked for was refused: by a limit, a state, or as there was no room. After the callback that asked. What it asks
    /// for here may be refused, too; that is in the journal and not told again.
    mutating func onRefused(_ refusal: Refusal, _ context: inout StrategyContext)
    /// The venue says something else than before about trading in an instrument: halted, resumed, closed.
    mutating func onStatus(_ change: StatusChange, _ context: inout StrategyContext)
    /// The account, this strategy, or an instrument may do more or less than before.
    mutating func onRiskState(_ change: RiskStateChange, _ context: inout StrategyContext)
    /// The orders' way to the venue or a stream of market data is gone or back. What was not answered is in doubt already, and
    /// books of a stream that lacks something are stale.
    mutating func onConnection(_ change: ConnectionChange, _ context: inout StrategyContext)

    /// The engine stops in order. Cancels that are asked for here still go.
    mutating func onStop(_ context: inout StrategyContext)
}

extension Strategy where Self: ~Copyable {
    @inlinable public static var wants: StrategyInterests { .usual }

    @inlinable public mutating func onStart(_ context: inout StrategyContext) {}
    @inlinable public mutating func onQuote(_ quote: Quote, _ context: inout StrategyContext) {}
    @inlinable public mutating func onTrade(_ trade: Trade, _ context: inout StrategyContext) {}
    @inlinable public mutating func onBook(_ change: BookChange, _ context: inout StrategyContext) {}
    @inlinable public mutating func onBar(_ bar: Bar, _ context: inout StrategyContext) {}
    @inlinable public mutating func onTimer(_ id: UInt32, _ context: inout StrategyContext) {}
    @inlinable public mutating func onFill(_ fill: Fill, _ context: inout StrategyContext) {}
    @inlinable public mutating func onOrder(_ update: OrderUpdate, _ context: inout StrategyContext) {}
    @inlinable public mutating func onPosition(_ position: OwnPosition, _ context: inout StrategyContext) {}
    @inlinable public mutating func onRefused(_ refusal: Refusal, _ context: inout StrategyContext) {}
    @inlinable public mutating func onStatus(_ change: StatusChange, _ context: inout StrategyContext) {}
    @inlinable public mutating func onRiskState(_ change: RiskStateChange, _ context: inout StrategyContext) {
    }
    @inlinable public mutating func onConnection(
        _ change: ConnectionChange, _ context: inout StrategyContext
    ) {}
    @inlinable public mutating func onStop(_ context: inout StrategyContext) {}
}

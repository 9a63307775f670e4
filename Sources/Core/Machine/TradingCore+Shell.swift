public import Model

// The only generic code of the core, specialised in the module that names the strategies: stage, callback, stage.
// A concrete `@_noLocks` function around it makes the compiler prove the strategies' callbacks. What no strategy wants is
// known here when it is compiled, and left out.
extension TradingCore {
    /// Applies one market data message and calls the strategies that are switched on, each one's wishes handled
    /// before the next is called.
    @inlinable public mutating func market<Strategies: StrategySet & ~Copyable>(
        _ event: inout MarketEvent, _ strategies: inout Strategies
    ) {
        let effect = apply(&event, for: &strategies)
        guard !effect.isEmpty else { return }
        for index in 0..<Strategies.count where context.enter(index) {
            call(index, effect, &strategies)
            if context.signalCount > 0 { decide() }
        }
        if unlikely(hasMore) { tellMore(&strategies) }
    }

    /// Applies one market data message, and says what the strategies are to be called for.
    @inlinable public mutating func apply<Strategies: StrategySet & ~Copyable>(
        _ event: inout MarketEvent, for strategies: inout Strategies
    ) -> MarketEffect {
        let effect =
            Strategies.interests.contains(.books) ? applyMarketWithDepth(&event) : applyMarket(&event)
        if Strategies.interests.contains(.bars), effect.contains(.trade) { addToBars() }
        return effect
    }

    /// Calls one strategy for what a market data message has changed. What it wants is not handled yet.
    @inlinable public mutating func call<Strategies: StrategySet & ~Copyable>(
        _ index: Int, _ effect: MarketEffect, _ strategies: inout Strategies
    ) {
        if effect.contains(.quote) { strategies.onQuote(index, quote, &context) }
        if effect.contains(.trade) { strategies.onTrade(index, trade, &context) }
        if Strategies.interests.contains(.books), effect.contains(.book) {
            strategies.onBook(index, bookChange, &context)
        }
    }

    /// Applies an input that is no market packet and calls the strategy that it concerns.
    @inlinable public mutating func input<Strategies: StrategySet & ~Copyable>(
        _ input: inout Input, _ strategies: inout Strategies
    ) {
        let effect = applyInput(&input)
        if effect.contains(.start) || effect.contains(.stop) {
            for index in 0..<Strategies.count where context.enter(index) {
                if effect.contains(.start) {
                    strategies.onStart(index, &context)
                } else {
                    strategies.onStop(index, &context)
                }
                if context.signalCount > 0 { decide() }
            }
        } else if !effect.isEmpty {
            let index = calledStrategy
            if index < Strategies.count, context.enter(index) {
                if effect.contains(.timer) { strategies.onTimer(index, timerID, &context) }
                if effect.contains(.fill) { strategies.onFill(index, fill, &context) }
                if effect.contains(.order) { strategies.onOrder(index, orderUpdate, &context) }
                if context.signalCount > 0 { decide() }
            }
        }
        if unlikely(hasMore) { tellMore(&strategies) }
        if unlikely(Self.concernsConnection(input.kind)) {
            tellConnection(connection(after: input), &strategies)
        }
    }

    /// Tells strategies of everything that waits, each one's wishes handled before the next is called.
    @inlinable public mutating func tellMore<Strategies: StrategySet & ~Copyable>(
        _ strategies: inout Strategies
    ) {
        while true {
            let kind = takeNotice()
            switch kind {
            case .none: return
            case .bar, .position, .refused:
                let index = calledStrategy
                guard index < Strategies.count, context.enter(index) else { continue }
                switch kind {
                case .bar: strategies.onBar(index, bar, &context)
                case .position: strategies.onPosition(index, ownPosition, &context)
                case .refused: strategies.onRefused(index, refusal, &context)
                case .none, .status, .riskState: break
                }
                guard context.signalCount > 0 else { continue }
                if kind == .refused { tellRefusals(false) }
                decide()
                if kind == .refused { tellRefusals(true) }
            case .status:
                let change = statusChange
                for index in 0..<Strategies.count where context.enter(index) {
                    strategies.onStatus(index, change, &context)
                    if context.signalCount > 0 { decide() }
                }
            case .riskState:
                let change = riskStateChange
                let concerned = calledStrategy
                for index in 0..<Strategies.count where context.enter(index) {
                    // A strategy's own state is no business of the others.
                    guard change.scope != .strategy || index == concerned else { continue }
                    strategies.onRiskState(index, change, &context)
                    if context.signalCount > 0 { decide() }
                }
            }
        }
    }

    @inlinable mutating func tellConnection<Strategies: StrategySet & ~Copyable>(
        _ change: ConnectionChange, _ strategies: inout Strategies
    ) {
        for index in 0..<Strategies.count where context.enter(index) {
            strategies.onConnection(index, change, &context)
            if context.signalCount > 0 { decide() }
        }
        if hasMore { tellMore(&strategies) }
    }

    /// Whether an input of this kind is about a stream of market data or a venue session as a whole.
    @inlinable static func concernsConnection(_ kind: UInt8) -> Bool {
        kind >= InputKind.feedGap.rawValue && kind <= InputKind.sessionDown.rawValue
    }

    /// How what an input was about stands behind it.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func connection(after input: Input) -> ConnectionChange {
        let isOrders = input.kind >= InputKind.sessionUp.rawValue
        let isUp =
            isOrders
            ? sessions[Int(input.source)].isUp
            : input.kind == InputKind.feedWhole.rawValue || input.kind == InputKind.feedRestarted.rawValue
        return ConnectionChange(
            purpose: isOrders ? .orders : .marketData, number: input.source, isUp: isUp)
    }
}

public import Model

extension TradingCore {
    /// Asks the cache for what a message about an order will touch, some work ahead of it. Changes nothing; numbers that
    /// mean nothing do no harm.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func prefetch(_ instrument: UInt32, _ orderRef: UInt64) {
        guard Int(instrument) < markets.count else { return }
        books.ask(instrument, orderRef)
        markets.prefetch(Int(instrument))
        risks.prefetch(Int(instrument))
        // A strategy asks for its own book at once: those of the first ones, and nothing beyond them where there are fewer.
        let place = Int(instrument) &* account.strategyCount
        strategyBooks.prefetch(place)
        strategyBooks.prefetch(place, line: 1)
        account.traces.prefetch(Int(instrument))
    }

    /// Applies one market data message of the packet that `begin` named.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func applyMarket(_ event: inout MarketEvent) -> MarketEffect {
        counters.marketEvents += 1
        let effect = books.apply(&event)
        return applied(effect, &event)
    }

    /// The same, and says of every level that has changed: for strategies that want books.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func applyMarketWithDepth(_ event: inout MarketEvent) -> MarketEffect {
        counters.marketEvents += 1
        let effect = books.apply(&event)
        let told = applied(effect, &event)
        guard event.changesDepth, Int(event.instrument) < markets.count, !effect.contains(.ignored) else {
            return told
        }
        let instrument = InstrumentID(index: event.instrument)
        guard !books.isTransactionOpen(instrument) else { return told }
        bookChange = BookChange(
            instrument: instrument, side: event.orderSide, price: Price(raw: event.price),
            venueTimeNs: event.venue_time_ns)
        return MarketEffect(rawValue: told.rawValue | MarketEffect.book.rawValue)
    }

    @inline(__always)
    private mutating func applied(_ effect: BookEffect, _ event: inout MarketEvent) -> MarketEffect {
        // Most messages change no best price and trade nothing.
        guard effect.rawValue != 0 else {
            if event.kind == MarketEventKind.instrument.rawValue { defineFromFeed(event) }
            return .none
        }
        let index = Int(event.instrument)
        guard likely(index < markets.count) else { return .none }
        var told: UInt8 = 0
        if effect.contains(.topChanged) {
            quote = Self.believable(books.look(index))
            markets[index].quote = quote
            told |= MarketEffect.quote.rawValue
        }
        if effect.contains(.traded), Self.isBelievable(event.price) {
            markets[index].lastPrice = Price(raw: event.price)
            trade = Trade(
                instrument: InstrumentID(index: event.instrument), restingSide: event.orderSide,
                price: Price(raw: event.price), quantity: Quantity(raw: event.quantity),
                matchNumber: event.match_number, venueTimeNs: event.venue_time_ns)
            told |= MarketEffect.trade.rawValue
        }
        if told != 0, markets[index].isExposed { remark(index) }
        if unlikely(markets[index].hasOwn && told != 0) { remarkOwn(index) }
        if unlikely(markets[index].hasHeld && told & MarketEffect.trade.rawValue != 0) { lookAtHeld(index) }
        if unlikely(effect.rawValue & Self.rareEffects != 0) { applyRare(effect, event, index) }
        // What has tripped is carried out before any strategy is called.
        if unlikely(states.hasPending) { react() }
        if unlikely(hasMore) { told |= MarketEffect.more.rawValue }
        return MarketEffect(rawValue: told)
    }

    private static var rareEffects: UInt8 {
        BookEffect.statusChanged.rawValue | BookEffect.broken.rawValue | BookEffect.crossed.rawValue
    }

    /// Money follows the price: profit and gross notional of an instrument that we hold or may come to hold.
    mutating func remark(_ index: Int) {
        ledger.mark(index, market: &markets[index])
        lookAtEquity()
        let reference = Self.reference(&markets[index])
        if reference != 0 { account.setReference(&risks[index], index, reference) }
    }

    /// The price that collar and gross notional count by: the middle of the quote (rounded down), else the last
    /// trade; 0: there is none.
    @inline(__always)
    static func reference(_ market: inout MarketLine) -> Int64 {
        if market.quote.bidQuantity.raw > 0, market.quote.askQuantity.raw > 0 {
            return (market.quote.bid.raw + market.quote.ask.raw) >> 1
        }
        return market.lastPrice.raw
    }

    /// A price that no market makes would overflow sums later on: it is no price.
    @inline(__always)
    static func isBelievable(_ price: Int64) -> Bool {
        price < AccountRisk.priceBound && price > -AccountRisk.priceBound
    }

    /// The quote with a side whose price cannot be believed left empty.
    @inline(__always)
    private static func believable(_ quote: Quote) -> Quote {
        var quote = quote
        if !isBelievable(quote.bid.raw) { quote.bidQuantity = .zero }
        if !isBelievable(quote.ask.raw) { quote.askQuantity = .zero }
        return quote
    }

    @inline(never)
    private mutating func applyRare(_ effect: BookEffect, _ event: MarketEvent, _ index: Int) {
        if effect.contains(.statusChanged) {
            markets[index].trading = books.tradingState(InstrumentID(index: event.instrument))
            tellStatus(index)
        }
        if effect.contains(.broken) {
            facts.append(
                .bookState, sequence: sequence, executionID: event.order_ref, instrument: event.instrument,
                detail: UInt32(BookState.broken.rawValue))
            alert(.bookBroken, instrument: event.instrument)
        }
        if effect.contains(.crossed) {
            alert(.crossedBook, instrument: event.instrument, price: quote.bid.raw, quantity: quote.ask.raw)
        }
    }

    @inline(never)
    private mutating func defineFromFeed(_ event: MarketEvent) {
        let index = Int(event.instrument)
        guard index < markets.count else { return }
        instruments[index].roundLot = event.quantity
        guard !markets[index].isDefined else { return }
        var line = defaults
        line.symbol = Symbol(raw: event.symbol)
        line.stream = currentStream
        define(index, line)
    }

    /// Makes an instrument tradable.
    mutating func define(_ index: Int, _ line: InstrumentLine) {
        precondition(Int(line.session) < sessions.count, "Caller: an instrument's session exists")
        instruments[index].symbol = line.symbol
        instruments[index].stream = line.stream
        markets[index].isDefined = true
        markets[index].stream = line.stream
        risks[index].positionMax = line.positionMax < 0 ? account.limits.positionMax.raw : line.positionMax
        risks[index].hasOwnPositionMax = line.positionMax >= 0
        account.rare[index] = line.rare
        account.drawTrace(index, tick: line.tick)
        risks[index].hasRareTerms = line.hasRareTerms
        risks[index].isMargined = line.rare.isMargined
        risks[index].tick = line.tick
        risks[index].lot = line.lot
        risks[index].multiplier = line.multiplier
        risks[index].session = line.session
        risks[index].isRestricted = line.isRestricted
        ledger.define(
            index, multiplier: Int64(line.multiplier), currency: Int(line.currency),
            isMargined: line.rare.isMargined)
        risks[index].currency = ledger[index].currency
        setCalendar(index, line.calendar)
        books.define(InstrumentID(index: UInt32(index)), stream: line.stream)
    }

    /// Something that a person should see.
    @inline(never)
    mutating func alert(
        _ code: AlertCode, order: OrderID = .none, instrument: UInt32 = .max, userRef: UInt32 = 0,
        price: Int64 = 0, quantity: Int64 = 0
    ) {
        facts.append(
            .alert, sequence: sequence, order: order, price: price, quantity: quantity,
            instrument: instrument,
            userRef: userRef, detail: code.rawValue)
    }
}

public import Memory
public import Model

/// Quotes both sides around a fair price and lives from the spread between them.
///
///     fair price ── the market without our own quotes: the middle, or the micro-price, which leans to the thinner side
///          │
///          ├─ moved against what is held: full inventory moves it by `skewTicks`
///          │
///     bid ◀┴▶ ask   half a spread away, rounded outward to the tick, and never at a price that trades at once (post-only)
///
/// One order a side. It is replaced, not cancelled and made anew, when the price it should have is `replaceTicks` away from the
/// one it has, and left alone before that: every move costs its place in the queue. What of it has executed is not topped up;
/// when all of it has, or the venue has refused it, another follows. All quotes are pulled when trading halts, the book is not
/// whole, risk allows less than everything, or the engine stops.
///
/// - Bounds: ``instrumentCountMax`` instruments are quoted, so that one callback has room to pull them all.
public struct MarketMaker: Strategy, ~Copyable, Sendable {
    /// Instruments that one market maker can quote.
    @inlinable public static var instrumentCountMax: Int { 16 }

    /// How it comes to its fair price.
    @frozen public enum Fair: UInt8, BitwiseCopyable, Sendable, CaseIterable {
        case mid, micro
    }

    public let size: Int64
    public let halfSpreadTicks: Int64
    public let skewTicks: Int64
    public let inventoryMax: Int64
    public let replaceTicks: Int64
    public let pauseNs: UInt64
    public let fair: Fair
    @usableFromInline let countMax: Int
    @usableFromInline var lines: FixedArray<MakerLine>
    /// By name, those to be quoted; `named` 0: the first that come.
    @usableFromInline var symbols: InlineArray<16, Symbol>
    @usableFromInline let named: Int
    @usableFromInline var quoted: InlineArray<16, InstrumentID>
    @usableFromInline var quotedCount = 0
    @usableFromInline var isStopped = false
    /// Market data of a stream is too old to quote by.
    @usableFromInline var isStale = false

    /// - Parameters:
    ///   - instrumentCountMax: As the core's.
    ///   - symbols: What to quote, at most 16; none: the first `countMax` instruments that have two sides.
    ///   - size: Of each quote.
    ///   - halfSpreadTicks: From the fair price to each quote, 1 at least.
    ///   - skewTicks: By how much a full inventory moves both quotes.
    ///   - inventoryMax: It adds to no position of this size, open quotes counted as if filled.
    ///   - replaceTicks: How far a quote may be from its price, 1 at least.
    ///   - pauseNs: For how long it quotes nothing new where something was refused.
    public init(
        instrumentCountMax: Int, symbols: [Symbol] = [], countMax: Int = 8, size: Int64 = 10,
        halfSpreadTicks: Int64 = 2, skewTicks: Int64 = 2, inventoryMax: Int64 = 20, replaceTicks: Int64 = 2,
        pauseNs: UInt64 = 100_000_000, fair: Fair = .micro
    ) {
        precondition(size > 0 && inventoryMax > 0, "Caller: a quote has a size and an inventory a bound")
        precondition(halfSpreadTicks > 0, "Caller: quotes that met would trade with each other")
        precondition(replaceTicks > 0, "Caller: a quote that is where it should be stays")
        precondition(skewTicks >= 0, "Caller: inventory moves quotes against it")
        precondition(
            symbols.count <= Self.instrumentCountMax && countMax >= 1
                && countMax <= Self.instrumentCountMax, "Caller: 1 to 16 instruments are quoted")
        self.size = size
        self.halfSpreadTicks = halfSpreadTicks
        self.skewTicks = skewTicks
        self.inventoryMax = inventoryMax
        self.replaceTicks = replaceTicks
        self.pauseNs = pauseNs
        self.fair = fair
        self.countMax = symbols.isEmpty ? countMax : symbols.count
        named = symbols.count
        self.symbols = InlineArray { $0 < symbols.count ? symbols[$0] : .blank }
        lines = FixedArray(count: instrumentCountMax, repeating: MakerLine(), for: "quotes of a market maker")
        quoted = InlineArray(repeating: .none)
    }

    @inlinable public static var wants: StrategyInterests { .quotes }

    // MARK: What moves the quotes

    @inlinable public mutating func onQuote(_ quote: Quote, _ context: inout StrategyContext) {
        guard isQuoted(quote.instrument, &context) else { return }
        requote(quote.instrument, &context)
    }

    @inlinable public mutating func onFill(_ fill: Fill, _ context: inout StrategyContext) {
        guard isQuoted(fill.instrument, &context) else { return }
        requote(fill.instrument, &context)
    }

    @inlinable public mutating func onPosition(
        _ position: OwnPosition, _ context: inout StrategyContext
    ) {
        guard isQuoted(position.instrument, &context) else { return }
        requote(position.instrument, &context)
    }

    @inlinable public mutating func onOrder(_ update: OrderUpdate, _ context: inout StrategyContext) {
        let index = Int(update.instrument.index)
        guard index < lines.count else { return }
        var side = update.side == .buy ? lines[index].bid : lines[index].ask
        switch update.status {
        case .accepted, .partiallyFilled:
            side.handle = update.handle
            side.price = update.price.raw
            side.asked = side.price
            side.isAsked = false
        case .rejected, .cancelled, .expired, .filled, .closed:
            side.clear()
            // A day that is over takes no order: one sent into its end would be in doubt.
            if update.status == .rejected || update.status == .expired {
                lines[index].notBeforeNs = context.engineTimeNs &+ pauseNs
            }
        // Its end is on its way, or nobody knows: it stays as it is until something is known.
        case .created, .held, .pending, .submitted, .pendingReplace, .pendingCancel, .inDoubt, .disputed:
            return
        }
        if update.side == .buy { lines[index].bid = side } else { lines[index].ask = side }
        guard isQuoted(update.instrument, &context) else { return }
        requote(update.instrument, &context)
    }

    @inlinable public mutating func onRefused(_ refusal: Refusal, _ context: inout StrategyContext) {
        let index = Int(refusal.instrument.index)
        guard index < lines.count else { return }
        // What was asked of an order did not happen: it stands where it stood.
        lines[index].bid.asked = lines[index].bid.price
        lines[index].ask.asked = lines[index].ask.price
        lines[index].bid.isAsked = false
        lines[index].ask.isAsked = false
        lines[index].notBeforeNs = context.engineTimeNs &+ pauseNs
    }

    @inlinable public mutating func onStatus(_ change: StatusChange, _ context: inout StrategyContext) {
        guard change.instrument != .none else { return requoteAll(&context) }
        guard isQuoted(change.instrument, &context) else { return }
        requote(change.instrument, &context)
    }

    @inlinable public mutating func onRiskState(
        _ change: RiskStateChange, _ context: inout StrategyContext
    ) {
        if change.scope == .instrument, change.instrument == .none { isStale = change.state != .normal }
        requoteAll(&context)
    }

    @inlinable public mutating func onConnection(
        _ change: ConnectionChange, _ context: inout StrategyContext
    ) {
        requoteAll(&context)
    }

    @inlinable public mutating func onStop(_ context: inout StrategyContext) {
        isStopped = true
        requoteAll(&context)
    }

    // MARK: Quoting

    @inlinable mutating func requoteAll(_ context: inout StrategyContext) {
        for place in 0..<quotedCount { requote(quoted[place], &context) }
    }

    /// Whether the instrument is one of those to be quoted; decided when it is first seen.
    @inlinable mutating func isQuoted(
        _ instrument: InstrumentID, _ context: inout StrategyContext
    ) -> Bool {
        let index = Int(instrument.index)
        guard index < lines.count else { return false }
        switch lines[index].choice {
        case .quoted: return true
        case .left: return false
        case .undecided: return choose(instrument, &context)
        }
    }

    @inlinable mutating func choose(
        _ instrument: InstrumentID, _ context: inout StrategyContext
    ) -> Bool {
        let quote = context.quote(instrument)
        guard quote.bidQuantity.raw > 0, quote.askQuantity.raw > 0 else { return false }
        var isWanted = named == 0 && quotedCount < countMax
        let symbol = context.symbol(instrument)
        for place in 0..<named where symbols[place] == symbol { isWanted = true }
        lines[Int(instrument.index)].choice = isWanted ? .quoted : .left
        guard isWanted else { return false }
        quoted[quotedCount] = instrument
        quotedCount += 1
        return true
    }

    /// Brings both quotes to where they should be, as far as nothing is owed an answer.
    @inlinable mutating func requote(_ instrument: InstrumentID, _ context: inout StrategyContext) {
        let index = Int(instrument.index)
        var line = lines[index]
        let own = context.own(instrument)
        // The book knows best whether anything is there.
        if own.buyCount == 0 { line.bid.clear() }
        if own.sellCount == 0 { line.ask.clear() }
        guard mayQuote(instrument, &context) else {
            pull(instrument, own, &line, &context)
            lines[index] = line
            return
        }
        if let fair = fairPrice(instrument, line, own, &context) {
            let tick = context.tick(instrument)
            let shift = own.position * skewTicks * tick / inventoryMax
            let quote = context.quote(instrument)
            var bid = Self.floor(fair - shift - halfSpreadTicks * tick, tick)
            var ask = -Self.floor(-(fair - shift + halfSpreadTicks * tick), tick)
            if quote.askQuantity.raw > 0 { bid = min(bid, Self.below(quote.ask.raw, tick)) }
            if quote.bidQuantity.raw > 0 { ask = max(ask, -Self.below(-quote.bid.raw, tick)) }
            // Not at a price where the other quote stands or may be on its way from.
            if line.ask.lowest != 0 { bid = min(bid, line.ask.lowest - tick) }
            place(.buy, bid, own.position, Int(own.buyCount), instrument, &line.bid, line, &context)
            if line.bid.highest != 0 { ask = max(ask, line.bid.highest + tick) }
            place(.sell, ask, -own.position, Int(own.sellCount), instrument, &line.ask, line, &context)
        }
        lines[index] = line
    }

    @inlinable func mayQuote(_ instrument: InstrumentID, _ context: inout StrategyContext) -> Bool {
        guard !isStopped, !isStale, context.state(instrument) == .normal,
            context.bookState(instrument) == .whole
        else {
            return false
        }
        switch context.trading(instrument) {
        case .trading, .unknown: return true
        case .halted, .paused, .quotationOnly: return false
        }
    }

    /// One quote: made, moved, taken off, or left where it is.
    ///
    /// - Parameter held: Inventory in the quote's direction.
    @inlinable func place(
        _ side: Side, _ price: Int64, _ held: Int64, _ count: Int, _ instrument: InstrumentID,
        _ quote: inout MakerSide, _ line: MakerLine, _ context: inout StrategyContext
    ) {
        guard count > 0 else {
            let room = min(inventoryMax - held, context.room(instrument, side).raw)
            let quantity = min(size, room)
            guard quantity > 0, price > 0, context.engineTimeNs >= line.notBeforeNs else { return }
            quote.asked = price
            context.signal(
                Signal(
                    instrument: instrument, action: side == .buy ? .buy : .sell, limit: Price(raw: price),
                    quantity: Quantity(raw: quantity), flags: .postOnly))
            return
        }
        // Not there yet, or an answer is owed.
        guard !quote.handle.isNone, !quote.isAsked else { return }
        let tick = context.tick(instrument)
        guard price > 0, abs(price - quote.price) >= replaceTicks * tick,
            context.engineTimeNs >= line.notBeforeNs
        else { return }
        quote.asked = price
        quote.isAsked = true
        context.replace(quote.handle, in: instrument, limit: Price(raw: price), quantity: .zero)
    }

    /// Takes off what is there; one that is not answered yet, too.
    @inlinable func pull(
        _ instrument: InstrumentID, _ own: StrategyBook, _ line: inout MakerLine,
        _ context: inout StrategyContext
    ) {
        guard own.buyCount > 0 || own.sellCount > 0 else { return }
        line.bid.isAsked = true
        line.ask.isAsked = true
        // Orders whose cancel is under way are passed over.
        context.signal(Signal(instrument: instrument, action: .cancel))
    }

    // MARK: Prices

    /// What the instrument is worth by the market without our own quotes, rounded down; `nil`: a side is empty.
    @inlinable func fairPrice(
        _ instrument: InstrumentID, _ line: MakerLine, _ own: StrategyBook,
        _ context: inout StrategyContext
    ) -> Int64? {
        guard let bid = outside(instrument, .buy, line.bid.price, own.openBuy, &context),
            let ask = outside(instrument, .sell, line.ask.price, own.openSell, &context)
        else { return nil }
        switch fair {
        case .mid: return (bid.price.raw + ask.price.raw) >> 1
        case .micro:
            let quantity = Int128(bid.quantity.raw) + Int128(ask.quantity.raw)
            let weighed =
                Int128(bid.price.raw) * Int128(ask.quantity.raw)
                + Int128(ask.price.raw) * Int128(bid.quantity.raw)
            return Int64(clamping: weighed / quantity)
        }
    }

    /// The best level that is not our own quote alone.
    @inlinable func outside(
        _ instrument: InstrumentID, _ side: Side, _ price: Int64, _ open: Int64,
        _ context: inout StrategyContext
    ) -> BookLevel? {
        guard var best = context.level(instrument, side, depth: 0) else { return nil }
        guard best.price.raw == price else { return best }
        best.quantity = Quantity(raw: best.quantity.raw - open)
        return best.quantity.raw > 0 ? best : context.level(instrument, side, depth: 1)
    }

    /// The largest multiple of `tick` that is not above `price`.
    @inlinable static func floor(_ price: Int64, _ tick: Int64) -> Int64 {
        let rest = price % tick
        return price - (rest < 0 ? rest + tick : rest)
    }

    /// The largest multiple of `tick` that is below `price`.
    @inlinable static func below(_ price: Int64, _ tick: Int64) -> Int64 { floor(price - 1, tick) }
}

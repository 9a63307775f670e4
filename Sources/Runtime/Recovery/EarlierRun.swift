internal import Foundation
internal import Journal
internal import Model

/// Orders and positions of one run, record by record, on top of what the runs before it left.
struct EarlierRun {
    private var orders: [OrderID: EarlierOrder] = [:]
    /// Good for more than a day, and the venue's day is over for them.
    private var expired: [OrderID: EarlierOrder] = [:]
    private var sequence: [OrderID] = []
    private var positions: [Symbol: EarlierPosition] = [:]
    private var symbols: [UInt32: Symbol] = [:]
    private var strategies: [String] = []
    /// Which of its venues an instrument's orders went to, where it was not the first.
    private var sessions: [Symbol: UInt8] = [:]
    private var utcAtZeroNs: UInt64 = 0
    private(set) var nextRef: UInt32 = 0
    /// Logged on once, at least.
    private(set) var heardVenue = false
    private var riskTaken: EarlierRisk
    private var books = EarlierBooks()

    init(before: [EarlierOrder], dayOffsetSeconds: Int64 = 0) {
        riskTaken = EarlierRisk(dayOffsetSeconds: dayOffsetSeconds)
        for var order in before {
            order.executedInRun = 0
            order.cancelledInRun = 0
            orders[order.id] = order
            sequence.append(order.id)
        }
    }

    /// What of its states, breakers and strategies' books outlives it.
    var risk: EarlierRisk {
        var risk = riskTaken
        risk.books = books.named(strategies: strategies, symbols: symbols)
        return risk
    }

    /// In the order in which they were made.
    var open: [EarlierOrder] { sequence.compactMap { orders[$0] } }

    /// What a day's end leaves: the rest of orders that are good for longer. They are given to the venue anew, which has
    /// forgotten them; those that are held wait on.
    var outlivingDay: [EarlierOrder] {
        sequence.compactMap { id -> EarlierOrder? in
            guard var order = orders[id] ?? expired[id], order.timeInForce?.outlivesDay == true else {
                return nil
            }
            order.quantity = order.rest
            order.price = order.replaced?.price ?? order.price
            order.replaced = nil
            order.cancelled = 0
            // Today's executions are counted from nothing; what yesterday's left open the children still have to close.
            order.closed -= order.executed
            order.executed = 0
            if !order.isHeld {
                order.isHeld = true
                order.isAttempt = true
                order.userRef = 0
                // What was triggered stays so: it goes on as what it became.
                order.terms = (order.terms & ~0xff) | UInt32(Self.released(order.terms).rawValue)
                order.stop = 0
                order.trail = 0
            }
            return order.quantity > 0 ? order : nil
        }
    }

    private static func released(_ terms: UInt32) -> OrderType {
        switch OrderType(rawValue: UInt8(truncatingIfNeeded: terms)) {
        case .limit, .stopLimit, nil: .limit
        case .market, .stop, .trailingStop: .market
        }
    }

    /// At the venue, as far as the run knew.
    var atVenue: [OrderID] { sequence.filter { orders[$0].map { !$0.isHeld } ?? false } }

    var openPositions: [Symbol: EarlierPosition] { positions.filter { $0.value.quantity != 0 } }

    mutating func take(_ record: JournalRecord) {
        if let input = record.input {
            take(input)
        } else if let fact = record.fact {
            take(fact)
        } else if let text = record.text {
            take(text: text)
        } else if record.type == .mark {
            // SAFETY: a mark is one line, and a line may be read as any record of its size.
            guard unsafe record.content.count >= 64 else { return }
            let event = unsafe record.content.loadUnaligned(as: MarketEvent.self)
            if event.kind == MarketEventKind.instrument.rawValue {
                name(event.instrument, Symbol(raw: event.symbol))
            }
        }
    }

    private mutating func name(_ instrument: UInt32, _ symbol: Symbol) {
        symbols[instrument] = symbol
        riskTaken.name(instrument, symbol.description)
    }

    mutating func take(_ input: Input) {
        guard let kind = InputKind(rawValue: input.kind) else { return }
        riskTaken.take(input)
        books.take(input)
        if kind == .start || kind == .clockOffset { utcAtZeroNs = input.execution_id }
        if kind == .sessionUp { heardVenue = true }
    }

    mutating func take(text: String) {
        struct Header: Decodable {
            let strategies: [String]
            let settings: [String: String]?
            let instruments: [String]?
            let carriedStates: [EarlierRisk.Carried]?
        }
        struct Definition: Decodable {
            let instrument: UInt32
            let symbol: String
        }
        let bytes = Data(text.utf8)
        if let header = try? JSONDecoder().decode(Header.self, from: bytes) {
            strategies = header.strategies
            sessions = RunHeader.sessions(header.settings ?? [:])
            // What the core knew from the first input on no feed need have told of.
            for (index, symbol) in (header.instruments ?? []).enumerated() {
                if let symbol = Symbol(symbol) { name(UInt32(index), symbol) }
            }
            riskTaken.take(header.carriedStates ?? [])
        }
        if let found = try? JSONDecoder().decode(Definition.self, from: bytes),
            let symbol = Symbol(found.symbol)
        {
            name(found.instrument, symbol)
        }
    }

    mutating func take(_ fact: Fact) {
        guard let kind = FactKind(rawValue: fact.kind) else { return }
        let id = fact.orderID
        if kind == .riskState || kind == .dayTrade || kind == .accountState
            || kind == .limitChanged
        {
            let (symbols, strategies) = (symbols, strategies)
            riskTaken.take(
                fact, symbol: { symbols[$0]?.description },
                strategy: { $0 < strategies.count ? strategies[$0] : nil })
        }
        books.take(fact, kind)
        switch kind {
        case .orderCreated, .orderRestored: create(fact, id)
        case .orderHeld:
            orders[id]?.isHeld = true
            orders[id]?.stop = fact.price
            orders[id]?.trail = fact.quantity
            orders[id]?.remainder = RemainderPolicy(rawValue: UInt8(truncatingIfNeeded: fact.detail >> 8))
            // The moment of an attempt is no date.
            if fact.execution_id != 0, orders[id]?.isAttempt == false {
                orders[id]?.endsAtUtcNs = utcAtZeroNs &+ fact.execution_id
            }
        case .orderDated: orders[id]?.endsAtUtcNs = utcAtZeroNs &+ fact.execution_id
        case .orderBracket:
            orders[id]?.takeProfit = fact.price
            orders[id]?.stopLoss = fact.quantity
        case .orderLinked: link(fact, id)
        case .orderTriggered: orders[id]?.isTriggered = true
        case .orderPending:
            orders[id]?.isHeld = false
            orders[id]?.isAttempt = false
            orders[id]?.isTriggered = false
            orders[id]?.userRef = fact.user_ref
            orders[id]?.price = fact.price
            orders[id]?.quantity = fact.quantity
            nextRef = max(nextRef, fact.user_ref &+ 1)
        case .replaceRequested: nextRef = max(nextRef, fact.user_ref &+ 1)
        case .orderReplaced:
            // Under its first number: the venue's stream tells of the others again. Only what is held has no stream.
            guard let order = orders[id] else { return }
            guard order.isHeld else {
                orders[id]?.replaced = EarlierOrder.Terms(
                    quantity: fact.quantity, price: fact.price, cancelledBefore: order.cancelledInRun)
                return
            }
            orders[id]?.price = fact.price
            orders[id]?.quantity = fact.quantity
            if fact.price != 0, orders[id]?.stop != 0 { orders[id]?.stop = fact.price }
        case .orderFilled:
            guard var order = orders[id] else { return }
            order.executedInRun += fact.quantity
            let more = max(order.executedInRun - order.executed, 0)
            order.executed += more
            orders[id] = order
            for link in order.links where link.link == .takeProfit || link.link == .stopLoss {
                orders[link.other]?.closed += more
            }
            leave(id)
        case .orderCancelled:
            guard var order = orders[id] else { return }
            order.cancelledInRun += fact.quantity
            order.cancelled = max(order.cancelled, order.cancelledInRun)
            orders[id] = order
            leave(id)
        case .orderExpired:
            if let order = orders[id], order.timeInForce == .goodTillCancelled { expired[id] = order }
            orders[id] = nil
        case .orderRejected, .riskRejected, .orderClosed: orders[id] = nil
        case .orderSendFailed: if fact.detail == 0 { orders[id] = nil }
        case .orderResolved:
            if let lifecycle = Lifecycle(rawValue: UInt8(truncatingIfNeeded: fact.detail)), lifecycle.isEnded
            {
                orders[id] = nil
            }
        case .positionOpened, .positionChanged, .positionClosed:
            guard let symbol = symbols[fact.instrument] else { return }
            positions[symbol] = EarlierPosition(quantity: fact.quantity, averagePrice: fact.price)
        case .signal, .signalDiscarded, .signalMetadata, .orderSubmitted, .orderAccepted, .cancelRequested,
            .cancelRefused,
            .executionBroken, .executionRepeated, .replaceRefused, .orderInDoubt, .orderDisputed,
            .illegalTransition, .executionCorrected, .orderTimedOut, .executionInferred, .inferenceReplaced,
            .accountState, .currencyRate, .currencyState, .bookState, .riskState, .limitChanged, .dayTrade,
            .executionKnown,
            .reconciliationAsked,
            .reconciliationDone,
            .reconciliationDifference, .operatorAnswered, .alert, .digest:
            break
        }
    }

    /// Nothing is left of it. One that was replaced may have had something given back that was undone: it is taken over,
    /// and ends when the venue's stream says so.
    private mutating func leave(_ id: OrderID) {
        guard let order = orders[id], order.replaced == nil, order.rest <= 0 else { return }
        orders[id] = nil
    }

    private mutating func create(_ fact: Fact, _ id: OrderID) {
        guard orders[id] == nil, let symbol = symbols[fact.instrument], let side = Side(rawValue: fact.side)
        else { return }
        let strategy = Int(fact.strategy) < strategies.count ? strategies[Int(fact.strategy)] : ""
        orders[id] = EarlierOrder(
            id: id, symbol: symbol, side: side, quantity: fact.quantity, price: fact.price,
            terms: fact.detail, strategy: strategy)
        orders[id]?.session = sessions[symbol] ?? 0
        sequence.append(id)
        if fact.user_ref != 0 {
            orders[id]?.userRef = fact.user_ref
            nextRef = max(nextRef, fact.user_ref &+ 1)
        }
    }

    private mutating func link(_ fact: Fact, _ id: OrderID) {
        guard let link = OrderLink(rawValue: fact.detail) else { return }
        let other = OrderID(high: UInt64(bitPattern: fact.price), low: UInt64(bitPattern: fact.quantity))
        switch link {
        case .retryOf:
            orders[id]?.isAttempt = true
            if let endsAtUtcNs = orders[other]?.endsAtUtcNs { orders[id]?.endsAtUtcNs = endsAtUtcNs }
        case .sibling, .takeProfit, .stopLoss, .triggeredBy:
            // A run that took the order over tells its ties again.
            let tie = EarlierOrder.Tie(link: link, other: other)
            if orders[id]?.links.contains(tie) == false { orders[id]?.links.append(tie) }
        }
    }
}

public import Model

/// A core with strategies and somebody who says what market and venue do, step by step: for tests of a strategy. Nothing in it
/// is the hot path; what the strategy decides is decided by the same core that trades.
///
///     var rehearsal = StrategyRehearsal(MyStrategy(), symbols: ["SPIN"])
///     rehearsal.start()
///     rehearsal.quote(bid: 1_000_000, 500, ask: 1_000_100, 100)
///     rehearsal.commands.last?.price
public struct StrategyRehearsal<Strategies: StrategySet & ~Copyable>: ~Copyable {
    public var core: TradingCore
    public var strategies: Strategies
    /// What the core asked of the venue, and what it wrote down, from the beginning.
    public private(set) var commands: [Command] = []
    public private(set) var facts: [Fact] = []
    /// Core time of the next step, nanoseconds.
    public private(set) var nowNs: UInt64 = 1_000_000_000
    private var sequencer = Sequencer()
    private var submitted = 0
    private var bids: [UInt32: Int64] = [:]
    private var asks: [UInt32: Int64] = [:]
    private var matchNumber: UInt64 = 0

    /// - Parameters:
    ///   - symbols: instruments, by their ids from 0 on; a tick of 0.01, no lots.
    ///   - change: what is to be other than a small core's settings.
    public init(
        _ strategies: consuming Strategies, symbols: [String] = ["SPIN"],
        _ change: (inout CoreConfiguration) -> Void = { _ in }
    ) {
        var configuration = CoreConfiguration()
        configuration.instruments = symbols.map { name in
            guard let symbol = Symbol(name) else {
                preconditionFailure("Caller: a symbol has one to eight printable characters")
            }
            return InstrumentDefinition(symbol: symbol)
        }
        configuration.instrumentCountMax = max(symbols.count, 4)
        configuration.bookOrderCountMax = 1_024
        configuration.bookLevelCountMax = 1_024
        configuration.orderCountMax = 512
        configuration.residueCountMax = 4_096
        configuration.executionCountMax = 4_096
        configuration.signalCountPerStepMax = 256
        configuration.messageCountPerPacketMax = 16
        configuration.creditCountMax = 64
        change(&configuration)
        core = TradingCore(configuration.fitted(to: Strategies.self))
        self.strategies = strategies
    }

    // MARK: The run

    /// The engine starts and the venue session is up.
    public mutating func start() {
        step(.start) {
            $0.user_ref = 1
            $0.execution_id = 1_700_000_000_000_000_000
        }
        step(.sessionUp) { $0.user_ref = 1 }
    }

    /// The engine stops in order.
    public mutating func stop() { step(.stop) }

    /// Time passes, and what falls due comes in its order.
    public mutating func advance(ns: UInt64) {
        nowNs += ns
        takeTimers()
    }

    /// Any input, as the engine would give it.
    public mutating func step(_ kind: InputKind, _ change: (inout Input) -> Void = { _ in }) {
        takeTimers()
        var input = Input(kind: kind)
        change(&input)
        sequencer.stamp(&input, clockNs: nowNs)
        core.begin(&input)
        core.input(&input, &strategies)
        drain()
    }

    private mutating func takeTimers() {
        while var timer = core.dueTimer(upTo: nowNs) {
            sequencer.stamp(&timer, clockNs: timer.execution_id)
            core.begin(&timer)
            core.input(&timer, &strategies)
            drain()
        }
    }

    /// What came out; each command is handed over at once.
    private mutating func drain() {
        for place in 0..<core.facts.count { facts.append(core.facts[place]) }
        for place in 0..<core.commands.count { commands.append(core.commands[place]) }
        core.facts.clear()
        core.commands.clear()
        while submitted < commands.count {
            let command = commands[submitted]
            submitted += 1
            guard command.kind != CommandKind.query.rawValue else { continue }
            var input = Input(kind: .submitted, source: command.session)
            input.user_ref = command.user_ref
            sequencer.stamp(&input, clockNs: nowNs)
            core.begin(&input)
            core.input(&input, &strategies)
            drain()
        }
    }

    // MARK: The market

    /// The best bid and ask from here on; a quantity of 0 leaves that side empty.
    public mutating func quote(
        _ instrument: UInt32 = 0, bid: Int64, _ bidQuantity: Int64, ask: Int64, _ askQuantity: Int64
    ) {
        var events: [MarketEvent] = []
        if let old = bids[instrument], old != bid { events.append(Self.level(instrument, .buy, old, 0)) }
        if let old = asks[instrument], old != ask { events.append(Self.level(instrument, .sell, old, 0)) }
        if bidQuantity > 0 || bids[instrument] == bid {
            events.append(Self.level(instrument, .buy, bid, bidQuantity))
        }
        if askQuantity > 0 || asks[instrument] == ask {
            events.append(Self.level(instrument, .sell, ask, askQuantity))
        }
        bids[instrument] = bidQuantity > 0 ? bid : nil
        asks[instrument] = askQuantity > 0 ? ask : nil
        // As a venue tells it: one change, of several messages.
        for place in 0..<max(events.count - 1, 0) {
            events[place].flags = MarketEventFlags.transactionOpen.rawValue
        }
        packet(events)
    }

    /// What a level holds from here on, beside the quote.
    public mutating func level(
        _ side: Side, _ price: Int64, _ quantity: Int64, of instrument: UInt32 = 0
    ) {
        packet([Self.level(instrument, side, price, quantity)])
    }

    public mutating func trade(_ instrument: UInt32 = 0, price: Int64, _ quantity: Int64) {
        var event = MarketEvent()
        event.instrument = instrument
        event.kind = MarketEventKind.trade.rawValue
        event.price = price
        event.quantity = quantity
        packet([event])
    }

    /// What the venue says of trading: `T` trading, `H` halted, `P` paused, `Q` quotation only.
    public mutating func status(_ code: UInt8, of instrument: UInt32 = 0) {
        var event = MarketEvent()
        event.instrument = instrument
        event.kind = MarketEventKind.status.rawValue
        event.code = code
        packet([event])
    }

    /// Messages of one packet.
    public mutating func packet(_ events: [MarketEvent]) {
        takeTimers()
        var input = Input(kind: .marketPacket)
        sequencer.stamp(&input, clockNs: nowNs)
        core.begin(&input)
        for event in events {
            var event = event
            core.market(&event, &strategies)
        }
        drain()
    }

    private static func level(
        _ instrument: UInt32, _ side: Side, _ price: Int64, _ quantity: Int64
    ) -> MarketEvent {
        var event = MarketEvent()
        event.instrument = instrument
        event.kind = MarketEventKind.levelSet.rawValue
        event.side = side.rawValue
        event.price = price
        event.quantity = quantity
        return event
    }

    // MARK: The venue

    /// Commands that make orders.
    public var orders: [Command] { commands.filter { $0.kind == CommandKind.enter.rawValue } }

    /// The venue takes an order or a replacement as it was asked for.
    public mutating func accept(_ command: Command) {
        if command.kind == CommandKind.replace.rawValue {
            let leaves = core.order(session: command.session, userRef: command.original_ref)?.filled ?? 0
            step(.orderReplaced) {
                $0.source = command.session
                $0.user_ref = command.user_ref
                $0.execution_id = UInt64(command.original_ref)
                $0.quantity = command.quantity - leaves
                $0.price = command.price
            }
        } else {
            step(.orderAccepted) {
                $0.source = command.session
                $0.user_ref = command.user_ref
                $0.execution_id = UInt64(command.user_ref) + 9_000
                $0.quantity = command.quantity
                $0.price = command.price
            }
        }
    }

    /// So much of an order executes, at its own price unless another is said.
    public mutating func fill(_ command: Command, _ quantity: Int64, at price: Int64? = nil) {
        matchNumber += 1
        let number = matchNumber
        step(.execution) {
            $0.source = command.session
            $0.user_ref = command.user_ref
            $0.quantity = quantity
            $0.price = price ?? command.price
            $0.execution_id = number
        }
    }

    /// So much leaves an order without executing.
    public mutating func cancelled(_ command: Command, _ quantity: Int64) {
        step(.orderCancelled) {
            $0.source = command.session
            $0.user_ref = command.user_ref
            $0.quantity = quantity
        }
    }

    /// The day, or an order's date, is over: so much of it leaves.
    public mutating func expired(_ command: Command, _ quantity: Int64) {
        step(.orderExpired) {
            $0.source = command.session
            $0.user_ref = command.user_ref
            $0.quantity = quantity
        }
    }

    public mutating func reject(_ command: Command) {
        step(.orderRejected) {
            $0.source = command.session
            $0.user_ref = command.user_ref
            $0.execution_id = 1
        }
    }
}

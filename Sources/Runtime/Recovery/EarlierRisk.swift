internal import Model

/// What a run left of its states and breakers, record by record: what outlives it.
struct EarlierRisk: Equatable {
    struct Cause: Hashable {
        var scope: RiskScope
        /// Of the strategy or the instrument, whose numbers are another run's own; empty: the account.
        var name: String
        /// What asked for the state: several may, and each is lifted by itself.
        var rule: UInt32
    }

    struct Standing: Equatable {
        var state: UInt8
        /// Since when, whichever run met it first.
        var atUtcNs: UInt64
        /// The limit that was passed and the value that did it, as the rule measures them.
        var limit: Int64 = 0
        var value: Int64 = 0
        /// The person who did it; empty: none did.
        var by = OperatorName(high: 0, low: 0)
    }

    /// A limit of a running engine, by names.
    struct Limit: Hashable {
        var scope: RiskScope
        var name: String
        var kind: UInt16
    }

    /// A state that a run could not put in force, in its journal's header: of a strategy that it did not have, or of an
    /// instrument that it had no room for. It is handed on to the next.
    struct Carried: Codable, Equatable {
        var scope: UInt8
        var name: String
        var rule: UInt32
        var state: UInt8
        var atUtcNs: UInt64
        var limit: Int64
        var value: Int64
        var byHigh: UInt64
        var byLow: UInt64
    }

    private(set) var standing: [Cause: Standing] = [:]
    /// States of instruments whose names have not come yet, in their order.
    private var unnamed: [(fact: Fact, atUtcNs: UInt64)] = []
    /// What limits were at the run's end that it was given while it ran.
    private(set) var limits: [Limit: Int64] = [:]
    /// Peak of the account's equity, in the money scale; `nil`: the run tells none.
    private(set) var peak: Int128?
    /// Day trades by the venue's day.
    private(set) var dayTrades: [Int64: Int64] = [:]
    /// What the strategies held, each in its own book.
    var books: [EarlierBooks.Key: EarlierBooks.Book] = [:]
    /// The run went beyond taking over: what it took over is all in it.
    private(set) var hasBegun = false
    private var utcAtZeroNs: UInt64 = 0
    private var nowUtcNs: UInt64 = 0
    private var isPeakLifted = false
    private let dayOffsetSeconds: Int64

    init(dayOffsetSeconds: Int64) { self.dayOffsetSeconds = dayOffsetSeconds }

    mutating func take(_ input: Input) {
        guard let kind = InputKind(rawValue: input.kind) else { return }
        switch kind {
        case .start, .clockOffset: utcAtZeroNs = input.execution_id
        case .restorePeak:
            note(peak: Int128(input.price) << 64 | Int128(UInt64(bitPattern: input.quantity)))
        case .restoreState, .restoreOrigin, .restoreBook, .restoreOrder, .restoreTerms, .restorePosition,
            .restoreTie, .restoreDayTrades, .restoreCommit:
            break
        case .stop, .marketPacket, .feedAlive, .feedGap, .feedWhole, .feedEnded, .feedRestarted, .sessionUp,
            .sessionDown,
            .submitted, .sendFailed, .orderAccepted, .execution, .orderCancelled, .orderRejected,
            .cancelRefused, .executionBroken, .orderReplaced, .executionCorrected, .orderExpired,
            .venueNotice, .timer, .operatorCommand, .journalPressure, .strategyOverran, .engineHeld,
            .reconcileBegin, .reconcileOrder, .reconcileExecution, .reconcilePosition, .reconcileCommit,
            .reconcileFailed, .limitsBegin, .limitsPart, .limitsCommit:
            hasBegun = true
        }
        nowUtcNs = utcAtZeroNs &+ input.engine_time_ns
    }

    /// - Parameters:
    ///   - symbol: Of an instrument's number in this run.
    ///   - strategy: Of a strategy's.
    mutating func take(_ fact: Fact, symbol: (UInt32) -> String?, strategy: (Int) -> String?) {
        guard let kind = FactKind(rawValue: fact.kind) else { return }
        if kind == .riskState {
            take(state: fact, symbol: symbol, strategy: strategy)
        } else if kind == .limitChanged {
            take(limit: fact, symbol: symbol, strategy: strategy)
        } else if kind == .accountState {
            // After a lift the peak that counts is another than the account's.
            let drawdown = isPeakLifted ? 0 : Int128(Int64(bitPattern: fact.execution_id))
            note(peak: Int128(fact.price) + drawdown)
        } else if kind == .dayTrade {
            let day = EarlierRuns.day(nowUtcNs, dayOffsetSeconds)
            dayTrades[day] = max(dayTrades[day] ?? 0, fact.quantity)
        }
    }

    private mutating func take(state fact: Fact, symbol: (UInt32) -> String?, strategy: (Int) -> String?) {
        guard let scope = RiskScope(rawValue: UInt8(truncatingIfNeeded: fact.detail >> 8)) else { return }
        let name = Self.name(scope, fact, symbol, strategy)
        guard Self.outlivesRun(fact.detail >> 16) else { return }
        guard let name else {
            if scope == .instrument { unnamed.append((fact, nowUtcNs)) }
            return
        }
        note(fact, scope, name, atUtcNs: nowUtcNs)
    }

    /// What a fact's scope is called; `nil`: its name has not come.
    private static func name(
        _ scope: RiskScope, _ fact: Fact, _ symbol: (UInt32) -> String?, _ strategy: (Int) -> String?
    ) -> String? {
        switch scope {
        case .account: ""
        case .strategy: strategy(Int(fact.strategy))
        case .instrument: symbol(fact.instrument)
        }
    }

    private mutating func note(_ fact: Fact, _ scope: RiskScope, _ name: String, atUtcNs: UInt64) {
        let state = UInt8(truncatingIfNeeded: fact.detail)
        let cause = Cause(scope: scope, name: name, rule: fact.detail >> 16)
        standing[cause] =
            state == TradingState.normal.rawValue
            ? nil
            : Standing(
                state: state, atUtcNs: fact.execution_id == 0 ? atUtcNs : fact.execution_id,
                limit: fact.price, value: fact.quantity,
                by: OperatorName(high: fact.order_id_high, low: fact.order_id_low))
        if scope == .account, cause.rule == Rule.drawdown.rawValue, state == TradingState.normal.rawValue {
            isPeakLifted = true
            peak = nil
        }
    }

    /// An instrument's name has come: what was told of its number before is its own.
    mutating func name(_ instrument: UInt32, _ symbol: String) {
        guard !unnamed.isEmpty else { return }
        for told in unnamed where told.fact.instrument == instrument {
            note(told.fact, .instrument, symbol, atUtcNs: told.atUtcNs)
        }
        unnamed.removeAll { $0.fact.instrument == instrument }
    }

    /// Instruments that something stands against and whose names the journal does not have.
    var unnamedCount: Int {
        var last: [[UInt32]: Bool] = [:]
        for told in unnamed {
            last[[told.fact.instrument, told.fact.detail >> 16]] =
                UInt8(truncatingIfNeeded: told.fact.detail) != TradingState.normal.rawValue
        }
        return Set(last.filter(\.value).keys.map { $0[0] }).count
    }

    private mutating func take(limit fact: Fact, symbol: (UInt32) -> String?, strategy: (Int) -> String?) {
        guard let scope = RiskScope(rawValue: UInt8(truncatingIfNeeded: fact.detail >> 16)),
            let name = Self.name(scope, fact, symbol, strategy)
        else { return }
        limits[Limit(scope: scope, name: name, kind: UInt16(truncatingIfNeeded: fact.detail))] = fact.quantity
    }

    /// What the run itself could only hand on.
    mutating func take(_ carried: [Carried]) {
        for one in carried {
            guard let scope = RiskScope(rawValue: one.scope) else { continue }
            standing[Cause(scope: scope, name: one.name, rule: one.rule)] = Standing(
                state: one.state, atUtcNs: one.atUtcNs, limit: one.limit, value: one.value,
                by: OperatorName(high: one.byHigh, low: one.byLow))
        }
    }

    /// What a run of these strategies and instruments can only hand on. What is of a day ends with it.
    func carried(today: Int64, instrument: (Symbol) -> UInt32?, strategies: [String]) -> [Carried] {
        sorted.compactMap { cause, standing in
            guard !isKnown(cause, instrument, strategies) else { return nil }
            let isOfDay = cause.rule == Rule.dayLoss.rawValue || cause.rule == Rule.cancelRatio.rawValue
            guard !isOfDay || EarlierRuns.day(standing.atUtcNs, dayOffsetSeconds) == today else { return nil }
            return Carried(
                scope: cause.scope.rawValue, name: cause.name, rule: cause.rule, state: standing.state,
                atUtcNs: standing.atUtcNs, limit: standing.limit, value: standing.value,
                byHigh: standing.by.high, byLow: standing.by.low)
        }
    }

    private func isKnown(
        _ cause: Cause, _ instrument: (Symbol) -> UInt32?, _ strategies: [String]
    ) -> Bool {
        switch cause.scope {
        case .account: true
        case .strategy: strategies.contains(cause.name)
        case .instrument: Symbol(cause.name).flatMap(instrument) != nil
        }
    }

    private var sorted: [(Cause, Standing)] {
        standing.sorted {
            ($0.key.scope.rawValue, $0.key.name, $0.key.rule) < (
                $1.key.scope.rawValue, $1.key.name, $1.key.rule
            )
        }.map { ($0.key, $0.value) }
    }

    /// What the run left is not known for sure: everything stops until a person has looked.
    mutating func halt(atUtcNs: UInt64) {
        standing[Cause(scope: .account, name: "", rule: Rule.statesUnknown.rawValue)] = Standing(
            state: TradingState.halted.rawValue, atUtcNs: atUtcNs)
    }

    static func == (a: EarlierRisk, b: EarlierRisk) -> Bool {
        a.standing == b.standing && a.peak == b.peak && a.dayTrades == b.dayTrades && a.books == b.books
            && a.limits == b.limits && a.hasBegun == b.hasBegun && a.unnamedCount == b.unnamedCount
    }

    /// What ends with its run, or is found again by the next, is not taken over; the kill has a file of its own.
    private static func outlivesRun(_ rule: UInt32) -> Bool {
        [
            Rule.drawdown, .dayLoss, .repeatedExecutions, .sessionDrawdown, .operatorSaid,
            .consecutiveRejects, .cancelRatio, .statesUnknown,
        ].contains { $0.rawValue == rule }
    }

    private mutating func note(peak value: Int128) {
        guard value > 0 else { return }
        peak = max(peak ?? 0, value)
    }

    /// Adds the day trades of an older run.
    mutating func add(dayTradesOf other: EarlierRisk) {
        for (day, count) in other.dayTrades { dayTrades[day] = max(dayTrades[day] ?? 0, count) }
    }

    /// What a person has lifted while no engine ran.
    mutating func lift(accountBefore utcNs: UInt64) {
        standing = standing.filter { $0.key.scope != .account || $0.value.atUtcNs > utcNs }
    }

    /// Symbols of the instruments that are not free, or that a strategy holds something of.
    var symbols: [Symbol] {
        let stopped = standing.keys.filter { $0.scope == .instrument }.compactMap { Symbol($0.name) }
        let held = books.filter { $0.value.position != 0 }.map(\.key.symbol)
        return Set(stopped + held).sorted { $0.raw < $1.raw }
    }

    /// As inputs of the core, before all others.
    func inputs(
        today: Int64, instrument: (Symbol) -> UInt32?, strategies: [String]
    ) -> [Input] {
        var inputs: [Input] = []
        if let peak {
            var input = Input(kind: .restorePeak)
            input.quantity = Int64(truncatingIfNeeded: peak)
            input.price = Int64(truncatingIfNeeded: peak >> 64)
            inputs.append(input)
        }
        for (day, count) in dayTrades.sorted(by: { $0.key < $1.key }) where day < today && count > 0 {
            var input = Input(kind: .restoreDayTrades)
            input.execution_id = UInt64(bitPattern: day)
            input.quantity = count
            inputs.append(input)
        }
        for (cause, standing) in sorted {
            var input = Input(kind: .restoreState)
            input.flags = cause.scope.rawValue
            input.side = standing.state
            input.user_ref = cause.rule
            input.quantity = EarlierRuns.day(standing.atUtcNs, dayOffsetSeconds)
            input.execution_id = standing.atUtcNs
            switch cause.scope {
            case .account: break
            case .strategy:
                // A strategy that this program does not have trades nothing: see ``carried(today:instrument:strategies:)``.
                guard let index = strategies.firstIndex(of: cause.name) else { continue }
                input.price = Int64(index)
            case .instrument:
                guard let known = Symbol(cause.name).flatMap(instrument) else { continue }
                input.instrument = known
            }
            var origin = Input(kind: .restoreOrigin)
            origin.execution_id = standing.by.low
            origin.venue_time_ns = standing.by.high
            origin.price = standing.limit
            origin.quantity = standing.value
            inputs += [origin, input]
        }
        return inputs + EarlierBooks.inputs(books, instrument: instrument, strategies: strategies)
    }
}

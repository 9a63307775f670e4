import Core
import Foundation
import Model
import Runtime

/// Turns a journal's records, taken in order, into what `events` shows.
///
/// It keeps what later records need: the run's clock, the symbols of the instruments, the time of the last input (a
/// fact is of the time of the input that caused it).
struct EventNarrator {
    /// Prices and money of this version's instruments have four digits behind the point.
    private static let scale = 4

    private var utcNsAtZero: Int64?
    private var lastEngineNs: UInt64 = 0
    private var lastSequence: UInt64 = 0
    private var symbols: [UInt32: String] = [:]
    private var strategies: [String] = []
    /// The limits that tell which of two tripped a scope, by path, as the core has them: from the run's header on.
    private var limits: [String: Int64] = [:]
    /// Code of the account's base; empty: not known.
    private var currency = ""

    /// UTC of the record taken last; a clock that cannot be is at the end of time, not a crash.
    var nowUtcNs: Int64? {
        guard let utcNsAtZero else { return nil }
        let (sum, overflowed) = utcNsAtZero.addingReportingOverflow(Int64(clamping: lastEngineNs))
        return overflowed ? .max : sum
    }

    func symbol(_ instrument: UInt32) -> String? { symbols[instrument] }

    /// - Returns: `nil` where the kind's number is none that this version knows: the record says so itself then.
    mutating func take(_ input: Input) -> ShownEvent? {
        lastEngineNs = input.engine_time_ns
        lastSequence = input.sequence
        guard let kind = InputKind(rawValue: input.kind) else { return nil }
        if kind == .start || kind == .clockOffset { utcNsAtZero = Int64(clamping: input.execution_id) }
        var event = shown(.input, EventNames.name(kind), input.sequence, input.instrument, input.side)
        switch kind {
        case .start: event.add("epoch", UInt64(input.user_ref))
        case .stop, .clockOffset: break
        case .marketPacket:
            event.add("stream", UInt64(input.source))
            event.add("first", input.execution_id)
            event.add("bytes", input.quantity)
        case .feedGap:
            event.add("stream", UInt64(input.source))
            event.add("first", input.execution_id)
            event.add("missing", input.quantity)
        case .feedWhole:
            event.add("stream", UInt64(input.source))
            event.add("next", input.execution_id)
        case .feedEnded, .feedRestarted, .feedAlive: event.add("stream", UInt64(input.source))
        case .sessionUp:
            event.add("session", UInt64(input.source))
            event.add("next", input.execution_id)
            event.add("lowest_ref", UInt64(input.user_ref))
        case .sessionDown:
            event.add("session", UInt64(input.source))
            if input.flags & 1 != 0 { event.add("orderly", "true") }
        case .submitted, .sendFailed: event.userRef = input.user_ref
        case .orderAccepted:
            terms(&event, input)
            event.add("venue_order", input.execution_id)
            if input.flags & 1 != 0 { event.add("dead", "true") }
        case .execution:
            terms(&event, input)
            event.add("match", input.execution_id)
            liquidity(&event, input.liquidity)
        case .orderCancelled:
            event.userRef = input.user_ref
            event.quantity = input.quantity
            event.add("reason", EventNames.code(UInt32(input.flags)))
        case .orderExpired:
            event.userRef = input.user_ref
            event.quantity = input.quantity
            event.add("reason", EventNames.code(UInt32(input.flags)))
        case .orderRejected:
            event.userRef = input.user_ref
            event.add("reason", input.execution_id)
            let refusal = RefusalClass(rawValue: UInt8(truncatingIfNeeded: input.quantity))
            event.add("class", refusal.map { "\($0)" } ?? "\(input.quantity)")
        case .executionCorrected:
            terms(&event, input)
            event.add("match", input.execution_id)
            event.add("correction", UInt64(input.flags))
        case .cancelRefused:
            event.userRef = input.user_ref
            event.add("pending", input.flags == 1 ? "true" : "false")
        case .executionBroken:
            event.userRef = input.user_ref
            event.add("match", input.execution_id)
            event.add("reason", EventNames.code(UInt32(input.flags)))
        case .orderReplaced:
            terms(&event, input)
            event.add("old_ref", input.execution_id & 0xffff_ffff)
        case .venueNotice: event.add("type", EventNames.code(UInt32(input.flags)))
        case .timer:
            event.add("due_ns", input.execution_id)
            event.add("timer", UInt64(input.user_ref))
        case .operatorCommand:
            event.add(
                "command",
                OperatorCommand(rawValue: input.flags).map { EventNames.snakeCase("\($0)") }
                    ?? "\(input.flags)")
            if input.user_ref != 0 { event.add("request", UInt64(input.user_ref)) }
            if input.flags == OperatorCommand.setRate.rawValue {
                event.add("currency", Symbol(raw: input.execution_id).description)
                event.add("rate", Words.rate(input.quantity))
            }
        case .reconcileBegin:
            event.add("session", UInt64(input.source))
            event.add("question", UInt64(input.user_ref))
            event.add("true_up_to", input.execution_id)
        case .reconcileOrder: terms(&event, input)
        case .reconcileExecution:
            terms(&event, input)
            event.add("match", input.execution_id)
        case .reconcilePosition, .restorePosition:
            event.quantity = input.quantity
            event.price = decimal(input.price)
        case .reconcileCommit:
            event.add("parts", input.quantity)
            event.add("complete", input.flags & 1 != 0 ? "true" : "false")
        case .reconcileFailed:
            event.add("question", UInt64(input.user_ref))
            event.add("why", UInt64(input.flags))
        case .restoreOrder:
            terms(&event, input)
            event.orderID = OrderID(high: input.venue_time_ns, low: input.execution_id).description
        case .restoreTerms:
            event.price = decimal(input.price)
            event.add("type", OrderType(rawValue: input.flags).map { "\($0)" } ?? "?")
        case .restoreCommit: event.add("lowest_ref", UInt64(input.user_ref))
        case .restoreTie:
            event.orderID = OrderID(high: input.venue_time_ns, low: input.execution_id).description
            if let link = OrderLink(rawValue: UInt32(input.flags)) {
                let other = OrderID(
                    high: UInt64(bitPattern: input.price), low: UInt64(bitPattern: input.quantity))
                event.add("link", EventNames.snakeCase("\(link)"))
                event.add("other", other.description)
            } else {
                event.add("take_profit", decimal(input.price))
                event.add("stop_loss", decimal(input.quantity))
            }
        case .restoreState:
            scope(&event, input.flags, input.instrument, input.price)
            event.add("state", state(UInt32(input.side)))
            event.add("cause", ruleName(input.user_ref))
            if input.execution_id != 0 { event.add("since_utc_ns", input.execution_id) }
        case .restoreOrigin:
            let who = OperatorName(high: input.venue_time_ns, low: input.execution_id)
            if !who.isEmpty { event.add("by", who.description) }
            if input.price != 0 || input.quantity != 0 {
                event.add("limit", input.price)
                event.add("value", input.quantity)
            }
        case .restoreDayTrades:
            event.add("day", input.execution_id)
            event.quantity = input.quantity
        case .restorePeak: event.add("peak", decimal(input.quantity))
        case .restoreBook:
            event.add("strategy", UInt64(input.user_ref))
            event.quantity = input.quantity
            event.add("realised", decimal(input.price))
        case .limitsBegin: event.add("request", UInt64(input.user_ref))
        case .limitsPart:
            scope(&event, input.flags, input.instrument, input.price)
            limit(
                &event, input.user_ref, RiskScope(rawValue: input.flags), input.instrument, input.price,
                [("value", input.quantity)])
        case .limitsCommit:
            event.add("parts", input.quantity)
            event.add("digest", String(input.execution_id, radix: 16))
        case .strategyOverran:
            event.add("turns", input.execution_id)
            event.add("longest_ns", input.quantity)
            event.add("budget_ns", input.price)
        case .engineHeld:
            event.add("away_ns", input.quantity)
            event.add("connections", input.execution_id)
        case .journalPressure:
            event.add("ring", input.flags & 2 != 0 ? "failed" : input.flags == 1 ? "half full" : "has room")
        }
        return event
    }

    /// - Returns: `nil` where the kind's number is none that this version knows.
    mutating func take(_ fact: Fact) -> ShownEvent? {
        guard let kind = FactKind(rawValue: fact.kind) else { return nil }
        var event = shown(.fact, EventNames.name(kind), fact.sequence, fact.instrument, fact.side)
        if fact.order_id_high != 0 || fact.order_id_low != 0 { event.orderID = fact.orderID.description }
        if fact.user_ref != 0 { event.userRef = fact.user_ref }
        switch kind {
        case .signal:
            event.price = decimal(fact.price)
            let action = SignalAction(rawValue: UInt8(truncatingIfNeeded: fact.detail))
            event.add("action", action.map { "\($0)" } ?? "\(fact.detail)")
            event.add("strength", "\(Double(bitPattern: fact.execution_id))")
        case .signalMetadata: metadata(&event, fact)
        case .signalDiscarded, .riskRejected: refusal(&event, fact)
        case .orderCreated:
            terms(&event, fact)
            event.add(
                "type", OrderType(rawValue: UInt8(truncatingIfNeeded: fact.detail)).map { "\($0)" } ?? "?")
            let tif = TimeInForce(rawValue: UInt8(truncatingIfNeeded: fact.detail >> 8))
            event.add("tif", tif.map(EventNames.name) ?? "?")
            if fact.detail >> 16 & 1 != 0 { event.add("reduce_only", "true") }
            if fact.detail >> 16 & 2 != 0 { event.add("post_only", "true") }
        case .orderRestored: terms(&event, fact)
        case .orderPending, .orderSubmitted, .orderSendFailed, .orderExpired, .cancelRequested,
            .cancelRefused, .orderClosed:
            break
        case .orderHeld:
            if fact.price != 0 { event.price = decimal(fact.price) }
            if fact.quantity != 0 { event.add("trail", decimal(fact.quantity)) }
            if fact.execution_id != 0 { event.add("until_ns", fact.execution_id) }
            event.add(
                "type", OrderType(rawValue: UInt8(truncatingIfNeeded: fact.detail)).map { "\($0)" } ?? "?")
        case .orderDated: event.add("until_ns", fact.execution_id)
        case .orderBracket:
            if fact.price != 0 { event.add("take_profit", decimal(fact.price)) }
            if fact.quantity != 0 { event.add("stop_loss", decimal(fact.quantity)) }
        case .orderTriggered:
            if fact.price != 0 { event.price = decimal(fact.price) }
            event.add("by", HoldCause(rawValue: fact.detail).map { "\($0)" } ?? "\(fact.detail)")
        case .replaceRequested:
            terms(&event, fact)
            event.add("old_ref", fact.execution_id)
        case .replaceRefused:
            terms(&event, fact)
            if fact.detail >> 16 != 0 {
                event.add("rule", Rule(rawValue: fact.detail >> 16)?.name ?? "\(fact.detail >> 16)")
            } else if fact.detail != 0 {
                event.add("reason", UInt64(fact.detail))
            }
        case .executionCorrected:
            terms(&event, fact)
            event.add("match", fact.execution_id)
            event.add("correction", UInt64(fact.detail))
        case .orderLinked:
            let link = OrderLink(rawValue: fact.detail)
            event.add("link", link.map { EventNames.snakeCase("\($0)") } ?? "\(fact.detail)")
            let other = OrderID(
                high: UInt64(bitPattern: fact.price), low: UInt64(bitPattern: fact.quantity))
            event.add("other", other.description)
        case .orderTimedOut:
            event.quantity = fact.quantity
            if fact.execution_id != 0 { event.add("after_ns", fact.execution_id) }
        case .executionInferred, .inferenceReplaced:
            terms(&event, fact)
            event.add("inferred", String(fact.execution_id, radix: 16))
        case .accountState:
            event.add("equity", decimal(fact.price))
            event.add("day", decimal(fact.quantity))
            event.add("drawdown", decimal(Int64(bitPattern: fact.execution_id)))
            event.add(
                "at",
                AccountMoment(rawValue: fact.detail).map { EventNames.snakeCase("\($0)") } ?? "\(fact.detail)"
            )
        case .currencyRate:
            event.add("currency", Symbol(raw: fact.execution_id).description)
            event.add("rate", Words.rate(fact.quantity))
            event.add("before", Words.rate(fact.price))
        case .currencyState:
            event.add("currency", Symbol(raw: fact.execution_id).description)
            event.add("cash", decimal(fact.price))
            event.add("held", decimal(fact.quantity))
        case .reconciliationAsked: event.add("session", fact.quantity)
        case .reconciliationDone: event.add("differences", fact.quantity)
        case .reconciliationDifference:
            let difference = ReconciliationDifference(rawValue: fact.detail)
            event.add("difference", difference.map { EventNames.snakeCase("\($0)") } ?? "\(fact.detail)")
            event.add("ours", fact.price)
            event.add("venue", fact.quantity)
            if fact.execution_id != 0 { event.add("match", fact.execution_id) }
        case .operatorAnswered:
            let command = OperatorCommand(rawValue: UInt8(truncatingIfNeeded: fact.detail & 0xffff))
            event.add("command", command.map { EventNames.snakeCase("\($0)") } ?? "\(fact.detail)")
            event.add("orders", fact.quantity)
            if fact.detail >> 16 != 0 {
                event.add("rule", Rule(rawValue: fact.detail >> 16)?.name ?? "\(fact.detail >> 16)")
            }
        case .orderAccepted:
            terms(&event, fact)
            event.add("venue_order", fact.execution_id)
        case .orderFilled:
            terms(&event, fact)
            event.add("match", fact.execution_id)
            liquidity(&event, fact.detail)
        case .orderCancelled:
            event.quantity = fact.quantity
            event.add("reason", EventNames.code(fact.detail))
        case .orderRejected: event.add("reason", UInt64(fact.detail))
        case .orderReplaced: terms(&event, fact)
        case .executionBroken:
            terms(&event, fact)
            event.add("match", fact.execution_id)
        case .executionRepeated: event.add("match", fact.execution_id)
        case .orderInDoubt, .orderDisputed: event.add("by", inputName(fact.detail))
        case .orderResolved: event.add("lifecycle", UInt64(fact.detail))
        case .illegalTransition:
            event.add("lifecycle", UInt64(fact.detail >> 8))
            event.add("by", inputName(fact.detail & 0xff))
        case .positionOpened, .positionChanged, .positionClosed:
            terms(&event, fact)
            event.add("realised", DecimalText.string(Int64(bitPattern: fact.execution_id), scale: Self.scale))
        case .bookState:
            event.add(
                "state",
                ["whole", "stale", "broken"].indices.contains(Int(fact.detail))
                    ? ["whole", "stale", "broken"][Int(fact.detail)] : "\(fact.detail)")
        case .riskState:
            // The sixteen bytes of the order's id are a person's name here.
            event.orderID = nil
            event.add("state", state(fact.detail & 0xff))
            scope(&event, UInt8(truncatingIfNeeded: fact.detail >> 8), fact.instrument, Int64(fact.strategy))
            event.add("cause", ruleName(fact.detail >> 16))
            let who = OperatorName(high: fact.order_id_high, low: fact.order_id_low)
            if !who.isEmpty { event.add("by", who.description) }
            if fact.instrument != .max || fact.detail >> 8 & 0xff != UInt32(RiskScope.instrument.rawValue),
                fact.execution_id != 0
            {
                event.add("since_utc_ns", fact.execution_id)
            }
            if fact.price != 0 || fact.quantity != 0 {
                measured(
                    &event, Rule(rawValue: fact.detail >> 16).flatMap { RuleMeasure.ofState($0) }, fact,
                    RiskScope(rawValue: UInt8(truncatingIfNeeded: fact.detail >> 8)))
            }
        case .limitChanged:
            noteLimit(fact)
            scope(
                &event, UInt8(truncatingIfNeeded: fact.detail >> 16), fact.instrument, Int64(fact.strategy))
            limit(
                &event, fact.detail & 0xffff,
                RiskScope(rawValue: UInt8(truncatingIfNeeded: fact.detail >> 16)),
                fact.instrument, Int64(fact.strategy), [("value", fact.quantity), ("before", fact.price)])
        case .executionKnown: event.quantity = fact.quantity
        case .dayTrade:
            event.add("today", fact.quantity)
            event.add("within_days", fact.price)
        case .alert: alert(&event, fact)
        case .digest:
            event.add("inputs", fact.quantity)
            event.add("digest", String(fact.execution_id, radix: 16))
        }
        return event
    }

    /// A market event that the hot thread noted down: the definition of an instrument. Remembered, and not shown.
    mutating func take(_ event: MarketEvent) {
        guard event.kind == MarketEventKind.instrument.rawValue else { return }
        symbols[event.instrument] = Symbol(raw: event.symbol).description
    }

    /// A text record: the run's header, its settings, or an instrument's definition, which is remembered.
    mutating func take(text: String) -> ShownEvent {
        struct Definition: Decodable {
            let instrument: UInt32
            let symbol: String
        }
        struct Header: Decodable {
            let strategies: [String]
            let instruments: [String]?
            let settings: [String: String]?
        }
        var event = ShownEvent(source: .text, kind: "text", sequence: lastSequence, utcNs: nowUtcNs)
        if let header = try? JSONDecoder().decode(Header.self, from: Data(text.utf8)) {
            strategies = header.strategies
            currency = header.settings?["account.base_currency"] ?? ""
            takeLimits(header.settings ?? [:])
            for (index, symbol) in (header.instruments ?? []).enumerated() {
                symbols[UInt32(index)] = symbol
            }
        }
        if let definition = try? JSONDecoder().decode(Definition.self, from: Data(text.utf8)) {
            symbols[definition.instrument] = definition.symbol
            event.instrument = definition.instrument
            event.symbol = definition.symbol
        } else {
            event.add("text", text)
        }
        return event
    }

    private func shown(
        _ source: ShownEvent.Source, _ kind: String, _ sequence: UInt64, _ instrument: UInt32, _ side: UInt8
    ) -> ShownEvent {
        var event = ShownEvent(source: source, kind: kind, sequence: sequence, utcNs: nowUtcNs)
        if instrument != ST_NO_INSTRUMENT {
            event.instrument = instrument
            event.symbol = symbols[instrument] ?? "#\(instrument)"
        }
        switch Side(rawValue: side) {
        case .buy: event.side = "buy"
        case .sell: event.side = "sell"
        case .some(.none), nil: break
        }
        return event
    }

    private func terms(_ event: inout ShownEvent, _ input: Input) {
        event.userRef = input.user_ref
        event.quantity = input.quantity
        event.price = decimal(input.price)
    }

    private func terms(_ event: inout ShownEvent, _ fact: Fact) {
        event.quantity = fact.quantity
        event.price = decimal(fact.price)
    }

    /// What the two numbers of an alert are depends on what it is about.
    private func alert(_ event: inout ShownEvent, _ fact: Fact) {
        guard let code = AlertCode(rawValue: fact.detail) else {
            event.add("alert", "\(fact.detail)")
            return
        }
        event.add("alert", EventNames.snakeCase("\(code)"))
        switch code {
        case .crossedBook:
            event.add("bid", decimal(fact.price))
            event.add("ask", decimal(fact.quantity))
        case .feedGap:
            event.add("first", fact.price)
            event.add("missing", fact.quantity)
        case .sessionDown:
            event.add("session", fact.price)
            event.add("in_doubt", fact.quantity)
        case .strategyOverran:
            event.add("turns", fact.price)
            event.add("longest_ns", fact.quantity)
        case .engineHeld:
            event.add("connections", fact.price)
            event.add("away_ns", fact.quantity)
        case .barRoomFull: event.add("subscriptions", fact.quantity)
        case .riskState:
            event.add("state", state(UInt32(truncatingIfNeeded: fact.quantity)))
            event.add("cause", ruleName(UInt32(truncatingIfNeeded: fact.price)))
        case .limitsRefused:
            limit(
                &event, UInt32(truncatingIfNeeded: fact.quantity), .account, .max, 0,
                [("value", fact.price)])
        case .overfill:
            event.add("leaves", fact.price)
            event.quantity = fact.quantity
        case .illegalTransition, .disputedOrder, .unknownOrder, .orderInDoubt, .bookBroken, .journalPressure,
            .journalFailed, .executionSetNearFull, .doubtUnresolved, .reconciliationDifference,
            .reconciliationFailed, .executionInferred, .lotsMerged:
            if fact.quantity != 0 { event.quantity = fact.quantity }
            if fact.price != 0 { event.price = decimal(fact.price) }
        }
    }

    /// Whom a state or limit concerns; an instrument is shown by every event already.
    private func scope(_ event: inout ShownEvent, _ raw: UInt8, _ instrument: UInt32, _ strategy: Int64) {
        event.add("scope", RiskScope(rawValue: raw).map { "\($0)" } ?? "\(raw)")
        if raw == RiskScope.strategy.rawValue { event.add("strategy", strategyName(strategy)) }
    }

    private mutating func noteLimit(_ fact: Fact) {
        guard let kind = LimitKind(rawValue: UInt16(truncatingIfNeeded: fact.detail)),
            let scope = RiskScope(rawValue: UInt8(truncatingIfNeeded: fact.detail >> 16))
        else { return }
        limits[kind.path(scope, name(scope, fact.instrument, Int64(fact.strategy)))] = fact.quantity
    }

    private mutating func takeLimits(_ settings: [String: String]) {
        let places = (0..<strategies.count).map { ("strategies.\($0)", settings["strategies.\($0).name"]) }
        for kind in [LimitKind.dayLossMax, .dayLossPpm, .executionCountMax] {
            let scale = kind == .executionCountMax ? 0 : 4
            func take(_ text: String?, _ scope: RiskScope, _ name: String) {
                limits[kind.path(scope, name)] = text.flatMap { DecimalText.parse($0, scale: scale) }
            }
            take(settings[kind.path(.account, "")], .account, "")
            for case (let place, let name?) in places where kind.isOf(.strategy) {
                take(settings["\(place).limits.\(kind.key(.strategy))"], .strategy, name)
            }
        }
    }

    private func strategyName(_ index: Int64) -> String {
        strategies.indices.contains(Int(clamping: index)) ? strategies[Int(index)] : "#\(index)"
    }

    private func name(_ scope: RiskScope?, _ instrument: UInt32, _ strategy: Int64) -> String {
        switch scope {
        case .account, nil: ""
        case .strategy: strategyName(strategy)
        case .instrument: symbols[instrument] ?? "#\(instrument)"
        }
    }

    /// A limit by its setting and in that one's unit; as the core has it for programs.
    private func limit(
        _ event: inout ShownEvent, _ raw: UInt32, _ scope: RiskScope?, _ instrument: UInt32,
        _ strategy: Int64, _ values: [(name: String, value: Int64)]
    ) {
        event.add("limit", json: limitName(raw))
        guard let kind = LimitKind(rawValue: UInt16(truncatingIfNeeded: raw)) else {
            event.add("limit", "\(raw)")
            for (name, value) in values { event.add(name, value) }
            return
        }
        event.add("setting", kind.path(scope ?? .account, name(scope, instrument, strategy)))
        event.add("unit", json: kind.unit.rawName(currency: currency))
        for (name, value) in values { event.add(name, value, text: kind.text(value, currency: currency)) }
    }

    /// Limit and value of a rule.
    private func measured(
        _ event: inout ShownEvent, _ measure: RuleMeasure?, _ fact: Fact, _ scope: RiskScope?
    ) {
        guard let measure else {
            event.add("limit", fact.price)
            event.add("value", fact.quantity)
            return
        }
        let name = name(scope, fact.instrument, Int64(fact.strategy))
        let path = measure.path(fact.price, scope ?? .account, name) { kind, scope in
            limits[kind.path(scope, name)]
        }
        if let path { event.add("setting", path) }
        event.add("unit", json: measure.unit.rawName(currency: currency))
        event.add("limit", fact.price, text: measure.text(fact.price, currency: currency))
        event.add("value", fact.quantity, text: measure.text(fact.quantity, currency: currency))
    }

    private func state(_ raw: UInt32) -> String {
        TradingState(rawValue: UInt8(truncatingIfNeeded: raw)).map { EventNames.snakeCase("\($0)") }
            ?? "\(raw)"
    }

    private func ruleName(_ raw: UInt32) -> String { Rule(rawValue: raw)?.name ?? "\(raw)" }

    private func limitName(_ raw: UInt32) -> String {
        LimitKind(rawValue: UInt16(truncatingIfNeeded: raw)).map { EventNames.snakeCase("\($0)") } ?? "\(raw)"
    }

    /// What a strategy said about its signal, under the names that it gave.
    private func metadata(_ event: inout ShownEvent, _ fact: Fact) {
        func shown(_ bits: UInt64) -> String { "\(Double(bitPattern: bits))" }
        if fact.detail == 0 {
            event.add(
                MetadataName(raw: fact.execution_id).description, shown(UInt64(bitPattern: fact.price)))
            return
        }
        if fact.detail & 1 != 0 { event.add("win_rate", shown(UInt64(bitPattern: fact.price))) }
        if fact.detail & 2 != 0 { event.add("avg_win_pct", shown(UInt64(bitPattern: fact.quantity))) }
        if fact.detail & 4 != 0 { event.add("avg_loss_pct", shown(fact.execution_id)) }
    }

    /// The venue's flag, and what it means for the fee.
    private func liquidity(_ event: inout ShownEvent, _ detail: UInt32) {
        event.add("liquidity", EventNames.code(detail & 0xff))
        event.add("role", detail & Input.makerDetail != 0 ? "maker" : "taker")
    }

    /// Limit and value in the unit of the rule.
    private func refusal(_ event: inout ShownEvent, _ fact: Fact) {
        let rule = Rule(rawValue: fact.detail & 0xffff)
        event.add("rule", rule?.name ?? "\(fact.detail & 0xffff)")
        if let scope = RiskScope(rawValue: UInt8(truncatingIfNeeded: fact.detail >> 16)), scope != .account {
            event.add("scope", "\(scope)")
        }
        guard let rule, fact.price != 0 || fact.quantity != 0 else { return }
        let scope = RiskScope(rawValue: UInt8(truncatingIfNeeded: fact.detail >> 16))
        measured(&event, RuleMeasure.ofRefusal(rule, scope ?? .account), fact, scope)
    }

    private func decimal(_ raw: Int64) -> String { DecimalText.string(raw, scale: Self.scale) }

    private func inputName(_ raw: UInt32) -> String {
        InputKind(rawValue: UInt8(truncatingIfNeeded: raw)).map { EventNames.name($0) } ?? "\(raw)"
    }
}

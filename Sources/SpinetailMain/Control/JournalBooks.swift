import Core
import Foundation
import Journal
import Model
import Plumbing
import Runtime

/// Orders and positions as the facts of a journal make them, without deciding anything again.
struct JournalBooks {
    private struct Order {
        var row: OrderRow
        var type: OrderType
        var lifecycle = Lifecycle.created
        var request = Request.none
        var knowledge = Knowledge.known
        var leaves: Int64
        /// Sum of price · quantity of what executed.
        var cost: Int128 = 0
        /// Executed, busts not taken off, as it counts against the order.
        var executed: Int64 = 0
    }

    private let keepsRefused: Bool
    private var orders: [OrderID: Order] = [:]
    private var sequence: [OrderID] = []
    private var positions: [UInt32: PositionRow] = [:]
    private var symbols: [UInt32: String] = [:]
    private var strategies: [String] = []
    /// Code of the account's base; empty: not known.
    private var currency = ""
    private var clock = RunClock(epoch: 0, utcAtZeroNs: 0)

    /// A run's journal, its ring included where the process died.
    ///
    /// - Parameters:
    ///   - folder: The run's folder.
    ///   - keepsRefused: Refused orders are kept when they have closed, too.
    init(folder: String, keepsRefused: Bool = false) throws {
        self.keepsRefused = keepsRefused
        var ring: (records: SalvagedRing, path: String)?
        if case .left(let records, let path) = try LeftoverRings.find(folder: folder) {
            ring = (records, path)
        }
        let reader = try RunRecords(
            folder: "\(folder)/journal", ring: ring?.records, ringPlace: ring?.path ?? "")
        while let record = try reader.next() { take(record) }
    }

    /// What has not closed, in the order in which it was made; positions by symbol.
    var books: Books {
        Books(
            orders: sequence.compactMap { orders[$0].map(Self.shown) },
            positions: positions.values.sorted { $0.symbol < $1.symbol })
    }

    private static func shown(_ order: Order) -> OrderRow {
        var row = order.row
        row.isOpen = !order.lifecycle.isEnded
        row.leaves = row.isOpen ? order.leaves : 0
        if row.filled > 0, order.cost > 0 {
            row.averagePrice = Words.price(Int64(clamping: order.cost / Int128(row.filled)))
        }
        let status = OrderStatus(
            lifecycle: order.lifecycle, request: order.request, knowledge: order.knowledge,
            filled: Quantity(raw: row.filled))
        row.status = Words.snakeCase("\(status)")
        return row
    }

    // MARK: Records

    private mutating func take(_ record: JournalRecord) {
        if let input = record.input {
            guard let kind = InputKind(rawValue: input.kind) else { return }
            if kind == .start { clock = RunClock(epoch: input.user_ref, utcAtZeroNs: input.execution_id) }
        } else if let fact = record.fact {
            take(fact)
        } else if let text = record.text {
            take(text: text)
        } else if record.type == .mark {
            // SAFETY: a mark is one line, and a line may be read as any record of its size.
            guard unsafe record.content.count >= 64 else { return }
            let event = unsafe record.content.loadUnaligned(as: MarketEvent.self)
            if event.kind == MarketEventKind.instrument.rawValue {
                symbols[event.instrument] = Symbol(raw: event.symbol).description
            }
        }
    }

    private mutating func take(text: String) {
        struct Header: Decodable {
            let strategies: [String]
            let instruments: [String]?
            let settings: [String: String]?
        }
        struct Definition: Decodable {
            let instrument: UInt32
            let symbol: String
        }
        let bytes = Data(text.utf8)
        if let header = try? JSONDecoder().decode(Header.self, from: bytes) {
            strategies = header.strategies
            currency = header.settings?["account.base_currency"] ?? ""
            for (index, symbol) in (header.instruments ?? []).enumerated() {
                symbols[UInt32(index)] = symbol
            }
        }
        if let found = try? JSONDecoder().decode(Definition.self, from: bytes) {
            symbols[found.instrument] = found.symbol
        }
    }

    private mutating func take(_ fact: Fact) {
        guard let kind = FactKind(rawValue: fact.kind) else { return }
        let id = fact.orderID
        switch kind {
        case .orderCreated, .orderRestored: create(fact)
        case .orderHeld:
            orders[id]?.lifecycle = .held
            if fact.price != 0 { orders[id]?.row.stopPrice = Words.price(fact.price) }
        case .orderPending:
            orders[id]?.lifecycle = .pending
            number(fact)
        case .orderSubmitted:
            orders[id]?.lifecycle = .submitted
            number(fact)
        case .orderSendFailed: if fact.detail == 0 { orders[id]?.lifecycle = .rejected }
        case .orderAccepted:
            number(fact)
            if fact.execution_id != 0 { orders[id]?.row.venueOrder = fact.execution_id }
            if orders[id]?.lifecycle.isEnded == false { orders[id]?.lifecycle = .accepted }
            orders[id]?.knowledge = .known
        case .orderFilled: execute(fact, sign: 1)
        case .executionBroken: execute(fact, sign: -1)
        case .orderCancelled: leave(fact, .cancelled)
        case .orderExpired: leave(fact, .expired)
        case .orderRejected:
            orders[id]?.lifecycle = .rejected
            orders[id]?.leaves = 0
            orders[id]?.row.refusal = RefusalRow(venueReason: fact.detail)
        case .riskRejected:
            orders[id]?.lifecycle = .rejected
            orders[id]?.leaves = 0
            let why = refusal(fact)
            orders[id]?.row.refusal = why
        case .cancelRequested: orders[id]?.request = .cancelPending
        case .cancelRefused: orders[id]?.request = .none
        case .replaceRequested: orders[id]?.request = .replacePending
        case .replaceRefused: orders[id]?.request = .none
        case .orderReplaced: replace(fact)
        case .orderInDoubt: orders[id]?.knowledge = .inDoubt
        case .orderDisputed: orders[id]?.knowledge = .disputed
        case .orderResolved:
            orders[id]?.knowledge = .known
            if let lifecycle = Lifecycle(rawValue: UInt8(truncatingIfNeeded: fact.detail)) {
                orders[id]?.lifecycle = lifecycle
            }
        case .orderClosed:
            // What a person still has to look at stays in sight.
            if keepsRefused, orders[id]?.row.refusal != nil {
                orders[id]?.lifecycle = .rejected
            } else if orders[id]?.knowledge != .disputed {
                orders[id] = nil
            } else {
                orders[id]?.lifecycle = .closed
            }
        case .positionOpened, .positionChanged, .positionClosed:
            positions[fact.instrument] = PositionRow(
                symbol: symbols[fact.instrument] ?? "#\(fact.instrument)", quantity: fact.quantity,
                entryPrice: fact.price, realised: Int128(Int64(bitPattern: fact.execution_id)))
        case .signal, .signalDiscarded, .signalMetadata, .executionRepeated, .orderTriggered, .orderDated,
            .orderBracket,
            .illegalTransition,
            .executionCorrected, .orderLinked, .orderTimedOut, .executionInferred, .inferenceReplaced,
            .accountState, .currencyRate, .currencyState, .bookState, .riskState, .limitChanged, .dayTrade,
            .executionKnown,
            .reconciliationAsked,
            .reconciliationDone,
            .reconciliationDifference, .operatorAnswered, .alert, .digest:
            break
        }
    }

    private mutating func create(_ fact: Fact) {
        guard orders[fact.orderID] == nil else { return }
        let type = OrderType(rawValue: UInt8(truncatingIfNeeded: fact.detail)) ?? .limit
        let flags = OrderFlags(rawValue: UInt8(truncatingIfNeeded: fact.detail >> 16))
        var row = OrderRow(
            id: fact.orderID, createdUtcNs: clock.utcNs(ofOrder: fact.orderID),
            symbol: symbols[fact.instrument] ?? "#\(fact.instrument)",
            side: Side(rawValue: fact.side) ?? .none, type: type,
            timeInForce: TimeInForce(rawValue: UInt8(truncatingIfNeeded: fact.detail >> 8)) ?? .day,
            status: .created)
        row.quantity = fact.quantity
        row.limitPrice = Words.price(fact.price, of: type)
        row.strategy = Int(fact.strategy) < strategies.count ? strategies[Int(fact.strategy)] : nil
        row.userRef = fact.user_ref
        row.reduceOnly = flags.isReduceOnly
        row.postOnly = flags.isPostOnly
        orders[fact.orderID] = Order(row: row, type: type, leaves: fact.quantity)
        sequence.append(fact.orderID)
    }

    private func refusal(_ fact: Fact) -> RefusalRow {
        let scope = RiskScope(rawValue: UInt8(truncatingIfNeeded: fact.detail >> 16)) ?? .account
        let name: String
        switch scope {
        case .account: name = ""
        case .strategy:
            name =
                Int(fact.strategy) < strategies.count
                ? strategies[Int(fact.strategy)] : "#\(fact.strategy)"
        case .instrument: name = symbols[fact.instrument] ?? "#\(fact.instrument)"
        }
        return RefusalRow(
            Rule(rawValue: fact.detail & 0xffff) ?? .none, scope, name, limit: fact.price,
            value: fact.quantity, currency: currency)
    }

    private mutating func number(_ fact: Fact) {
        if fact.user_ref != 0 { orders[fact.orderID]?.row.userRef = fact.user_ref }
    }

    /// - Parameter sign: 1: an execution; −1: it was undone, and nothing returns to the book.
    private mutating func execute(_ fact: Fact, sign: Int64) {
        guard var order = orders[fact.orderID] else { return }
        order.row.filled += sign * fact.quantity
        order.cost += Int128(sign) * Int128(fact.price) * Int128(fact.quantity)
        if sign > 0 {
            order.leaves = max(0, order.leaves - fact.quantity)
            order.executed += fact.quantity
            if !order.lifecycle.isEnded {
                order.lifecycle = order.executed >= order.row.quantity ? .filled : .accepted
            }
        }
        orders[fact.orderID] = order
    }

    private mutating func leave(_ fact: Fact, _ end: Lifecycle) {
        guard var order = orders[fact.orderID] else { return }
        order.leaves = max(0, order.leaves - fact.quantity)
        if order.leaves == 0 { order.lifecycle = end }
        orders[fact.orderID] = order
    }

    private mutating func replace(_ fact: Fact) {
        guard var order = orders[fact.orderID] else { return }
        order.request = .none
        order.row.quantity = fact.quantity
        order.row.limitPrice = Words.price(fact.price, of: order.type)
        order.leaves = max(0, fact.quantity - order.executed)
        if fact.user_ref != 0 { order.row.userRef = fact.user_ref }
        orders[fact.orderID] = order
    }
}

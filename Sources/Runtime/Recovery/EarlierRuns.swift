internal import Foundation
internal import Journal
internal import Model
internal import Plumbing

/// What earlier runs of the day left open, as their journals tell: who wanted an order, and on what terms. What became
/// of it since, the venue's own stream says.
struct EarlierRuns {
    /// An order that had not ended when its run did.
    struct Order: Equatable {
        var id: OrderID
        var symbol: Symbol
        var side: Side
        var quantity: Int64
        var price: Int64
        var terms: UInt32
        /// Name of the strategy that wanted it; empty: none did.
        var strategy: String
        /// 0: it was never given to a session.
        var userRef: UInt32 = 0
        var stop: Int64 = 0
        var trail: Int64 = 0
        /// UTC, nanoseconds; 0: none.
        var endsAtUtcNs: UInt64 = 0
        var isHeld = false
        /// Executed, or cancelled.
        var gone: Int64 = 0
    }

    private(set) var orders: [Order] = []
    /// The lowest order number above all that were used.
    private(set) var nextRef: UInt32 = 0
    private(set) var warnings: [String] = []

    /// Reads every run of the venue's day that `nowUtcNs` lies in.
    ///
    /// - Parameters:
    ///   - root: Where run folders are.
    ///   - dayOffsetSeconds: Added to UTC before it is divided into days.
    init(root: String, nowUtcNs: UInt64, dayOffsetSeconds: Int64) {
        let today = Self.day(nowUtcNs, dayOffsetSeconds)
        for name in ((try? Files.list(root)) ?? []).sorted() {
            guard let utcNs = Self.utcNs(ofFolder: name), Self.day(utcNs, dayOffsetSeconds) == today else {
                continue
            }
            read("\(root)/\(name)")
        }
    }

    /// The same from the records of one run after the other, wherever they come from.
    init(_ runs: [RunRecords]) throws(JournalError) { for records in runs { try take(records) } }

    private mutating func take(_ records: RunRecords) throws(JournalError) {
        var run = RunOrders(before: orders)
        while let record = try records.next() { run.take(record) }
        orders = run.open
        nextRef = max(nextRef, run.nextRef)
    }

    private static func day(_ utcNs: UInt64, _ offsetSeconds: Int64) -> Int64 {
        (Int64(utcNs / 1_000_000_000) + offsetSeconds) / 86_400
    }

    /// `yyyyMMddTHHmmssZ-…`; `nil`: it is no run's folder.
    static func utcNs(ofFolder name: String) -> UInt64? {
        guard name.count == 25, name.dropFirst(16).first == "-" else { return nil }
        let parser = DateFormatter()
        parser.locale = Locale(identifier: "en_US_POSIX")
        parser.timeZone = TimeZone(secondsFromGMT: 0)
        parser.dateFormat = "yyyyMMdd'T'HHmmss'Z'"
        guard let date = parser.date(from: String(name.prefix(16))) else { return nil }
        return UInt64(max(date.timeIntervalSince1970, 0)) * 1_000_000_000
    }

    // MARK: One run

    private mutating func read(_ folder: String) {
        do {
            let remainder = try LeftoverRings.find(folder: folder)
            var ring: SalvagedRing?
            if case .inUse = remainder { return }
            if case .left(let records, _) = remainder { ring = records }
            try take(RunRecords(folder: "\(folder)/journal", ring: ring, ringPlace: folder))
        } catch {
            // What cannot be read is no reason not to start: the venue's stream tells of every order that it has.
            warnings.append(
                "\(folder): what it left open is unknown (\(error)); the venue's stream will tell, without the strategies' names"
            )
        }
    }
}

/// The orders of one run, record by record, on top of what the runs before it left.
private struct RunOrders {
    private var orders: [OrderID: EarlierRuns.Order] = [:]
    private var sequence: [OrderID] = []
    private var symbols: [UInt32: Symbol] = [:]
    private var strategies: [String] = []
    private var utcAtZeroNs: UInt64 = 0
    private(set) var nextRef: UInt32 = 0

    init(before: [EarlierRuns.Order]) {
        for order in before {
            orders[order.id] = order
            sequence.append(order.id)
        }
    }

    /// In the order in which they were made.
    var open: [EarlierRuns.Order] { sequence.compactMap { orders[$0] } }

    mutating func take(_ record: JournalRecord) {
        if let input = record.input {
            guard let kind = InputKind(rawValue: input.kind) else { return }
            if kind == .start || kind == .clockOffset { utcAtZeroNs = input.execution_id }
        } else if let fact = record.fact {
            take(fact)
        } else if let text = record.text {
            take(text: text)
        } else if record.type == .mark {
            // SAFETY: a mark is one line, and a line may be read as any record of its size.
            guard unsafe record.content.count >= 64 else { return }
            let event = unsafe record.content.loadUnaligned(as: MarketEvent.self)
            if event.kind == MarketEventKind.instrument.rawValue {
                symbols[event.instrument] = Symbol(raw: event.symbol)
            }
        }
    }

    private mutating func take(text: String) {
        struct Header: Decodable { let strategies: [String] }
        struct Definition: Decodable {
            let instrument: UInt32
            let symbol: String
        }
        let bytes = Data(text.utf8)
        if let header = try? JSONDecoder().decode(Header.self, from: bytes) { strategies = header.strategies }
        if let found = try? JSONDecoder().decode(Definition.self, from: bytes),
            let symbol = Symbol(found.symbol)
        {
            symbols[found.instrument] = symbol
        }
    }

    private mutating func take(_ fact: Fact) {
        guard let kind = FactKind(rawValue: fact.kind) else { return }
        let id = fact.orderID
        switch kind {
        case .orderCreated, .orderRestored:
            guard orders[id] == nil, let symbol = symbols[fact.instrument], let side = Side(rawValue: fact.side)
            else { return }
            let strategy = Int(fact.strategy) < strategies.count ? strategies[Int(fact.strategy)] : ""
            orders[id] = EarlierRuns.Order(
                id: id, symbol: symbol, side: side, quantity: fact.quantity, price: fact.price,
                terms: fact.detail, strategy: strategy)
            sequence.append(id)
            if fact.user_ref != 0 {
                orders[id]?.userRef = fact.user_ref
                nextRef = max(nextRef, fact.user_ref &+ 1)
            }
        case .orderHeld:
            orders[id]?.isHeld = true
            orders[id]?.stop = fact.price
            orders[id]?.trail = fact.quantity
            if fact.execution_id != 0 { orders[id]?.endsAtUtcNs = utcAtZeroNs &+ fact.execution_id }
        case .orderDated: orders[id]?.endsAtUtcNs = utcAtZeroNs &+ fact.execution_id
        case .orderPending:
            orders[id]?.isHeld = false
            orders[id]?.userRef = fact.user_ref
            orders[id]?.price = fact.price
            orders[id]?.quantity = fact.quantity
            nextRef = max(nextRef, fact.user_ref &+ 1)
        case .replaceRequested: nextRef = max(nextRef, fact.user_ref &+ 1)
        case .orderReplaced:
            // Under its first number: the venue's stream tells of the others again. Only what is held has no stream.
            guard orders[id]?.isHeld == true else { return }
            orders[id]?.price = fact.price
            orders[id]?.quantity = fact.quantity
            if fact.price != 0, orders[id]?.stop != 0 { orders[id]?.stop = fact.price }
        case .orderFilled, .orderCancelled:
            guard var order = orders[id] else { return }
            order.gone += fact.quantity
            orders[id] = order.gone >= order.quantity ? nil : order
        case .orderExpired, .orderRejected, .riskRejected, .orderClosed: orders[id] = nil
        case .orderSendFailed: if fact.detail == 0 { orders[id] = nil }
        case .orderResolved:
            if let lifecycle = Lifecycle(rawValue: UInt8(truncatingIfNeeded: fact.detail)), lifecycle.isEnded {
                orders[id] = nil
            }
        case .signal, .signalDiscarded, .orderSubmitted, .orderAccepted, .cancelRequested, .cancelRefused,
            .executionBroken, .executionRepeated, .orderTriggered, .replaceRefused, .orderInDoubt,
            .orderDisputed, .illegalTransition, .executionCorrected, .orderLinked, .orderTimedOut,
            .executionInferred, .inferenceReplaced, .positionOpened, .positionChanged, .positionClosed,
            .accountState, .bookState, .riskState, .reconciliationAsked, .reconciliationDone,
            .reconciliationDifference, .operatorAnswered, .alert, .digest:
            break
        }
    }
}

extension EarlierRuns {
    /// As inputs of the core, with instruments and strategies by the numbers that they have now.
    func inputs(instrument: (Symbol) -> UInt32?, strategies: [String]) -> [Input] {
        guard !orders.isEmpty || nextRef > 0 else { return [] }
        var inputs: [Input] = []
        for order in orders {
            guard let instrument = instrument(order.symbol) else { continue }
            var first = Input(kind: .restoreOrder)
            first.user_ref = order.isHeld ? 0 : order.userRef
            first.quantity = order.quantity
            first.price = order.price
            first.instrument = instrument
            first.side = order.side.rawValue
            first.execution_id = order.id.low
            first.venue_time_ns = order.id.high
            first.flags = UInt8(truncatingIfNeeded: order.terms >> 16)
            var second = Input(kind: .restoreTerms)
            second.price = order.stop
            second.quantity = order.trail
            second.execution_id = order.endsAtUtcNs
            second.user_ref = strategies.firstIndex(of: order.strategy).map(UInt32.init) ?? UInt32(UInt16.max)
            second.flags = UInt8(truncatingIfNeeded: order.terms)
            second.side = UInt8(truncatingIfNeeded: order.terms >> 8)
            // Never sent and not held: it was lost with its run, and nobody has it.
            guard order.isHeld || order.userRef != 0 else { continue }
            inputs.append(first)
            inputs.append(second)
        }
        var last = Input(kind: .restoreCommit)
        last.user_ref = nextRef
        inputs.append(last)
        return inputs
    }
}

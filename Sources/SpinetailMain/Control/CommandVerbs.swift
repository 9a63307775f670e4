import Foundation
import Model
import Plumbing
import Runtime

private let engineOptions: [CommandLineOption] = [
    .value(
        "run", "RUN", "the engine: its process, folder or first digits of its id; not needed where one runs"),
    .flag("json", "print what was done as one JSON object"),
]
private let wait = CommandLineOption.value(
    "wait", "SECONDS", "wait until the venue has confirmed it; exit code 1 where it has not by then")

extension Verb {
    /// `spinetail cancel`.
    static let cancel = Verb(
        name: "cancel", summary: "cancels orders of a running engine",
        positionals: [
            PositionalArgument(
                "ID", required: false,
                "the order: its id, first digits that no other begins with, or its number on the venue session"
            )
        ],
        options: [
            .flag("all", "every open order"), .value("symbol", "SYM", "every open order of this symbol"),
            wait,
        ] + engineOptions,
        notes: """
            A cancel is a request: the order may still execute until the venue has answered. Without --wait the command ends
            when the engine has sent it.
            """
    ) { try cancelOrders($0, EngineListing()) }

    /// `spinetail replace`.
    static let replace = Verb(
        name: "replace", summary: "gives an order of a running engine another price or quantity",
        positionals: [PositionalArgument("ID", "the order, as for cancel")],
        options: [
            .value("price", "P", "new limit price; otherwise as it was"),
            .value("quantity", "N", "of the whole order, with what has been executed; otherwise as it was"),
            wait,
        ] + engineOptions,
        notes: "Risk judges the new terms as it would an order's: at the worst of old and new."
    ) { try replaceOrder($0, EngineListing()) }

    /// `spinetail close`.
    static let close = Verb(
        name: "close", summary: "closes a position of a running engine at the market",
        positionals: [PositionalArgument("SYMBOL", "of the position")],
        options: [wait] + engineOptions,
        notes:
            "Its working orders are cancelled first; when nothing works any more, one order takes what is held."
    ) { try closePosition($0, EngineListing()) }

    /// `spinetail flatten`.
    static let flatten = Verb(
        name: "flatten", summary: "cancels every order and closes every position of a running engine",
        options: [.flag("yes", "do not ask first"), wait] + engineOptions,
        notes: """
            Asks on the terminal before it does anything; where there is none, --yes is needed. Strategies go on: what they
            want afterwards they get.
            """
    ) { try flattenAll($0, EngineListing(), confirm: askOnTerminal) }

    /// `spinetail rate`.
    static let rate = Verb(
        name: "rate", summary: "tells a running engine what a currency is worth",
        positionals: [
            PositionalArgument("CODE", "of the currency, one of account.currencies"),
            PositionalArgument("VALUE", "units of the base currency for one of it"),
        ],
        options: engineOptions,
        notes: """
            Everything held in that currency is worth that from here on, and so is what it counts against the limits on
            money. The rate is an input like any other: a replay of the journal has it at the same place.
            """
    ) { try setRate($0, EngineListing()) }

    /// `spinetail reconcile`.
    static let reconcile = Verb(
        name: "reconcile", summary: "compares the books of a running engine with the venue's",
        options: [
            .value("wait", "SECONDS", "wait for the outcome so long (default 15); 0: only ask")
        ] + engineOptions,
        notes: """
            Asks the venue's back office (broker.back_office) for open orders, executions and positions. Differences are
            put right or raised; each is a fact of the journal: `spinetail events RUN --kind reconciliation_difference`.
            """
    ) { try reconcileBooks($0, EngineListing()) }
}

/// What a command came to, for `--json`.
private struct Done: Encodable {
    var command: String
    var run: String
    var count: Int64?
    /// Number of the input with which the engine took it.
    var sequence: UInt64?
    var orders: [OrderRow]?
    /// With `--wait`: whether the venue has confirmed all of it.
    var confirmed: Bool?
    /// What is not confirmed.
    var outstanding: [String]?
    var reconciliation: ControlStatus.Reconciliation?
}

/// One command on one engine.
private struct Session {
    let engine: ControlConnection
    let output: CommandOutput
    let isJson: Bool
    let waitSeconds: Int?
    let verb: String

    init(_ arguments: ParsedArguments, _ listing: EngineListing, _ verb: String) throws {
        waitSeconds = try arguments.whole("wait", in: 0...86_400)
        engine = try listing.connect(arguments.text("run"), verb: verb)
        output = arguments.output
        isJson = arguments.flag("json")
        self.verb = verb
    }

    func orders(isOpenOnly: Bool, _ symbol: Symbol? = nil) throws -> Books {
        var books = Books()
        let last = try engine.ask(.orders) {
            $0.isOpenOnly = isOpenOnly
            $0.symbol = symbol
        } records: {
            if let order = $0.order { books.orders.append(order) }
        }
        guard last.ok == true else { throw CommandFailure(last.text ?? "the engine showed no orders") }
        return books
    }

    func positions(_ symbol: Symbol? = nil) throws -> [PositionRow] {
        var rows: [PositionRow] = []
        let last = try engine.ask(.positions) {
            $0.symbol = symbol
        } records: {
            if let position = $0.position { rows.append(position) }
        }
        guard last.ok == true else { throw CommandFailure(last.text ?? "the engine showed no positions") }
        return rows.filter { $0.quantity != 0 }
    }

    func done(_ last: ControlLine) -> Done {
        Done(
            command: last.command ?? verb, run: engine.about.runID.description, count: last.count,
            sequence: last.sequence)
    }

    /// Looks again until nothing is outstanding or the time is over.
    func wait(_ outstanding: () throws -> [String]) throws -> [String]? {
        guard let waitSeconds else { return nil }
        let untilNs = Clock.kernel.nowNs() + UInt64(waitSeconds) * 1_000_000_000
        while true {
            let left = try outstanding()
            if left.isEmpty || Clock.kernel.nowNs() >= untilNs { return left }
            Clock.sleep(ns: 20_000_000)
        }
    }

    /// Tells what was done, and what is outstanding. The exit code.
    func tell(_ done: Done, _ words: String, _ left: [String]?, confirmed: String) throws -> Int32 {
        var done = done
        done.confirmed = left.map(\.isEmpty)
        done.outstanding = left
        if isJson {
            output.line(try jsonLine(done))
        } else {
            output.line(words)
            if let left, left.isEmpty { output.line(confirmed) }
        }
        guard let left, !left.isEmpty else { return 0 }
        output.note(
            "spinetail \(verb): not confirmed within \(waitSeconds ?? 0) s:\n  "
                + left.joined(separator: "\n  "))
        return 1
    }
}

func counted(_ count: Int64?, _ what: String) -> String {
    "\(count ?? 0) \(what)\(count == 1 ? "" : "s")"
}

private func shown(_ order: OrderRow) -> String {
    "\(order.id)  \(order.symbol) \(order.side) \(order.leaves) of \(order.quantity) at "
        + "\(order.limitPrice ?? "the market"), \(order.status)"
}

func cancelOrders(_ arguments: ParsedArguments, _ listing: EngineListing) throws -> Int32 {
    let symbol = try symbol(arguments)
    let wishes =
        (arguments.positionals.isEmpty ? 0 : 1) + (arguments.flag("all") ? 1 : 0) + (symbol == nil ? 0 : 1)
    guard wishes == 1 else {
        throw UsageError("give one of an order's ID, --all and --symbol SYM")
    }
    let session = try Session(arguments, listing, "cancel")
    let last: ControlLine
    var meant: [OrderRow]
    if let word = arguments.positionals.first {
        let order = try session.orders(isOpenOnly: false).order(word)
        meant = [order]
        last = try session.engine.ask(.cancel) { $0.order = OrderID(order.id) }
    } else {
        meant = []
        last = try session.engine.ask(.cancelAll) { $0.symbol = symbol }
        // After it: what a strategy has ordered since is not meant, and none of that is pending.
        if last.ok == true, session.waitSeconds != nil || session.isJson {
            meant = try session.orders(isOpenOnly: true, symbol).orders.filter {
                ["pending_cancel", "in_doubt", "disputed"].contains($0.status)
            }
        }
    }
    if let refused = try refusal(last, session.output, verb: "cancel") { return refused }
    let ids = Set(meant.map(\.id))
    let left = try session.wait {
        try session.orders(isOpenOnly: true).orders.filter { ids.contains($0.id) }.map(shown)
    }
    var done = session.done(last)
    done.orders = arguments.positionals.isEmpty ? nil : meant
    let words =
        last.count == 0
        ? "nothing to cancel"
        : "\(counted(last.count, "cancel")) sent" + (meant.count == 1 ? ": \(shown(meant[0]))" : "")
    return try session.tell(done, words, left, confirmed: "none of them is open any more")
}

func replaceOrder(_ arguments: ParsedArguments, _ listing: EngineListing) throws -> Int32 {
    let quantity = try arguments.whole("quantity", in: 1...1_000_000_000).map { Int64($0) }
    var price: Int64?
    if let text = arguments.text("price") {
        price = DecimalText.parse(text, scale: Words.scale)
        guard let price, price > 0 else {
            throw UsageError(
                "--price is \"\(text)\", expected a positive price of at most 4 digits behind the point")
        }
    }
    guard price != nil || quantity != nil else { throw UsageError("give --price, --quantity or both") }
    let session = try Session(arguments, listing, "replace")
    let order = try session.orders(isOpenOnly: false).order(arguments.positionals[0])
    let last = try session.engine.ask(.replace) {
        $0.order = OrderID(order.id)
        $0.price = price
        $0.quantity = quantity
    }
    if let refused = try refusal(last, session.output, verb: "replace") { return refused }
    var after = order
    let left = try session.wait {
        let found = try session.orders(isOpenOnly: false).orders.first { $0.id == order.id }
        // Closed meanwhile: there is nothing left to be replaced.
        guard let found else { return [] }
        after = found
        return found.status == "pending_replace" || found.status == "in_doubt" ? [shown(found)] : []
    }
    var done = session.done(last)
    done.orders = [after]
    // What the venue refuses leaves the order as it was.
    let hasTerms =
        price.map { Words.price($0) == after.limitPrice } ?? true
        && (quantity.map { $0 == after.quantity } ?? true)
    if let left, left.isEmpty, !hasTerms {
        session.output.note("spinetail replace: the venue did not take the new terms: \(shown(after))")
        if session.isJson { session.output.line(try jsonLine(done)) }
        return 1
    }
    return try session.tell(
        done, "replacement sent: \(shown(order))", left, confirmed: "confirmed: \(shown(after))")
}

func closePosition(_ arguments: ParsedArguments, _ listing: EngineListing) throws -> Int32 {
    let symbol = try symbol(arguments.positionals[0])
    let session = try Session(arguments, listing, "close")
    let before = try session.positions().first { $0.symbol == symbol.description }
    let last = try session.engine.ask(.close) { $0.symbol = symbol }
    if let refused = try refusal(last, session.output, verb: "close") { return refused }
    let left = try session.wait { try outstanding(session, symbol) }
    let held = before.map { "\($0.side) \($0.quantity.magnitude)" } ?? "nothing"
    return try session.tell(
        session.done(last), "\(symbol): \(held) held; \(counted(last.count, "order")) cancelled or sent",
        left,
        confirmed: "\(symbol) is flat, and nothing works")
}

/// What keeps a symbol, or the account, from being flat.
private func outstanding(_ session: Session, _ symbol: Symbol?) throws -> [String] {
    try session.orders(isOpenOnly: true, symbol).orders.map(shown)
        + session.positions(symbol).map { "\($0.symbol) \($0.side) \($0.quantity.magnitude)" }
}

/// - Parameter confirm: Asks; `nil`: nobody is there to be asked.
func flattenAll(
    _ arguments: ParsedArguments, _ listing: EngineListing, confirm: (String) -> Bool?
) throws -> Int32 {
    let session = try Session(arguments, listing, "flatten")
    if !arguments.flag("yes") {
        let orders = try session.orders(isOpenOnly: true).orders.count
        let positions = try session.positions()
        let question =
            "Cancel \(counted(Int64(orders), "open order")) and close \(counted(Int64(positions.count), "position"))"
            + (positions.isEmpty
                ? ""
                : " (" + positions.prefix(10).map { "\($0.symbol) \($0.quantity)" }.joined(separator: ", ")
                    + (positions.count > 10 ? ", …)" : ")")) + " of \(session.engine.about.folder)?"
        switch confirm(question) {
        case true?: break
        case false?:
            session.output.note("spinetail flatten: nothing was done")
            return 1
        case nil: throw UsageError("nobody is here to be asked: say --yes")
        }
    }
    let last = try session.engine.ask(.flatten)
    if let refused = try refusal(last, session.output, verb: "flatten") { return refused }
    let left = try session.wait { try outstanding(session, nil) }
    return try session.tell(
        session.done(last), "\(last.count ?? 0) orders and positions to be cancelled and closed", left,
        confirmed: "the account is flat, and nothing works")
}

/// Yes or no of the terminal; `nil`: there is none.
private func askOnTerminal(_ question: String) -> Bool? {
    guard isatty(STDIN_FILENO) != 0 else { return nil }
    FileHandle.standardError.write(Data((question + " [y/N] ").utf8))
    return ["y", "yes"].contains((readLine() ?? "").lowercased())
}

func setRate(_ arguments: ParsedArguments, _ listing: EngineListing) throws -> Int32 {
    let (code, text) = (arguments.positionals[0], arguments.positionals[1])
    guard let currency = Symbol(code) else { throw UsageError("\"\(code)\" is no currency's code") }
    guard let rate = DecimalText.parse(text, scale: 9), rate > 0 else {
        throw UsageError(
            "VALUE is \"\(text)\", expected a number above 0, at most 9 digits behind the point")
    }
    let session = try Session(arguments, listing, "rate")
    let last = try session.engine.ask(.rate) {
        $0.currency = currency
        $0.rate = rate
    }
    if let refused = try refusal(last, session.output, verb: "rate") { return refused }
    return try session.tell(session.done(last), "\(code) is worth \(Words.rate(rate))", nil, confirmed: "")
}

func reconcileBooks(_ arguments: ParsedArguments, _ listing: EngineListing) throws -> Int32 {
    let session = try Session(arguments, listing, "reconcile")
    let last = try session.engine.ask(.reconcile)
    if let refused = try refusal(last, session.output, verb: "reconcile") { return refused }
    var done = session.done(last)
    let waitSeconds = session.waitSeconds ?? 15
    guard waitSeconds > 0, let wanted = last.reconciliation else {
        session.output.line(session.isJson ? try jsonLine(done) : "the venue's books are asked for")
        return 0
    }
    let untilNs = Clock.kernel.nowNs() + UInt64(waitSeconds) * 1_000_000_000
    while true {
        guard let now = try session.engine.ask(.status).status?.reconciliations else {
            throw CommandFailure("the engine tells nothing of its comparisons")
        }
        if now.finished >= wanted {
            done.reconciliation = now
            return try tell(session, done, now)
        }
        guard Clock.kernel.nowNs() < untilNs else {
            throw CommandFailure(
                "the comparison was not over within \(waitSeconds) s",
                remedy: "it goes on; the journal tells what it finds")
        }
        Clock.sleep(ns: 10_000_000)
    }
}

private func tell(_ session: Session, _ done: Done, _ now: ControlStatus.Reconciliation) throws -> Int32 {
    var done = done
    done.confirmed = now.lastOutcome == .done
    if session.isJson { session.output.line(try jsonLine(done)) }
    switch now.lastOutcome {
    case .done?:
        guard !session.isJson else { return 0 }
        session.output.line(
            now.differences == 0
                ? "compared with the venue's books: no difference"
                : "compared with the venue's books: \(counted(now.differences, "difference")); `spinetail events "
                    + "\(session.engine.about.folder) --kind reconciliation_difference` tells which")
        return 0
    case .useless?:
        session.output.note(
            "spinetail reconcile: nothing was compared: the answer was not complete, or of another moment than ours"
        )
    case .failed?, nil:
        session.output.note("spinetail reconcile: nothing was compared: \(now.failure ?? "no answer")")
    }
    return 1
}

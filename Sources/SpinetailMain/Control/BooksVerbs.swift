import Foundation
import Model
import Plumbing
import Runtime

private let runArgument = PositionalArgument(
    "RUN", required: false,
    "its process, folder or first digits of its id; not needed where one runs, or for the last run")

extension Verb {
    /// `spinetail orders`: what has not closed.
    static let orders = Verb(
        name: "orders", summary: "shows the orders of a running engine, or of the last run",
        positionals: [runArgument],
        options: [
            .flag("open", "only what may still execute"),
            .flag(
                "refused",
                "only what was refused, by risk or the venue, with rule, limit and value; from the run's journal, also while it runs"
            ),
            .value("symbol", "SYM", "only this symbol"),
            .flag("json", "one JSON object a line; prices are text"),
        ] + .settings,
        notes: """
            Ended orders are shown until they close, execution.evidence_horizon_seconds after their end. Where no engine
            runs, the journal of the last run below journal.folder is read, which is said on standard error. What each
            status means: Documentation/orders.md.
            """
    ) { try showOrders($0, EngineListing()) }

    /// `spinetail positions`: what is held, and what it made.
    static let positions = Verb(
        name: "positions", summary: "shows the positions of a running engine, or of the last run",
        positionals: [runArgument],
        options: [
            .value("symbol", "SYM", "only this symbol"),
            .flag(
                "json",
                "one JSON object a line, the last one the totals and the account; prices and money are text"),
        ] + .settings,
        notes: """
            Every instrument that was traded or may be by open orders. Net is realised and unrealised profit less fees. Of a
            run that has ended the journal knows quantity, entry price and realised profit.
            """
    ) { try showPositions($0, EngineListing()) }
}

func showOrders(_ arguments: ParsedArguments, _ listing: EngineListing) throws -> Int32 {
    let isOpenOnly = arguments.flag("open")
    let isRefusedOnly = arguments.flag("refused")
    guard !isOpenOnly || !isRefusedOnly else { throw UsageError("give --open or --refused, not both") }
    let symbol = try symbol(arguments)
    var books = Books()
    switch try source(arguments, listing, verb: "orders") {
    case .engine(let engine) where isRefusedOnly:
        // The engine keeps no order that it has refused; its journal does.
        books = try JournalBooks(folder: engine.about.folder, keepsRefused: true).books
    case .engine(let engine):
        let last = try engine.ask(.orders) {
            $0.isOpenOnly = isOpenOnly
            $0.symbol = symbol
        } records: {
            if let order = $0.order { books.orders.append(order) }
        }
        if let refused = try refusal(last, arguments.output, verb: "orders") { return refused }
        if let kill = last.kill, kill.on { arguments.output.note(words(kill)) }
        // The engine shows them by their place in its memory.
        books.orders.sort { ($0.createdUtcNs ?? 0, $0.id) < ($1.createdUtcNs ?? 0, $1.id) }
    case .journal(let folder):
        books = try JournalBooks(folder: folder, keepsRefused: isRefusedOnly).books
    }
    books.orders.removeAll {
        isOpenOnly && !$0.isOpen || isRefusedOnly && $0.refusal == nil
            || symbol.map { $0.description } ?? $0.symbol != $0.symbol
    }
    if arguments.flag("json") {
        for order in books.orders { arguments.output.line(try jsonLine(order)) }
    } else if books.orders.isEmpty {
        arguments.output.line(
            isOpenOnly ? "no open orders" : isRefusedOnly ? "no refused orders" : "no orders")
    } else {
        for line in Books.table(books.orders) { arguments.output.line(line) }
    }
    return 0
}

func showPositions(_ arguments: ParsedArguments, _ listing: EngineListing) throws -> Int32 {
    let symbol = try symbol(arguments)
    var rows: [PositionRow] = []
    var account: AccountRow?
    switch try source(arguments, listing, verb: "positions") {
    case .engine(let engine):
        let last = try engine.ask(.positions) {
            $0.symbol = symbol
        } records: {
            if let position = $0.position { rows.append(position) }
        }
        if let refused = try refusal(last, arguments.output, verb: "positions") { return refused }
        if let kill = last.kill, kill.on { arguments.output.note(words(kill)) }
        rows.sort { $0.symbol < $1.symbol }
        account = last.account
    case .journal(let folder):
        rows = try JournalBooks(folder: folder).books.positions.filter {
            symbol == nil || symbol?.description == $0.symbol
        }
    }
    let totals = PositionTotals(rows, account)
    if arguments.flag("json") {
        for row in rows { arguments.output.line(try jsonLine(row)) }
        arguments.output.line(try jsonLine(PositionSums(totals: totals, account: account)))
    } else if rows.isEmpty {
        arguments.output.line("no positions")
    } else {
        for line in Books.table(rows, totals) { arguments.output.line(line) }
    }
    if let account, !arguments.flag("json") {
        for line in Books.lines(account) { arguments.output.line(line) }
    }
    return 0
}

/// The last line of `positions --json`.
private struct PositionSums: Encodable {
    let totals: PositionTotals
    /// `nil`: no engine runs.
    let account: AccountRow?
}

// MARK: Where they come from

private enum Source {
    case engine(ControlConnection)
    /// The run's folder.
    case journal(String)
}

private func source(_ arguments: ParsedArguments, _ listing: EngineListing, verb: String) throws -> Source {
    let output = arguments.output
    if let name = arguments.positionals.first {
        let found = (listing.living + listing.dead).filter { EngineListing.matches(name, $0.about) }
        if found.count > 1 { throw EngineListing.ambiguous(found) }
        if let reader = found.first, reader.about.isAlive { return .engine(try ControlConnection(reader)) }
        let folder = found.first?.about.folder ?? name
        guard FileManager.default.fileExists(atPath: folder + "/journal") else {
            // Its words for what there is.
            _ = try listing.choose(name)
            throw CommandFailure("\(folder) has no journal")
        }
        output.note("\(verb): no engine runs there; this is what the journal of \(folder) tells")
        return .journal(folder)
    }
    if listing.living.count == 1 { return .engine(try ControlConnection(listing.living[0])) }
    if listing.living.count > 1 { throw EngineListing.ambiguous(listing.living) }
    let folder = try Verb.newestRun(arguments)
    output.note("\(verb): no engine runs; this is what the journal of the last run tells, \(folder)")
    return .journal(folder)
}

/// Of `--symbol`.
func symbol(_ arguments: ParsedArguments) throws(UsageError) -> Symbol? {
    guard let text = arguments.text("symbol") else { return nil }
    return try symbol(text)
}

func symbol(_ text: String) throws(UsageError) -> Symbol {
    guard let symbol = Symbol(text) else {
        throw UsageError("\"\(text)\" is no symbol: one to eight printable characters")
    }
    return symbol
}

/// What to say of an answer that was no: the exit code; `nil`: it was yes.
func refusal(_ last: ControlLine, _ output: CommandOutput, verb: String) throws -> Int32? {
    guard last.ok != true else { return nil }
    let rule = last.rule.map { " (\($0))" } ?? ""
    let cancelled =
        (last.count ?? 0) > 0 ? "; \(counted(last.count, "order")) cancelled or asked back all the same" : ""
    output.note("spinetail \(verb): \(last.text ?? last.error ?? "refused")\(rule)\(cancelled)")
    return 1
}

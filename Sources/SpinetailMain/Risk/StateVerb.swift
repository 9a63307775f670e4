import Foundation
import Model
import Plumbing
import Runtime

extension Verb {
    /// `spinetail state`.
    static let state = Verb(
        name: "state", summary: "shows what account, strategies and instruments may do, or sets it",
        positionals: [
            PositionalArgument("set", required: false, "the word itself: something is to be set"),
            PositionalArgument("SCOPE", required: false, "account, strategy:NAME or instrument:SYMBOL"),
            PositionalArgument(
                "STATE", required: false, "normal, reduce_only, liquidation_only or halted"),
        ],
        options: [
            .value("by", "NAME", "who sets it, up to 16 characters"),
            .value("run", "RUN", "the engine, where several run"),
            .flag("json", "one JSON object a line, then the kill switch and the last reload"),
        ] + .settings,
        notes: """
            `state` shows each scope that may not do everything, and the account: since when, why, the setting that was passed
            and by what, who did it and who or what ends it; instruments that are restricted or whose market is closed, too,
            and what the last reload came to. `state set account reduce_only --by ann` sets one; it holds until it is
            set to normal or lifted, over restarts, too. Where several scopes concern an order the strictest holds.
            """
    ) { try states($0, EngineListing()) }
}

func states(_ arguments: ParsedArguments, _ listing: EngineListing) throws -> Int32 {
    switch arguments.positionals.count {
    case 0:
        if arguments.text("by") != nil {
            throw UsageError("--by is for setting a state: state set SCOPE STATE --by NAME")
        }
        return try showStates(arguments, listing)
    case 3 where arguments.positionals[0] == "set": return try setState(arguments, listing)
    default: throw UsageError("expected nothing, or: set SCOPE STATE --by NAME")
    }
}

private func setState(_ arguments: ParsedArguments, _ listing: EngineListing) throws -> Int32 {
    let scope = try ScopeWord(arguments.positionals[1])
    guard let state = TradingState.allCases.first(where: { Words.name($0) == arguments.positionals[2] })
    else {
        let known = TradingState.allCases.map { Words.name($0) }.joined(separator: ", ")
        throw UsageError("\"\(arguments.positionals[2])\" is no state: \(known)")
    }
    guard let name = try operatorName(arguments) else {
        throw UsageError("--by NAME is missing: a state bears the name of who set it")
    }
    let engine = try listing.connect(arguments.text("run"), verb: "state")
    let last = try engine.ask(.setState) {
        $0.name = name
        $0.state = state
        scope.fill(&$0)
    }
    if let refused = try refusal(last, arguments.output, verb: "state") { return refused }
    if arguments.flag("json") {
        arguments.output.line(try jsonLine(Said("set_state", engine, scope, last)))
    } else {
        arguments.output.line("\(scope): \(Words.name(state)), set by \(name)")
    }
    return 0
}

/// What was done, for `--json`.
struct Said: Encodable {
    let command: String
    let run: String
    let scope: String
    let sequence: UInt64?

    init(_ command: String, _ engine: ControlConnection, _ scope: ScopeWord, _ last: ControlLine) {
        self.command = command
        run = engine.about.runID.description
        self.scope = "\(scope)"
        sequence = last.sequence
    }
}

private func showStates(_ arguments: ParsedArguments, _ listing: EngineListing) throws -> Int32 {
    let output = arguments.output
    if listing.living.isEmpty, arguments.text("run") == nil {
        let settings = try arguments.settings().settings
        try showFolder(settings.journal.folder, account: KillFolder.account(settings), arguments)
        return 0
    }
    let engine = try listing.connect(arguments.text("run"), verb: "state")
    var rows: [StateRow] = []
    let last = try engine.ask(.states) { _ in
    } records: {
        if let state = $0.state { rows.append(state) }
    }
    if let refused = try refusal(last, output, verb: "state") { return refused }
    if let unknown = last.text { output.note("state: \(unknown)") }
    if arguments.flag("json") {
        for row in rows { output.line(try jsonLine(row)) }
        if let kill = last.kill { output.line(try jsonLine(kill)) }
        if let reload = last.reload { output.line(try jsonLine(ReloadShown(reload: reload))) }
        return 0
    }
    for line in stateTable(rows) { output.line(line) }
    if let kill = last.kill { output.line(words(kill)) }
    if let reload = last.reload { output.line(words(reload)) }
    return 0
}

/// A line of `state --json`.
private struct ReloadShown: Encodable { let reload: ReloadRow }

/// Many instruments that are kept back by the same are one row.
func stateTable(_ rows: [StateRow]) -> [String] {
    var table = TextTable(["SCOPE", "STATE", "SINCE", "CAUSE", "LIMIT", ">VALUE", "BY", "ENDS"])
    var alike: [String: [StateRow]] = [:]
    func key(_ row: StateRow) -> String? {
        row.sequence == nil && row.scope == "\(RiskScope.instrument)"
            ? "\(row.cause ?? "") \(row.ends ?? "")" : nil
    }
    for row in rows { if let key = key(row) { alike[key, default: []].append(row) } }
    for row in rows {
        var scope = row.name.map { "\(row.scope) \($0)" } ?? row.scope
        if let key = key(row), let same = alike[key], same.count > StateRow.aloneCountMax {
            guard row == same[0] else { continue }
            let some = same.prefix(3).compactMap(\.name).joined(separator: ", ")
            scope = "\(same.count) instruments: \(some), …"
        }
        table.add([
            scope, row.state, since(row.sinceUtcNs), row.cause ?? "",
            // A percentage may have tripped at an amount.
            RuleMeasure.words(
                row.setting, row.limitText ?? "",
                isOwn: row.setting?.hasSuffix("_pct") != true || row.unit == LimitUnit.percent.rawValue),
            row.valueText ?? "",
            row.by ?? "", row.ends ?? "",
        ])
    }
    return table.lines
}

extension StateRow {
    /// More that are kept back by the same stand together.
    fileprivate static let aloneCountMax = 10
}

/// What the settings' last reading came to, in a line.
func words(_ reload: ReloadRow) -> String {
    "last reload: \(since(reload.atUtcNs)), by \(reload.isSignal ? "SIGHUP" : "command"): \(reload.words)"
}

/// Nobody runs: what a start of the settings' account would find, and what stands against others.
private func showFolder(_ folder: String, account: String, _ arguments: ParsedArguments) throws {
    let output = arguments.output
    output.note("state: no engine runs; this is the kill switch of \(folder)")
    let row = KillRow(KillFolder.state(in: folder, account: account), isHeard: true, failure: nil)
    if arguments.flag("json") { return output.line(try jsonLine(row)) }
    output.line(words(row))
    for other in KillFolder.standing(in: folder) where !other.account.isEmpty && other.account != account {
        let row = KillRow(other.state, isHeard: true, failure: nil)
        output.line("of \(other.account) alone: \(words(row))")
    }
}

/// The switch in a line.
func words(_ kill: KillRow) -> String {
    guard kill.on else {
        return "kill switch: off" + (kill.by.map { ", lifted by \($0)" } ?? "")
    }
    if let damage = kill.damage { return "kill switch: ON, because its file cannot be trusted: \(damage)" }
    var text = "kill switch: ON"
    if kill.sinceUtcNs != nil { text += " since \(since(kill.sinceUtcNs))" }
    text += ", said by \(kill.by ?? "nobody")"
    if !kill.heard { text += "; the hot thread has not come by since" }
    if !kill.durable { text += "; NOT DURABLE: \(kill.failure ?? "")" }
    return text
}

private func since(_ utcNs: UInt64?) -> String { utcNs.map { UtcTime.text(Int64(clamping: $0)) } ?? "" }

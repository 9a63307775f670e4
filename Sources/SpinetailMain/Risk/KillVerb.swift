import Foundation
import Model
import Plumbing
import Runtime
import Settings

extension Verb {
    /// `spinetail kill`.
    static let kill = Verb(
        name: "kill", summary: "the kill switch: no order leaves any more, and every open one is cancelled",
        options: [
            .value("run", "RUN", "the engine: its process, folder or first digits of its id"),
            .flag("all", "every engine of this machine"),
            .value("by", "NAME", "who says it, up to 16 characters; otherwise the login name"),
            .value("wait", "SECONDS", "look so long for the venue's confirmations (default 5)"),
            .flag("json", "one JSON object for each engine"),
        ] + .settings,
        notes: """
            When the engine has answered, not one order leaves any more, and the state outlives the process: until `spinetail
            lift --by NAME` no run below that journal folder trades. Then the command looks for the venue's confirmations, and
            ends with a list of what is not confirmed cancelled; exit code 0 only where that list is empty. It works while a
            strategy hangs. SIGUSR2 to the engine, or a file KILL in the journal folder, are the same switch. Where no engine
            runs, the folder of the settings is marked: Documentation/kill.md.
            """
    ) { try killEngines($0, EngineListing()) }

    /// `spinetail lift`.
    static let lift = Verb(
        name: "lift", summary: "lets a scope trade again that was killed, halted or restricted",
        options: [
            .value("by", "NAME", "who has looked and says so, up to 16 characters"),
            .value(
                "scope", "SCOPE",
                "account (default), strategy:NAME or instrument:SYMBOL; the kill switch is the account's"),
            .value("run", "RUN", "the engine, where several run"),
            .flag("json", "print what was done as one JSON object"),
        ] + .settings,
        notes: """
            Lifts everything that a person may lift of that scope: the kill switch, breakers, what an operator has set. What
            tripped a breaker may trip it again at once. Where no engine runs, the kill switch of the settings' journal folder
            is lifted in its file.
            """
    ) { try liftScope($0, EngineListing()) }
}

/// An order whose end nobody has confirmed.
struct UnconfirmedOrder: Encodable, Equatable {
    let id: String
    let symbol: String
    let side: String
    let leaves: Int64
    /// In words.
    let why: String
    /// Its number on the venue session, and the venue's own: what to say on the telephone.
    let userRef: UInt32
    let venueOrder: UInt64?

    init(_ order: OrderRow, why: String) {
        id = order.id
        symbol = order.symbol
        side = order.side
        leaves = order.leaves
        self.why = why
        userRef = order.userRef
        venueOrder = order.venueOrder
    }

    /// As the control socket shows it; ``status`` is the engine's at that moment.
    init(_ order: OrderRow, _ status: ControlStatus?) {
        let isDown = status?.sessionsUp == 0
        let why: String
        switch order.status {
        case "in_doubt": why = isDown ? "in doubt, the venue session is down" : "in doubt"
        case "disputed": why = "disputed"
        case "pending_cancel": why = isDown ? "cancel asked, the venue session is down" : "cancel pending"
        default: why = isDown ? "the venue session is down" : "no cancel has left yet"
        }
        self.init(order, why: why)
    }
}

/// What a kill came to, for `--json`.
private struct Killed: Encodable {
    let command = "kill"
    var run: String?
    var folder: String
    var kill: KillRow?
    /// Whether nothing is open any more.
    var confirmed: Bool
    var unconfirmed: [UnconfirmedOrder]
    /// What went wrong, in words.
    var trouble: [String]
}

func killEngines(_ arguments: ParsedArguments, _ listing: EngineListing) throws -> Int32 {
    let name = try operatorName(arguments) ?? loginName()
    let waitSeconds = try arguments.whole("wait", in: 0...86_400) ?? 5
    guard !arguments.flag("all") || arguments.text("run") == nil else {
        throw UsageError("give --all or --run RUN, not both")
    }
    var engines: [LiveReader]
    if arguments.flag("all") || arguments.text("run") == nil {
        engines = listing.living
        if engines.count > 1, !arguments.flag("all") { throw EngineListing.ambiguous(engines) }
    } else {
        switch try listing.choose(arguments.text("run")) {
        case .one(let reader) where reader.about.isAlive: engines = [reader]
        case .one(let reader): throw CommandFailure(EngineListing.obituary(reader))
        case .several(let readers): throw EngineListing.ambiguous(readers)
        }
    }
    if engines.isEmpty {
        let done = try killFolder(arguments, name)
        return try tell(done, arguments, waitSeconds)
    }
    // All of them first: none waits for another, neither for its answer nor for its confirmations.
    var said: [(engine: ControlConnection?, question: Int64, done: Killed)] = []
    for reader in engines {
        var done = Killed(
            run: reader.about.runID.description, folder: reader.about.folder, confirmed: false,
            unconfirmed: [], trouble: [])
        do {
            let engine = try ControlConnection(reader)
            said.append((engine, try engine.begin(.kill) { $0.name = name }, done))
        } catch {
            done.trouble.append("\(error)")
            said.append((nil, 0, done))
        }
    }
    let untilNs = Clock.kernel.nowNs() + UInt64(waitSeconds) * 1_000_000_000
    // An engine that is well answers at once, and is heard out: the last look is asked for when the time is over.
    let answerUntilNs = untilNs + 1_000_000_000
    var code: Int32 = 0
    for (engine, question, done) in said {
        var done = done
        if let engine {
            do {
                let last = try engine.finish(question, untilNs: answerUntilNs)
                done.kill = last.kill
                if last.ok != true { done.trouble.append(last.text ?? last.error ?? "refused") }
                confirm(engine, &done, untilNs: untilNs, answerUntilNs: answerUntilNs)
            } catch {
                done.trouble.append("\(error)")
                readJournal(&done, why: "open when the journal was last written")
            }
        }
        code = max(code, try tell(done, arguments, waitSeconds))
    }
    return code
}

/// Looks until nothing is open or the time is over.
private func confirm(
    _ engine: ControlConnection, _ done: inout Killed, untilNs: UInt64, answerUntilNs: UInt64
) {
    do {
        while true {
            let status = try engine.finish(try engine.begin(.status), untilNs: answerUntilNs).status
            done.kill = status?.kill ?? done.kill
            let isOver = Clock.kernel.nowNs() >= untilNs
            // Before the core has heard of it no answer of the hot thread means anything; while it hangs there is none.
            if done.kill?.heard == true {
                var open: [OrderRow] = []
                let last = try engine.finish(
                    try engine.begin(.orders) { $0.isOpenOnly = true }, untilNs: answerUntilNs
                ) {
                    if let order = $0.order { open.append(order) }
                }
                if last.ok == true {
                    done.unconfirmed = open.map { UnconfirmedOrder($0, status) }
                    done.confirmed = open.isEmpty
                    if open.isEmpty || isOver { return }
                } else if isOver {
                    throw CommandFailure(last.text ?? "the engine showed no orders")
                }
            } else if isOver {
                throw CommandFailure(
                    "the hot thread has not come by since: no order leaves, and no cancel either")
            }
            Clock.sleep(ns: 10_000_000)
        }
    } catch {
        done.confirmed = false
        done.trouble.append("\(error)")
        readJournal(&done, why: "open when the journal was last written")
    }
}

/// What the journal knows of is all that can be said of an engine that says nothing.
private func readJournal(_ done: inout Killed, why: String) {
    do {
        done.unconfirmed = try JournalBooks(folder: done.folder).books.orders.filter(\.isOpen).map {
            UnconfirmedOrder($0, why: why)
        }
    } catch {
        done.trouble.append("what was open is not known: \(error)")
    }
}

/// Nobody runs: the next start finds it.
private func killFolder(_ arguments: ParsedArguments, _ name: OperatorName) throws -> Killed {
    let folder = try arguments.settings().settings.journal.folder
    let state = KillState(isOn: true, cause: .command, name: name.description, atUtcNs: Clock.utcNs())
    do {
        try KillFolder.kill(state, in: folder)
    } catch {
        throw CommandFailure("no engine runs, and the switch of \(folder) could not be written: \(error)")
    }
    arguments.output.note("kill: no engine runs; the next start below \(folder) trades nothing")
    var done = Killed(
        run: nil, folder: folder, kill: KillRow(state, isHeard: true, failure: nil), confirmed: true,
        unconfirmed: [], trouble: [])
    if let newest = try? Verb.newestRun(arguments) {
        done.folder = newest
        readJournal(&done, why: "open when its run ended")
        done.folder = folder
        done.confirmed = done.unconfirmed.isEmpty && done.trouble.isEmpty
    }
    return done
}

private func tell(_ done: Killed, _ arguments: ParsedArguments, _ waitSeconds: Int) throws -> Int32 {
    let output = arguments.output
    if arguments.flag("json") {
        output.line(try jsonLine(done))
    } else {
        let where_ = done.run.map { "run \($0.prefix(8)), \(done.folder)" } ?? done.folder
        if let kill = done.kill, kill.on {
            output.line(
                "KILLED \(where_): no order leaves"
                    + (done.confirmed ? ", and no order is open" : ""))
        } else {
            output.line("NOT KILLED \(where_)")
        }
        for trouble in done.trouble { output.note("spinetail kill: \(trouble)") }
        if !done.unconfirmed.isEmpty {
            var table = TextTable([
                "ID", "SYMBOL", "SIDE", ">LEAVES", ">NUMBER", ">VENUE'S NUMBER", "NOT CONFIRMED BECAUSE",
            ])
            for order in done.unconfirmed {
                table.add([
                    order.id, order.symbol, order.side, "\(order.leaves)", "\(order.userRef)",
                    order.venueOrder.map { "\($0)" } ?? "–", order.why,
                ])
            }
            output.line(
                "\(done.unconfirmed.count) order\(done.unconfirmed.count == 1 ? " is" : "s are") not confirmed cancelled"
                    + (done.run == nil ? ":" : " after \(waitSeconds) s:"))
            for line in table.lines { output.line(line) }
        }
    }
    let isWhole =
        done.kill?.on == true && done.kill?.durable == true && done.confirmed && done.trouble.isEmpty
    return isWhole ? 0 : 1
}

func liftScope(_ arguments: ParsedArguments, _ listing: EngineListing) throws -> Int32 {
    guard let name = try operatorName(arguments) else {
        throw UsageError("--by NAME is missing: a lift bears the name of who has looked")
    }
    let scope = try ScopeWord(arguments.text("scope") ?? "account")
    if listing.living.isEmpty, arguments.text("run") == nil {
        return try liftFolder(arguments, name, scope)
    }
    let engine = try listing.connect(arguments.text("run"), verb: "lift")
    let last = try engine.ask(.lift) {
        $0.name = name
        scope.fill(&$0)
    }
    // Nothing stands against it: what is wanted is so already.
    if last.ok != true, last.rule == Rule.noChange.name {
        if arguments.flag("json") {
            arguments.output.line(try jsonLine(Said("lift", engine, scope, last)))
        } else {
            arguments.output.line(
                scope == .account
                    ? "the kill switch is off, and nothing else keeps the account back"
                    : "nothing keeps \(scope) back")
        }
        return 0
    }
    if let refused = try refusal(last, arguments.output, verb: "lift") { return refused }
    if arguments.flag("json") {
        arguments.output.line(try jsonLine(Said("lift", engine, scope, last)))
    } else {
        arguments.output.line("\(scope) may trade again, lifted by \(name)")
    }
    return 0
}

/// Nobody runs: the file is what there is.
private func liftFolder(_ arguments: ParsedArguments, _ name: OperatorName, _ scope: ScopeWord) throws
    -> Int32
{
    guard scope == .account else {
        throw CommandFailure(
            "no engine runs: of a folder the kill switch alone can be lifted, which is the account's",
            remedy: "start the engine, then lift \(scope)")
    }
    let folder = try arguments.settings().settings.journal.folder
    guard !KillFolder.standing(in: folder).isEmpty else {
        let before = KillStateFile.read(in: folder)
        arguments.output.line(
            arguments.flag("json")
                ? try jsonLine(KillRow(before, isHeard: true, failure: nil))
                : "the kill switch of \(folder) is off")
        return 0
    }
    let state = KillState(isOn: false, cause: .command, name: name.description, atUtcNs: Clock.utcNs())
    do {
        try KillFolder.lift(state, in: folder)
    } catch {
        throw CommandFailure("the kill switch of \(folder) stays on: \(error)")
    }
    if arguments.flag("json") {
        arguments.output.line(try jsonLine(KillRow(state, isHeard: true, failure: nil)))
    } else {
        arguments.output.line("the kill switch of \(folder) is off, lifted by \(name)")
    }
    return 0
}

/// Of `--by`; `nil`: not given.
func operatorName(_ arguments: ParsedArguments) throws(UsageError) -> OperatorName? {
    guard let text = arguments.text("by") else { return nil }
    guard let name = OperatorName(text), !name.isEmpty else {
        throw UsageError("--by is \"\(text)\", expected one to sixteen printable ASCII characters")
    }
    return name
}

/// Who sits there, as far as the system knows.
private func loginName() -> OperatorName {
    OperatorName(String(NSUserName().prefix(16))).flatMap { $0.isEmpty ? nil : $0 } ?? OperatorName(
        "command")!
}

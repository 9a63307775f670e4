import Foundation
import Synchronization
import Testing

@testable import SpinetailMain

/// Runs a command line and keeps its words.
func run(_ words: [String], _ verbs: [Verb] = Spinetail.verbs) -> (code: Int32, out: String, err: String) {
    let kept = Mutex((out: "", err: ""))
    let output = CommandOutput { text in
        kept.withLock { $0.out += text }
    } err: { text in
        kept.withLock { $0.err += text }
    }
    let code = Spinetail.run(words, verbs: verbs, output: output)
    return kept.withLock { (code, $0.out, $0.err) }
}

/// A verb that prints what it was given.
let echo = Verb(
    name: "echo", summary: "prints what it was given",
    positionals: [
        PositionalArgument("FIRST", "needed"), PositionalArgument("SECOND", required: false, "not needed"),
    ],
    options: [
        .flag("loud", "in capitals"), .value("count", "N", "how often"), .list("set", "K=V", "settings"),
    ],
    notes: "Notes."
) { arguments in
    let count = try arguments.whole("count", in: 1...9) ?? 1
    for _ in 0..<count {
        arguments.output.line(
            (arguments.positionals + arguments.list("set") + (arguments.flag("loud") ? ["loud"] : [])).joined(
                separator: " "))
    }
    return 0
}

/// A verb that takes any number of words.
let counting = Verb(
    name: "count", summary: "counts its words",
    positionals: [PositionalArgument("WORD", required: false, repeats: true, "any")]
) { arguments in
    arguments.output.line("\(arguments.positionals.count)")
    return 0
}

let failing = Verb(name: "fail", summary: "fails") { _ in throw CommandFailure("it broke", remedy: "mend it")
}

/// Goal: what a command line means. One row a rule.
@Test(
    arguments: [
        (["echo", "a"], 0, "a\n"),
        (["echo", "a", "b"], 0, "a b\n"),
        (["echo", "--loud", "a"], 0, "a loud\n"),
        (["echo", "a", "--count", "2"], 0, "a\na\n"),
        (["echo", "a", "--count=2"], 0, "a\na\n"),
        (["echo", "a", "--set", "x=1", "--set=y=2"], 0, "a x=1 y=2\n"),
        (["echo", "--", "--loud"], 0, "--loud\n"),
        (["echo", "-5"], 0, "-5\n"),
        (["echo", "-"], 0, "-\n"),
        (["count"], 0, "0\n"),
        (["count", "a", "b", "a"], 0, "3\n"),
        (["--version"], 0, "spinetail \(Spinetail.version)\n"),
    ] as [([String], Int32, String)])
func commandLinesMean(_ words: [String], _ code: Int32, _ out: String) {
    let result = run(words, [echo, counting, failing])
    #expect(result.code == code, "\(result.err)")
    #expect(result.out == out)
    #expect(result.err.isEmpty)
}

/// Goal: every mistake has its exit code and its words, and prints no result.
@Test(
    arguments: [
        ([], 2, "Usage: spinetail COMMAND"),
        (["ehco", "a"], 2, "unknown command \"ehco\", did you mean \"echo\"?"),
        (["--versoin"], 2, "did you mean \"--version\"?"),
        (["echo"], 2, "FIRST is missing"),
        (["echo", "a", "b", "c"], 2, "\"c\" is one argument too many"),
        (["echo", "a", "--luod"], 2, "unknown option --luod, did you mean \"--loud\"?"),
        (["echo", "a", "-l"], 2, "unknown option -l"),
        (["echo", "a", "--count"], 2, "--count needs a value: --count N"),
        (["echo", "a", "--count", "0"], 2, "expected a whole number from 1 to 9"),
        (["echo", "a", "--count", "x"], 2, "--count is \"x\""),
        (["echo", "a", "--count", "1", "--count", "2"], 2, "--count is given twice"),
        (["echo", "a", "--loud=1"], 2, "--loud takes no value"),
        (["fail"], 1, "spinetail fail: it broke\n  mend it"),
    ] as [([String], Int32, String)])
func mistakesAreTold(_ words: [String], _ code: Int32, _ err: String) {
    let result = run(words, [echo, failing])
    #expect(result.code == code)
    #expect(result.err.contains(err), "\(result.err)")
    #expect(result.out.isEmpty)
}

/// Goal: help is there everywhere, on standard output, and tells every command, argument and option.
@Test func helpTellsEverything() {
    let whole = run(["--help"], [echo, failing])
    #expect(whole.code == 0)
    #expect(whole.out.contains("echo") && whole.out.contains("prints what it was given"))
    for words in [["echo", "--help"], ["help", "echo"], ["echo", "a", "b", "c", "--nonsense", "--help"]] {
        let one = run(words, [echo, failing])
        #expect(one.code == 0)
        for text in [
            "Usage: spinetail echo FIRST [SECOND] [options]", "--loud", "--count N", "how often", "(repeats)",
            "Notes.",
        ] {
            #expect(one.out.contains(text), "\(words): \(text)")
        }
    }
}

/// Goal: the real table holds together: names are single, options too, each with a summary that reads like the others.
@Test func theTableOfVerbsHoldsTogether() {
    let verbs = Spinetail.verbs + [.run { _ in 0 }]
    #expect(Set(verbs.map(\.name)).count == verbs.count)
    for verb in verbs {
        #expect(!verb.summary.hasSuffix("."))
        #expect(Set(verb.options.map(\.name)).count == verb.options.count)
        #expect(run([verb.name, "--help"], verbs).code == 0)
        for option in verb.options { #expect(!option.help.isEmpty && !option.help.hasSuffix(".")) }
    }
}

/// Goal: the settings options reach the settings, and what is wrong there is exit code 2 with the place.
@Test func settingsAreReadThroughTheCommandLine() throws {
    let verb = Verb(name: "show", summary: "shows", options: .settings) { arguments in
        arguments.output.line("\(try arguments.settings().settings.risk.openOrdersMax)")
        return 0
    }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "spinetail-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("a.yaml")
    try Data("risk:\n  max_open_orders: 7\n".utf8).write(to: file)
    #expect(run(["show", "--config", file.path], [verb]).out == "7\n")
    #expect(run(["show", "--config", file.path, "--set", "risk.max_open_orders=8"], [verb]).out == "8\n")
    let wrong = run(["show", "--set", "risk.max_open_order=8"], [verb])
    #expect(wrong.code == 2)
    #expect(wrong.err.contains("--set risk.max_open_order: unknown key"), "\(wrong.err)")
    let missing = run(["show", "--config", "/nonexistent.yaml"], [verb])
    #expect(missing.code == 2)
    #expect(missing.err.contains("/nonexistent.yaml: no such file"))
}

/// Goal: the ports file is what `run --set` takes, whole.
@Test func thePortsFileIsSettings() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("ports-\(UUID().uuidString)")
        .path
    defer { try? FileManager.default.removeItem(atPath: file) }
    var ports = PortsFile(feedProtocol: .deepIEXTP, marketDataPort: 1001, requestPort: 1002, orderPort: 1003)
    #expect(ports.overrides.count == 4)
    ports.queryPort = 1004
    try ports.write(to: file)
    let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map { String($0) }
    #expect(lines == ports.overrides)
    let verb = Verb(name: "show", summary: "shows", options: .settings) { arguments in
        let settings = try arguments.settings().settings
        arguments.output.line(
            "\(settings.feeds[0].feedProtocol) \(settings.feeds[0].port) \(settings.feeds[0].requestPort) \(settings.broker.ouch.port) \(settings.broker.backOffice.port)"
        )
        return 0
    }
    let shown = run(["show"] + lines.flatMap { ["--set", $0] }, [verb])
    #expect(shown.out == "deepIEXTP 1001 1002 1003 1004\n", "\(shown.err)")
    #expect(throws: CommandFailure.self) { try ports.write(to: "/nonexistent/folder/ports") }
}

/// Goal: `generate` repeats from its seed, keeps a file that is there, and tells what it did.
@Test func generateRepeatsFromItsSeed() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "generate-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
    let options = ["--messages", "20000", "--instruments", "3"]
    let first = run(["generate", path("a"), "--seed", "5", "--json"] + options)
    #expect(first.code == 0, "\(first.err)")
    #expect(first.out.hasPrefix("{\"file\":"))
    #expect(run(["generate", path("b"), "--seed", "5"] + options).code == 0)
    #expect(run(["generate", path("c"), "--seed", "6"] + options).code == 0)
    let a = try Data(contentsOf: URL(fileURLWithPath: path("a")))
    let b = try Data(contentsOf: URL(fileURLWithPath: path("b")))
    let c = try Data(contentsOf: URL(fileURLWithPath: path("c")))
    #expect(a.count > 400_000)
    #expect(a == b)
    #expect(a != c)
    let again = run(["generate", path("a")])
    #expect(again.code == 1)
    #expect(again.err.contains("--force"))
    #expect(run(["generate", path("nowhere/x")]).code == 1)
}

/// Goal: text in JSON is always JSON. Method: Foundation reads it back.
@Test func jsonTextReadsBack() throws {
    let odd = "a\"b\\c\nd\te\u{1}é🦅"
    let text = JsonObject().add("k", odd).add("n", -5).add("t", true).text
    let read = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(read["k"] as? String == odd)
    #expect(read["n"] as? Int == -5)
    #expect(read["t"] as? Bool == true)
}

private let projectFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent()

/// Goal: `Documentation/commands.md` cannot fall behind the code.
/// Method: compare with what the code makes; `UPDATE_DOCUMENTATION=1` writes it.
@Test func theCommandsPageIsMadeFromTheCode() throws {
    let page = projectFolder.appendingPathComponent("Documentation/commands.md")
    let made = CommandReference.markdown([.run { _ in 0 }] + Spinetail.verbs)
    if ProcessInfo.processInfo.environment["UPDATE_DOCUMENTATION"] != nil {
        try Data(made.utf8).write(to: page)
    }
    #expect(
        try String(contentsOf: page, encoding: .utf8) == made,
        "UPDATE_DOCUMENTATION=1 swift test --filter SpinetailMainTests writes it")
}

/// Goal: the progress line never wraps, or it could not be rewritten in place; the first parts stay the longest.
@Test func progressLineFitsTheTerminal() {
    let parts = ["12 s", "venue up", "packets 1234567 (4000/s)", "orders 15", "fills 3"]
    #expect(ProgressLine.line(parts, columns: .max) == parts.joined(separator: "  "))
    for columns in 5...80 {
        let line = ProgressLine.line(parts, columns: columns)
        #expect(line.count < columns)
        #expect(parts.joined(separator: "  ").hasPrefix(line))
    }
    #expect(ProgressLine.line(parts, columns: 20) == "12 s  venue up")
}

/// Goal: every account of the venue is treated as the option or the setting says. Method: both, and neither.
@Test(arguments: [[], ["--cancel-on-disconnect"], ["--set", "venue.cancel_on_disconnect=true"]])
func theVenueCancelsOnDisconnectWhereItIsTold(_ words: [String]) throws {
    for accounts in [[], ["--account", "a:b", "--account", "c:d"]] {
        let arguments = try CommandLineParser.parse(
            (words + accounts)[...], for: VenueCommand.verb, output: .standard)
        let settings = try arguments.settings(extra: VenueCommand.overrides(arguments)).settings
        let made = try VenueCommand.configuration(arguments, settings).exchange.accounts
        #expect(made.count == (accounts.isEmpty ? 1 : 2))
        #expect(made.allSatisfy { $0.cancelOnDisconnect == !words.isEmpty })
    }
}

/// Goal: a venue that starts again has another session name, in the ten characters that there are.
@Test func sessionNamesDiffer() {
    let first = VenueCommand.sessionName(utcNs: 1_795_000_000_000_000_000)
    let second = VenueCommand.sessionName(utcNs: 1_795_000_000_500_000_000)
    #expect(first.count == 10 && second.count == 10 && first != second)
    #expect(VenueCommand.sessionName(utcNs: 0).count == 10)
}

import Core
import Foundation
import Runtime
import Settings
import Testing

@testable import SpinetailMain

private struct Idle: Strategy {}

/// A folder with a settings file, for one test.
private final class ConfigWorld {
    let file: String
    private let folder: String

    init(_ text: String, mode: Int = 0o600) throws {
        folder =
            FileManager.default.temporaryDirectory.appendingPathComponent("config-\(UUID().uuidString)").path
        file = folder + "/s.yaml"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try write(text, mode: mode)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func write(_ text: String, mode: Int = 0o600) throws {
        let text = text.replacingOccurrences(of: "FOLDER", with: folder)
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
    }

    /// `spinetail VERB … --config FILE`, the file's folder shown as nothing.
    func run(_ words: [String]) -> (code: Int32, out: String, err: String) {
        let description = StrategyDescription(name: "idle", help: "Does nothing", parameters: [])
        let program = StrategyProgram([description], make: { _ in Idle() }, turns: { $0.run(turns: $1) })
        let verbs: [Verb] = [.run(program), .config([description])]
        let result = SpinetailMainTests.run(words + ["--config", file], verbs)
        func short(_ text: String) -> String { text.replacingOccurrences(of: folder + "/", with: "") }
        return (result.code, short(result.out), short(result.err))
    }

    var runFolders: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder + "/runs")) ?? []
    }
}

/// Goal: check tells that all is well, or everything that is wrong, with exit codes that scripts can use.
@Test func configCheckTellsAll() throws {
    let world = try ConfigWorld("risk:\n  max_open_orders: 5\n")
    let good = world.run(["config", "check"])
    #expect(good.code == 0 && good.out.hasPrefix("OK: s.yaml, paper trading, 1 of "), "\(good)")
    let json = world.run(["config", "check", "--json"])
    #expect(
        json.code == 0
            && json.out == "{\"ok\":true,\"file\":\"\(world.file)\",\"problems\":[],\"warnings\":[]}\n"
            || json.out == "{\"ok\":true,\"file\":\"s.yaml\",\"problems\":[],\"warnings\":[]}\n", "\(json)")
    try world.write("risk:\n  max_open_order: 5\nbrokr: {}\n")
    let bad = world.run(["config", "check", "--set", "risk.x=1"])
    #expect(bad.code == 2 && bad.out.isEmpty)
    for words in [
        "s.yaml:2: unknown key \"max_open_order\"", "s.yaml:3: unknown key \"brokr\"", "--set risk.x:",
    ] {
        #expect(bad.err.contains(words), "\(bad.err)")
    }
    let badJson = world.run(["config", "check", "--json"])
    #expect(
        badJson.code == 2 && badJson.out.hasPrefix("{\"ok\":false,\"problems\":[{\"place\":\"s.yaml:2\""),
        "\(badJson)")
    let live = try ConfigWorld("risk: {max_open_orders: 5}").run(["config", "check", "--live"])
    #expect(live.code == 2 && live.err.contains("paper_trading is true"), "\(live)")
}

/// Goal: a check tells the warnings that a start tells, before it; options that mean nothing there are refused.
@Test func configCheckWarnsAsAStartDoes() throws {
    let text =
        "broker: {paper_trading: false, ouch: {password: hunter2}}\nrisk: {max_open_orders: 5}\n"
        + "calendars: [{name: old, holidays: [2020-12-25], sessions: [{days: [mon], open: 09:30, close: 16:00}]}]\n"
        + "instruments: {definitions: [{name: ES, calendar: old}]}\n"
    let world = try ConfigWorld(text)
    let live = world.run(["config", "check", "--live"])
    #expect(live.code == 0 && live.err.contains("calendar old: its last holiday is 2020-12-25"), "\(live)")
    #expect(live.out.contains(", 1 warning: a live start wants --accept-warnings"), "\(live)")
    let json = world.run(["config", "check", "--json"])
    #expect(json.out.contains("\"place\":\"calendar old\""), "\(json)")
    for words in [
        ["config", "show", "--live"], ["config", "check", "--all"], ["config", "check", "--origin"],
        ["config", "check", "--changed"],
    ] {
        let result = world.run(words)
        #expect(result.code == 2 && result.err.contains("is for"), "\(words) \(result)")
    }
}

/// Goal: show prints values as a file has them, each with where it comes from when asked; by section, by name, what changed.
@Test func configShowTellsValueAndOrigin() throws {
    let world = try ConfigWorld("risk:\n  max_open_orders: 5\nstrategies:\n  - name: idle\n")
    let one = world.run(["config", "show", "risk.max_open_orders", "risk.max_executions", "--origin"])
    #expect(
        one.out == "risk.max_open_orders: 5   # s.yaml:2\nrisk.max_executions: 500  # default\n", "\(one)")
    let changed = world.run(["config", "show", "--changed", "--set", "risk.max_executions=7", "--origin"])
    #expect(
        changed.out.split(separator: "\n").map {
            $0.split(separator: "#")[1].trimmingCharacters(in: .whitespaces)
        }
            == ["s.yaml:2", "command line", "s.yaml:4"], "\(changed)")
    let named = world.run(["config", "show", "strategies.idle.limits.max_executions"])
    #expect(named.out == "strategies.0.limits.max_executions: 0\n", "\(named)")
    let json = world.run(["config", "show", "risk.max_open_orders", "--json"])
    #expect(
        json.out == "{\"key\":\"risk.max_open_orders\",\"value\":\"5\",\"origin\":\"s.yaml:2\"}\n", "\(json)")
    #expect(world.run(["config", "show"]).out.split(separator: "\n").count > 140)
    let wrong = world.run(["config", "show", "risk.max_open_order"])
    #expect(wrong.code == 2 && wrong.err.contains("did you mean \"risk.max_open_orders\"?"), "\(wrong)")
    #expect(world.run(["config", "sow"]).err.contains("did you mean \"show\"?"))
    #expect(world.run(["config"]).code == 2 && world.run(["config", "check", "risk"]).code == 2)
}

/// Goal: no command shows a password, from wherever it was told.
@Test func commandsShowNoPassword() throws {
    let world = try ConfigWorld("broker: {ouch: {password: hunter2}}\nvenue: {order_port: 0}\n", mode: 0o644)
    for words in [
        ["config", "check"], ["config", "check", "--json"], ["config", "show"],
        ["config", "show", "--all", "--origin"],
        ["config", "show", "broker.ouch.password", "--json"], ["config", "check", "--live"],
        ["config", "show", "--set", "broker.ouch.password=hunter2hunter2"], ["run", "--live"],
    ] {
        let shown = world.run(words)
        #expect(!shown.out.contains("hunter2") && !shown.err.contains("hunter2"), "\(words): \(shown)")
    }
    #expect(world.run(["config", "show", "broker.ouch.password"]).out == "broker.ouch.password: ***\n")
    #expect(world.run(["config", "check"]).err.contains("chmod 600"))
    let venue = run(["venue", "--config", world.file, "--account", "me:hunter2hunter2"])
    #expect(venue.code == 2 && venue.err.contains("\"me\"") && !venue.err.contains("hunter2"), "\(venue)")
}

/// Goal: a run that was not made live by all three acts ends at once with 2 and what to do, and leaves nothing.
@Test func runRefusesHalfALiveStart() throws {
    let live = "broker: {paper_trading: false, ouch: {password: hunter2}}\n"
    let risk = "risk: {max_open_orders: 5}\n"
    let rest = "journal: {folder: FOLDER/runs}\n"
    for (text, words, told) in [
        (live + risk, [], "add --live"), (live, ["--live"], "no risk section"),
        (risk, ["--live"], "paper_trading is true"),
        (risk, ["--set", "broker.paper_trading=false", "--live"], "in the settings file alone"),
    ] as [(String, [String], String)] {
        let world = try ConfigWorld(text + rest)
        let refused = world.run(["run", "--seconds", "1"] + words)
        #expect(refused.code == 2 && refused.err.contains(told), "\(refused)")
        #expect(world.runFolders == [])
    }
}

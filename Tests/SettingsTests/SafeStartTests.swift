import Foundation
import Model
import Testing

@testable import Settings

private func refusals(_ world: FileWorld, live: Bool, environment: [String: String] = [:]) throws -> [String]
{
    let loaded = try world.load(environment: environment)
    do throws(SettingsError) {
        let mode = try loaded.start(live: live).mode
        return ["\(mode)"]
    } catch {
        return error.problems.map(\.message)
    }
}

private let variable = ["SPINETAIL_BROKER__OUCH__PASSWORD": "hunter2"]

/// Goal: live trading takes all three acts; each one that is missing refuses, and says what to do.
/// Method: every combination of them.
@Test func liveTakesThreeActs() throws {
    let world = try FileWorld()
    for inFile in [false, true] {
        for hasRisk in [false, true] {
            for onCommandLine in [false, true] {
                try world.write(
                    "s.yaml",
                    "broker: {paper_trading: \(!inFile)}\n" + (hasRisk ? "risk: {max_open_orders: 5}\n" : ""))
                let told = try refusals(world, live: onCommandLine, environment: variable)
                let what = "\(inFile) \(hasRisk) \(onCommandLine): \(told)"
                if !inFile, !onCommandLine {
                    #expect(told == ["paper"], "\(what)")
                } else if inFile, hasRisk, onCommandLine {
                    #expect(told == ["live"], "\(what)")
                } else {
                    #expect(told.contains { $0.contains("paper_trading is true") } == !inFile, "\(what)")
                    #expect(told.contains { $0.contains("add --live") } == !onCommandLine, "\(what)")
                    #expect(told.contains { $0.contains("no risk section") } == !hasRisk, "\(what)")
                }
            }
        }
    }
}

/// Goal: a risk section with nothing in it, and limits from elsewhere, are no limits in the file.
@Test func anEmptyRiskSectionIsNone() throws {
    let world = try FileWorld()
    // A switch alone limits nothing, and neither does a limit that is off.
    for text in [
        "risk: {}", "risk:", "risk: {prevent_self_trade: true}", "risk: {max_daily_loss: 0}",
        "risk: {flatten_in_liquidation: true, order_burst: 5}", "risk: {restricted_symbols: [ES]}",
    ] {
        try world.write("s.yaml", "broker: {paper_trading: false}\n\(text)\n")
        var environment = variable
        environment["SPINETAIL_RISK__MAX_OPEN_NOTIONAL"] = "5"
        #expect(
            try refusals(world, live: true, environment: environment).first?.contains("no risk section")
                == true)
    }
}

/// Goal: neither the environment nor the command line makes a run live; both can make it paper.
@Test func onlyTheFileMakesItLive() throws {
    let world = try FileWorld()
    let name = "SPINETAIL_BROKER__PAPER_TRADING"
    for text in ["risk: {max_open_orders: 5}", "broker: {paper_trading: false}\nrisk: {max_open_orders: 5}"] {
        try world.write("s.yaml", text)
        let byVariable = world.problems(environment: [name: "false"])
        #expect(byVariable.count == 1 && byVariable[0].hasPrefix("environment \(name): "), "\(byVariable)")
        let byOption = world.problems(overrides: ["broker.paper_trading=false"])
        #expect(byOption.count == 1 && byOption[0].contains("in the settings file alone"), "\(byOption)")
    }
    #expect(try world.load(environment: [name: "true"]).start(live: false).mode == .paper)
    #expect(
        try refusals(world, live: true, environment: [name: "true"]).first?.contains("paper_trading is true")
            == true)
}

/// Goal: live trading is refused with the simulator's password, one in an open file, one on the command line; not with one from
/// the environment or a tight file.
@Test func liveWantsATightSecret() throws {
    let world = try FileWorld()
    func told(_ ouch: String, mode: Int = 0o600, overrides: [String] = []) throws -> String {
        try world.write(
            "s.yaml", "broker: {paper_trading: false, ouch: {\(ouch)}}\nrisk: {max_open_orders: 5}\n",
            mode: mode)
        let loaded = try world.load(overrides: overrides)
        do throws(SettingsError) {
            return "\(try loaded.start(live: true).mode)"
        } catch {
            #expect(!error.description.contains("hunter2"))
            return error.problems.map(\.message).joined()
        }
    }
    try world.write("p", "hunter2\n")
    #expect(try told("port: 5").contains("that of the simulated exchange"))
    #expect(try told("password: spinetail").contains("that of the simulated exchange"))
    #expect(try told("password: hunter2", mode: 0o640).contains("chmod 600"))
    #expect(try told("port: 5", overrides: ["broker.ouch.password=hunter2"]).contains("command line"))
    #expect(try told("password: hunter2") == "live")
    #expect(try told("password_file: p", mode: 0o644) == "live")
}

import Core
import Foundation
import Glibc
import Journal
import Model
import Plumbing
import Runtime
import Settings
import Synchronization
import TestSupport
import Testing

@testable import SpinetailMain

private func kill(_ day: KillDay, _ words: String...) -> (code: Int32, out: String, err: String) {
    run(.kill, words, day.listing(), killEngines)
}

private func lift(_ day: KillDay, _ words: String...) -> (code: Int32, out: String, err: String) {
    run(.lift, words, day.listing(), liftScope)
}

private func objects(_ text: String) throws -> [[String: Any]] {
    try text.split(separator: "\n").map {
        try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
}

extension ControlVerbTests {
    /// Goal: from the moment a kill was said, by command, signal or file, the venue is sent cancels and nothing else, with the
    /// sockets in the hot thread's hands or in another's; the state is durable, everybody is told, and only a lift with a name
    /// lets orders flow again.
    /// Method: real sockets, orders flowing, and something between that writes down every message in its order. What it had
    /// when the kill was answered is before; all behind it is after.
    @Test(
        .timeLimit(.minutes(2)),
        arguments: [["fused", "command"], ["fused", "file"], ["pipelined", "command"]])
    func afterAKillNothingButCancelsLeaves(_ kind: [String]) throws {
        try killAndLift(kind)
    }

    /// The same by a signal, which every engine of a process hears: in a process of its own.
    @Test(.timeLimit(.minutes(2))) func afterASignalNothingButCancelsLeaves() async {
        await #expect(processExitsWith: .success) {
            try ControlVerbTests().killAndLift(["fused", "signal"])
        }
        await #expect(processExitsWith: .success) {
            try ControlVerbTests().killAndLift(["pipelined", "signal"])
        }
    }

    private func killAndLift(_ kind: [String]) throws {
        try engineLock.withLock { _ in
            try Interrupt.install()
            let day = try KillDay(topology: kind[0])
            try #require(day.flows(), "\(day.banner) \(String(describing: day.end()))")
            #expect(!day.killState.isOn)
            switch kind[1] {
            case "command":
                let said = kill(day, "--by", "ann", "--json")
                day.tap.mark()
                let done = try #require(try objects(said.out).first, "\(said)")
                #expect(said.code == 0 && done["confirmed"] as? Bool == true, "\(said)")
                #expect((done["unconfirmed"] as? [Any])?.isEmpty == true, "\(said)")
                let row = try #require(done["kill"] as? [String: Any])
                #expect(row["on"] as? Bool == true && row["by"] as? String == "ann", "\(row)")
                #expect(row["durable"] as? Bool == true && row["heard"] as? Bool == true, "\(row)")
            case "signal":
                Glibc.kill(getpid(), SIGUSR2)
                day.tap.mark()
                #expect(within(1) { day.killState.isOn })
            default:
                let beganNs = Clock.kernel.nowNs()
                try Data("bob\n".utf8).write(to: URL(fileURLWithPath: day.root + "/runs/KILL"))
                #expect(within(1) { day.killState.isOn })
                day.tap.mark()
                #expect(Clock.kernel.nowNs() - beganNs < 500_000_000)
                // Taken, so that a lift is not undone by it.
                #expect(within(1) { !FileManager.default.fileExists(atPath: day.root + "/runs/KILL") })
            }
            let name = ["command": "ann", "signal": "SIGUSR2", "file": "bob"][kind[1]]!
            #expect(day.killState.name == name && "\(day.killState.cause)" == kind[1], "\(day.killState)")
            #expect(within(5) { day.figure(.openOrders) == 0 }, "\(day.figure(.openOrders)) are open")
            // The market goes on, and the strategy is not asked what it wants.
            Clock.sleep(ns: 300_000_000)
            #expect(day.tap.after.allSatisfy { $0 == "X" }, "\(day.tap.after)")
            #expect(day.figure(.kill) == 1 && day.figure(.sessionsUp) == 1)
            let shown = run(.state, ["--json"], day.listing(), states)
            #expect(
                shown.code == 0 && shown.out.contains("\"killed\"") && shown.out.contains("halted"),
                "\(shown)")
            #expect(shown.out.contains("\"by\":\"\(name)\""), "\(shown)")

            #expect(lift(day).code == 2, "nobody's")
            #expect(day.killState.isOn)
            let lifted = lift(day, "--by", "carol")
            #expect(lifted.code == 0 && lifted.out.contains("carol"), "\(lifted)")
            #expect(!day.killState.isOn && day.killState.name == "carol")
            #expect(day.flows(), "\(day.tap.after)")
            let end = try #require(day.end())
            #expect(end.openOrders == 0 && end.ending == "stopped", "\(end)")
        }
    }

    /// Goal: a kill works while a strategy hangs: it is answered at once, the sessions end at once and not after the
    /// watchdog's own limit, and when the thread is back the core hears the kill first, and not one order leaves.
    @Test(.timeLimit(.minutes(2)), arguments: ["fused", "pipelined"])
    func aKillWhileAStrategyHangs(_ topology: String) throws {
        try engineLock.withLock { _ in
            let day = try KillDay(topology: topology, overrides: ["threads.watchdog_seconds=60"])
            try #require(day.flows())
            day.moves.hangs.store(true, ordering: .relaxed)
            let hangs = within(5) { day.moves.isHanging.load(ordering: .relaxed) }
            #expect(hangs)
            let beganNs = Clock.kernel.nowNs()
            let said = kill(day, "--by", "ann", "--wait", "1")
            day.tap.mark()
            #expect(
                said.code == 1 && said.out.contains("KILLED") && said.err.contains("hot thread"), "\(said)")
            #expect(said.out.contains("SPNA"), "the journal tells what was open: \(said)")
            #expect(day.killState.isOn && day.figure(.kill) == 2)
            #expect(within(2) { day.tap.openCount == 0 }, "the session has ended")
            #expect(Clock.kernel.nowNs() - beganNs < 5_000_000_000)
            day.moves.hangs.store(false, ordering: .relaxed)
            #expect(within(15) { day.figure(.state) == UInt64(EngineState.stopped.rawValue) })
            let end = try #require(day.end())
            #expect(end.ending.hasPrefix("held:") && end.openOrders == 0, "\(end)")
            #expect(day.tap.after.allSatisfy { $0 == "X" }, "\(day.tap.after)")
            var heard: [String] = []
            let journal = try JournalReader(folder: end.folder + "/journal")
            while let record = try journal.next() {
                guard let input = record.input else { continue }
                if input.kind == InputKind.engineHeld.rawValue { heard.append("held") }
                if input.kind == InputKind.operatorCommand.rawValue,
                    input.flags == OperatorCommand.kill.rawValue
                {
                    heard.append("kill")
                }
            }
            #expect(heard == ["kill", "held"], "\(heard)")
        }
    }

    /// Goal: a kill that was answered outlives the process, however it ends: the next start asks back what works, trades
    /// nothing, and says so, until it is lifted; on the file too, while nobody runs.
    /// Method: an engine in a process of its own, which kills itself by its own verb and then by SIGKILL.
    @Test(.timeLimit(.minutes(2))) func aKillOutlivesTheProcess() async throws {
        let root = try KillDay.folder()
        defer {
            try? FileManager.default.removeItem(atPath: root)
            try? FileManager.default.removeItem(atPath: killLetter(getpid()))
        }
        try Data(root.utf8).write(to: URL(fileURLWithPath: killLetter(getpid())))
        let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardErrorContent]) {
            let root = try String(contentsOfFile: killLetter(getppid()), encoding: .utf8)
            let day = try KillDay(root, manners: .init(swallowsCancels: true))
            guard day.flows() else { exit(9) }
            let said = run(.kill, ["--by", "ann", "--wait", "0"], day.listing(), killEngines)
            guard said.out.contains("KILLED") else { exit(8) }
            Glibc.kill(getpid(), SIGKILL)
        }
        #expect(result != nil)
        try engineLock.withLock { _ in
            #expect(KillStateFile.read(in: root + "/runs").isOn)
            // The venue of the dead process went with it; a new one knows of nothing, and must be sent nothing.
            do {
                let day = try KillDay(root)
                #expect(day.banner.contains("KILL SWITCH ON, said by ann"), "\(day.banner)")
                #expect(within(10) { day.figure(.sessionsUp) == 1 })
                Clock.sleep(ns: 500_000_000)
                #expect(day.tap.orderCount == 0 || !day.tap.after.contains("O"), "\(day.tap.after)")
                #expect(day.tap.after.allSatisfy { $0 == "X" }, "\(day.tap.after)")
                let shown = run(.state, [], day.listing(), states)
                #expect(shown.out.contains("kill switch: ON") && shown.out.contains("killed"), "\(shown)")
                day.end()
            }
            #expect(KillStateFile.read(in: root + "/runs").isOn, "an orderly end is no lift")
            let none = EngineListing(living: [])
            let words = ["--set", "journal.folder=\(root)/runs"]
            #expect(run(.lift, words, none, liftScope).code == 2)
            let lifted = run(.lift, words + ["--by", "bob"], none, liftScope)
            #expect(lifted.code == 0 && !KillStateFile.read(in: root + "/runs").isOn, "\(lifted)")
            let day = try KillDay(root)
            #expect(!day.banner.contains("KILL") && day.flows(), "\(day.banner)")
        }
    }

    /// Goal: a state that cannot be read is not "off"; and a kill that nobody was there to hear is heard at the start.
    @Test(.timeLimit(.minutes(2)), arguments: ["damaged", "file", "folder"])
    func aStartFindsItKilled(_ kind: String) throws {
        try engineLock.withLock { _ in
            let root = try KillDay.folder()
            defer { try? FileManager.default.removeItem(atPath: root) }
            let path = KillStateFile.path(in: root + "/runs")
            switch kind {
            case "damaged":
                try KillStateFile.write(
                    KillState(isOn: false, cause: .command, name: "ann", atUtcNs: 5), in: root + "/runs")
                var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
                bytes[bytes.count / 2] ^= 1
                try bytes.write(to: URL(fileURLWithPath: path))
            case "file": try Data().write(to: URL(fileURLWithPath: root + "/runs/KILL"))
            default:
                let said = run(
                    .kill, ["--by", "ann", "--set", "journal.folder=\(root)/runs"], EngineListing(living: []),
                    killEngines)
                #expect(said.code == 0 && said.err.contains("no engine runs"), "\(said)")
            }
            let day = try KillDay(root)
            #expect(day.banner.contains("KILL SWITCH ON"), "\(day.banner)")
            #expect(kind != "damaged" || day.banner.contains("cannot be trusted"), "\(day.banner)")
            #expect(within(10) { day.figure(.sessionsUp) == 1 })
            Clock.sleep(ns: 400_000_000)
            #expect(day.tap.after.isEmpty, "\(day.tap.after)")
            let lifted = lift(day, "--by", "ann")
            #expect(lifted.code == 0, "\(lifted)")
            #expect(day.flows())
        }
    }

    /// Goal: of two engines one is named, or all of them are meant; nobody is killed by a guess. Each tells for itself.
    @Test(.timeLimit(.minutes(2))) func twoEnginesAreKilledByNameOrTogether() throws {
        try engineLock.withLock { _ in
            let (one, other) = (try KillDay(), try KillDay())
            try #require(one.flows() && other.flows())
            let both = one.listing(other)
            let guess = run(.kill, [], both, killEngines)
            #expect(guess.code == 1 && guess.err.contains("2 engines"), "\(guess)")
            #expect(!one.killState.isOn && !other.killState.isOn)
            let id = one.reader.about.runID.description
            let single = run(.kill, ["--run", String(id.prefix(12)), "--by", "ann"], both, killEngines)
            #expect(single.code == 0 && one.killState.isOn && !other.killState.isOn, "\(single)")
            let all = run(.kill, ["--all", "--json"], both, killEngines)
            other.tap.mark()
            #expect(all.code == 0 && other.killState.isOn, "\(all)")
            #expect(try objects(all.out).count == 2)
            Clock.sleep(ns: 200_000_000)
            #expect(other.tap.after.allSatisfy { $0 == "X" }, "\(other.tap.after)")
        }
    }

    /// Goal: one that comes while the engine is logging on lets no order out once it is logged on.
    @Test(.timeLimit(.minutes(2)), arguments: ["fused", "pipelined"]) func aKillDuringALogOn(
        _ topology: String
    ) throws {
        try engineLock.withLock { _ in
            let day = try KillDay(topology: topology, manners: .init(holdsAll: true))
            #expect(within(10) { day.tap.madeCount > 0 && day.figure(.sessionsUp) == 0 })
            let said = kill(day, "--wait", "0", "--by", "ann")
            #expect(said.out.contains("KILLED"), "\(said)")
            day.tap.mark()
            day.tap.manners = .init()
            #expect(within(20) { day.figure(.sessionsUp) == 1 })
            Clock.sleep(ns: 300_000_000)
            #expect(day.tap.after.isEmpty, "\(day.tap.after)")
        }
    }

    /// Goal: what the venue does not confirm is named, with why, and is no success.
    @Test(.timeLimit(.minutes(2))) func whatIsNotConfirmedIsNamed() throws {
        try engineLock.withLock { _ in
            let day = try KillDay(manners: .init(swallowsCancels: true))
            try #require(day.flows())
            let said = kill(day, "--by", "ann", "--wait", "1", "--json")
            let done = try #require(try objects(said.out).first, "\(said)")
            let left = try #require(done["unconfirmed"] as? [[String: Any]])
            #expect(said.code == 1 && done["confirmed"] as? Bool == false && left.count == 3, "\(said)")
            for order in left {
                #expect(order["symbol"] as? String == "SPNA" && order["side"] as? String == "buy", "\(order)")
                #expect(
                    order["why"] as? String == "cancel pending" && order["leaves"] as? Int == 100, "\(order)")
            }
            let table = kill(day, "--by", "ann", "--wait", "0")
            #expect(table.code == 1 && table.out.contains("3 orders are not confirmed cancelled"), "\(table)")
            #expect(table.out.contains("cancel pending"), "\(table)")
            // What to say on the telephone.
            #expect(table.out.contains("VENUE'S NUMBER"), "\(table)")
            for order in left {
                let number = try #require(order["venue_order"] as? Int, "\(order)")
                #expect(table.out.contains(" \(number) "), "\(table)")
            }
        }
    }

    /// Goal: a person sets a state and lifts it, of each scope, by name; it outlives the run.
    @Test(.timeLimit(.minutes(2))) func statesAreSetShownAndLifted() throws {
        try engineLock.withLock { _ in
            let root = try KillDay.folder()
            defer { try? FileManager.default.removeItem(atPath: root) }
            let port: UInt16
            do {
                let day = try KillDay(root)
                port = day.tap.port
                try #require(day.flows())
                func state(_ words: String...) -> (code: Int32, out: String, err: String) {
                    run(.state, words, day.listing(), states)
                }
                #expect(state("set", "account", "halted").code == 2, "nobody's")
                #expect(state("set", "account", "asleep", "--by", "ann").code == 2)
                #expect(state("set", "strategy:nobody", "halted", "--by", "ann").code == 1)
                #expect(state("set", "strategy:flowing", "halted", "--by", "ann").code == 0)
                let shown = state()
                #expect(
                    shown.out.contains("strategy flowing") && shown.out.contains("operator_said"), "\(shown)")
                #expect(shown.out.contains("ann") && shown.out.contains("account"), "\(shown)")
                #expect(within(5) { day.figure(.openOrders) == 0 })
                day.tap.mark()
                Clock.sleep(ns: 200_000_000)
                #expect(!day.tap.after.contains("O"), "\(day.tap.after)")
                // What the row says is what lifts it, and nothing else: the account stays as it was set.
                #expect(state("set", "account", "reduce_only", "--by", "ann").code == 0)
                let rows = try objects(state("--json").out)
                let row = rows.first { $0["name"] as? String == "flowing" }
                let ends = try #require(row?["ends"] as? String, "\(rows)")
                #expect(ends == "spinetail lift --scope strategy:flowing --by NAME", "\(ends)")
                let words = ends.replacingOccurrences(of: "NAME", with: "bob").split(separator: " ")
                let lifted = run(.lift, words.dropFirst(2).map(String.init), day.listing(), liftScope)
                #expect(lifted.code == 0, "\(lifted)")
                let left = try objects(state("--json").out)
                #expect(!left.contains { $0["name"] as? String == "flowing" }, "\(left)")
                #expect(left.contains { $0["state"] as? String == "reduce_only" }, "\(left)")
                #expect(state("--by", "ann").code == 2, "--by without set")
                #expect(lift(day, "--by", "bob").code == 0)
                let off = lift(day, "--by", "bob")
                #expect(off.code == 0 && off.out.contains("the kill switch is off"), "\(off)")
                #expect(day.flows())
                #expect(state("set", "instrument:SPNA", "reduce_only", "--by", "ann").code == 0)
                #expect(state().out.contains("instrument SPNA"))
                day.end()
            }
            let day = try KillDay(root, port: port)
            let shown = run(.state, [], day.listing(), states)
            #expect(day.banner.contains("restricts trading"), "\(day.banner)")
            #expect(
                within(5) { run(.state, [], day.listing(), states).out.contains("instrument SPNA") },
                "\(shown)")
        }
    }

    /// Goal: limits are read again, all or none: what changed is told, old and new; what needs a restart is named, what is
    /// wrong is told with its line, and then nothing has changed; SIGHUP does the same.
    @Test(.timeLimit(.minutes(2))) func limitsAreReadAgain() throws {
        try engineLock.withLock { _ in
            try Interrupt.install()
            let day = try KillDay()
            try #require(day.flows())
            let path = day.root + "/settings.yaml"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            func reload(_ words: String...) -> (code: Int32, out: String, err: String) {
                run(.reload, words, day.listing(), reloadLimits)
            }
            func write(_ more: String) throws {
                try Data((text + more).utf8).write(to: URL(fileURLWithPath: path))
            }
            let same = reload()
            #expect(same.code == 0 && same.out.contains("no limit has changed"), "\(same)")
            try write("risk:\n  max_order_quantity: 5000\n")
            let first = reload("--json")
            #expect(first.code == 0 && first.out.contains("risk.max_order_quantity 1000 → 5000"), "\(first)")
            #expect(reload().out.contains("no limit has changed"), "they are taken")
            try write("risk:\n  max_order_quantity: lots\n")
            let wrong = reload()
            #expect(wrong.code == 1 && wrong.err.contains("settings.yaml:"), "\(wrong)")
            try write("risk:\n  max_order_quantity: 6000\nexecution:\n  order_timeout_seconds: 7\n")
            let restart = reload()
            #expect(
                restart.code == 1 && restart.err.contains("execution.order_timeout_seconds"), "\(restart)")
            try write("risk:\n  max_order_quantity: 7000\n")
            Glibc.kill(getpid(), SIGHUP)
            let engine = try ControlConnection(day.reader)
            #expect(
                within(5) {
                    (try? engine.ask(.status).status?.reload)?.contains(
                        "risk.max_order_quantity 5000 → 7000")
                        == true
                },
                "\(String(describing: try? engine.ask(.status).status))")
            // What nobody asked for by a command is told where people look, and to the engine's own terminal.
            let shown = run(.state, [], day.listing(), states)
            #expect(
                shown.out.contains("by SIGHUP: risk.max_order_quantity 5000 → 7000"), "\(shown)")
            #expect(
                within(5) {
                    day.notices.contains("reload (SIGHUP): risk.max_order_quantity 5000 → 7000")
                }, "\(day.notices)")
            try write("risk:\n  max_order_quantity: lots\n")
            Glibc.kill(getpid(), SIGHUP)
            #expect(
                within(5) {
                    day.notices.contains { $0.contains("REFUSED") && $0.contains("settings.yaml:") }
                },
                "\(day.notices)")
            let refused = run(.state, [], day.listing(), states)
            #expect(refused.out.contains("last reload: ") && refused.out.contains("REFUSED"), "\(refused)")
            let end = try #require(day.end())
            var log = try LogReader(folder: end.folder)
            var lines: [String] = []
            while let line = try log.next() { lines.append(line.text) }
            #expect(lines.contains("settings read again: risk.max_order_quantity 5000 → 7000"), "\(lines)")
            #expect(lines.contains { $0.contains("REFUSED") && $0.contains("settings.yaml:") }, "\(lines)")
            var changed: [Int64] = []
            let journal = try JournalReader(folder: end.folder + "/journal")
            while let record = try journal.next() {
                if let fact = record.fact, fact.kind == FactKind.limitChanged.rawValue {
                    changed.append(fact.quantity)
                }
            }
            #expect(changed == [5_000, 7_000], "\(changed)")
        }
    }
}

/// Where the test tells the process that it starts where to run.
private func killLetter(_ process: Int32) -> String {
    "\(FileManager.default.temporaryDirectory.path)/kill-letter-\(process)"
}

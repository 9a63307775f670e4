import Foundation
import Model
import Plumbing
import TestSupport
import Testing

@testable import Runtime

private func folder() throws -> String {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("state-\(UUID().uuidString)")
        .path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
}

/// Goal: what is written is read; no byte of it may change, be missing or be added without the kill counting as on; only
/// that there is no file at all is "never said". Method: every single bit turned, every length cut.
@Test func aKillStateThatIsNotAsWrittenIsOn() throws {
    for isOn in [false, true] {
        let state = KillState(isOn: isOn, cause: .signal, name: "ann b=1", atUtcNs: 1_763_750_034_123_456_789)
        let bytes = KillStateFile.bytes(of: state)
        #expect(KillStateFile.parse(bytes) == state)
        for place in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[place] ^= 1 << UInt8(bit)
                let read = KillStateFile.parse(damaged)
                #expect(
                    read.isOn && read.cause == .damaged && !read.damage.isEmpty, "byte \(place), bit \(bit)")
            }
            #expect(KillStateFile.parse(Array(bytes[..<place])).isOn, "cut at \(place)")
        }
        #expect(KillStateFile.parse(bytes + [10]).isOn)
    }
    let place = try folder()
    defer { try? FileManager.default.removeItem(atPath: place) }
    #expect(KillStateFile.read(in: place) == .never)
    try FileManager.default.createDirectory(
        atPath: KillStateFile.path(in: place), withIntermediateDirectories: true)
    #expect(KillStateFile.read(in: place).isOn, "a folder in its place cannot be read")
}

/// Goal: a lift ends the kill that it was asked for, and none that was said since; a kill file is heard once, and stands in
/// the way of a lift where it cannot be taken away.
@Test func aLiftEndsTheKillThatItMeans() throws {
    let place = try folder()
    defer { try? FileManager.default.removeItem(atPath: place) }
    let gate = try EgressGate(sessionCount: 1)
    let clock = Clock.calibrated()
    let killSwitch = KillSwitch(folder: place, gate: gate, clock: clock)
    let (ann, bob) = (OperatorName("ann")!, OperatorName("bob")!)
    #expect(!killSwitch.state.isOn && !gate.keepsOrders)
    let first = killSwitch.kill(by: ann, cause: .command)
    #expect(first.failure == nil && gate.keepsOrders && gate.kills == 1 && !killSwitch.isHeard)
    #expect(KillStateFile.read(in: place).name == "ann")
    _ = killSwitch.kill(by: bob, cause: .command)
    #expect(killSwitch.lift(by: ann, kills: 1) != nil && gate.keepsOrders && killSwitch.state.isOn)
    #expect(killSwitch.lift(by: ann, kills: 2) == nil && !gate.keepsOrders && !killSwitch.state.isOn)
    #expect(!KillStateFile.read(in: place).isOn && KillStateFile.read(in: place).name == "ann")

    try Data("carol the second of that name\n".utf8).write(to: URL(fileURLWithPath: place + "/KILL"))
    killSwitch.poll()
    killSwitch.poll()
    #expect(gate.kills == 3 && killSwitch.state.name == "carol the second" && killSwitch.state.cause == .file)
    #expect(!FileManager.default.fileExists(atPath: place + "/KILL"))
    #expect(killSwitch.lift(by: bob, kills: 3) == nil)
    // One that cannot be removed: a folder.
    try FileManager.default.createDirectory(atPath: place + "/KILL", withIntermediateDirectories: true)
    try Data().write(to: URL(fileURLWithPath: place + "/KILL/in"))
    killSwitch.poll()
    killSwitch.poll()
    #expect(gate.kills == 4, "heard once")
    #expect(killSwitch.lift(by: bob, kills: 4) != nil && gate.keepsOrders)
    try FileManager.default.removeItem(atPath: place + "/KILL")
    #expect(killSwitch.lift(by: bob, kills: 4) == nil && !gate.keepsOrders)
    // The next run finds what was left.
    _ = killSwitch.kill(by: bob, cause: .command)
    let next = KillSwitch(folder: place, gate: try EgressGate(sessionCount: 1), clock: clock)
    #expect(next.state.isOn && next.gate.keepsOrders && next.gate.kills == 0)
    let kinds = next.restored.compactMap { InputKind(rawValue: $0.kind) }
    #expect(kinds == [.restoreOrigin, .restoreState] && next.restored[0].execution_id == bob.low)
    #expect(next.restored[1].execution_id == killSwitch.state.atUtcNs)
}

/// Goal: a kill that cannot be written is on all the same, says that it is not durable, and becomes durable when it can.
@Test func aKillThatCannotBeWrittenIsOn() throws {
    let place = try folder()
    defer { try? FileManager.default.removeItem(atPath: place) }
    let gate = try EgressGate(sessionCount: 1)
    let killSwitch = KillSwitch(folder: place, gate: gate, clock: Clock.calibrated())
    let path = KillStateFile.path(in: place)
    try FileManager.default.createDirectory(atPath: path + "/in", withIntermediateDirectories: true)
    let said = killSwitch.kill(by: OperatorName("ann")!, cause: .command)
    #expect(said.failure != nil && gate.keepsOrders && killSwitch.state.isOn)
    try FileManager.default.removeItem(atPath: path)
    let untilNs = Clock.kernel.nowNs() + 5_000_000_000
    while killSwitch.failure != nil, Clock.kernel.nowNs() < untilNs {
        killSwitch.poll()
        Clock.sleep(ns: 10_000_000)
    }
    #expect(killSwitch.failure == nil && KillStateFile.read(in: place).isOn && gate.kills == 1)
}

/// Goal: who said a kill first, and when, stays, in the engine as in the file, however often it is said again.
@Test func theFirstToKillStaysNamed() throws {
    let place = try folder()
    defer { try? FileManager.default.removeItem(atPath: place) }
    let killSwitch = KillSwitch(
        folder: place, gate: try EgressGate(sessionCount: 1), clock: Clock.calibrated(), account: "a")
    _ = killSwitch.kill(by: OperatorName("ann")!, cause: .command)
    let first = killSwitch.state
    _ = killSwitch.kill(by: OperatorName("root")!, cause: .signal)
    #expect(killSwitch.state == first && killSwitch.gate.kills == 2)
    for account in ["", "a"] { #expect(KillStateFile.read(in: place, account: account) == first) }
    try KillFolder.kill(
        KillState(isOn: true, cause: .command, name: "eve", atUtcNs: 7), in: place)
    #expect(KillFolder.state(in: place, account: "a") == first)
}

/// Goal: a kill file stops every engine of its folder, whichever sees it first, those that do not run at their next start;
/// a lift of one of them ends no other's kill, in memory and in the files.
@Test func oneEnginesLiftLeavesTheOthersKilled() throws {
    let place = try folder()
    defer { try? FileManager.default.removeItem(atPath: place) }
    let clock = Clock.calibrated()
    func start(_ account: String) throws -> KillSwitch {
        let made = KillSwitch(
            folder: place, gate: try EgressGate(sessionCount: 1), clock: clock, account: account)
        try made.register()
        return made
    }
    /// What is passed on is looked for a few times a second, and may just have been.
    func look(_ killSwitch: KillSwitch, until done: () -> Bool) {
        let untilNs = Clock.kernel.nowNs() + 5_000_000_000
        while !done(), Clock.kernel.nowNs() < untilNs {
            killSwitch.poll()
            Clock.sleep(ns: 10_000_000)
        }
    }
    let (ann, bob) = (OperatorName("ann")!, OperatorName("bob")!)
    let (one, two, gone) = (try start("one"), try start("two"), try start("gone"))
    try Data("carol\n".utf8).write(to: URL(fileURLWithPath: KillFolder.killFile(in: place)))
    one.poll()
    #expect(one.gate.keepsOrders && !FileManager.default.fileExists(atPath: place + "/KILL"))
    look(two) { two.state.isOn }
    #expect(two.gate.keepsOrders && two.state.name == "carol" && two.state.cause == .file)
    #expect(!gone.state.isOn, "its process has ended before it saw the file")

    #expect(one.lift(by: ann, kills: one.gate.kills) == nil && !one.gate.keepsOrders)
    // Long enough for both to have looked at all that is there.
    for killSwitch in [one, two] {
        let untilNs = Clock.kernel.nowNs() + 500_000_000
        look(killSwitch) { Clock.kernel.nowNs() >= untilNs }
    }
    #expect(!one.state.isOn && two.state.isOn)
    #expect(try start("one").state.isOn == false)
    for account in ["two", "gone"] {
        let next = try start(account)
        #expect(next.state.isOn && next.gate.keepsOrders && next.state.name == "carol", "\(account)")
        #expect(KillFolder.state(in: place, account: account).isOn)
    }
    #expect(KillFolder.liftedAtUtcNs(in: place, account: "two") == 0, "nor what else it has halted")

    // Each by its own word: the first one's lift is not the second one's.
    _ = one.kill(by: bob, cause: .command)
    #expect(two.lift(by: ann, kills: two.gate.kills) == nil)
    let (first, second) = (try start("one"), try start("two"))
    #expect(first.state.isOn && !second.state.isOn)

    // Where nobody runs a person's word is for all of the folder.
    try Data().write(to: URL(fileURLWithPath: KillFolder.killFile(in: place)))
    #expect(KillFolder.state(in: place, account: "two").name == "KILL")
    #expect(KillFolder.state(in: place, account: "never ran").isOn)
    try KillFolder.lift(KillState(isOn: false, cause: .command, name: "ann", atUtcNs: 9), in: place)
    #expect(KillFolder.standing(in: place).isEmpty)
    for account in ["one", "two", "gone"] { #expect(try start(account).state.isOn == false, "\(account)") }
}

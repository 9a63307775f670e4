import Foundation
import Runtime
import Testing

@testable import SpinetailMain

/// Goal: without an engine `state` says of a kill file that nobody has heard what the next start will, and `lift` takes it away
/// with what else is on; where nothing is on it says so. Method: the files, and the verbs over no engines.
@Test func withoutAnEngineTheKillFileIsSeen() throws {
    let root = try KillDay.folder()
    defer { try? FileManager.default.removeItem(atPath: root) }
    let folder = root + "/runs"
    let words = ["--set", "journal.folder=\(folder)"]
    let none = EngineListing(living: [])
    func state() -> String { run(.state, words, none, states).out }
    #expect(state().contains("kill switch: off"))
    let file = KillFolder.killFile(in: folder)
    try Data("bob\n".utf8).write(to: URL(fileURLWithPath: file))
    #expect(state().contains("kill switch: ON") && state().contains("said by bob"), "\(state())")
    let lifted = run(.lift, words + ["--by", "ann"], none, liftScope)
    #expect(lifted.code == 0 && lifted.out.contains("lifted by ann"), "\(lifted)")
    #expect(!FileManager.default.fileExists(atPath: file))
    #expect(state().contains("kill switch: off, lifted by ann"), "\(state())")
    let again = run(.lift, words + ["--by", "eve"], none, liftScope)
    #expect(again.code == 0 && again.out.contains("is off"), "\(again)")

    // What stands against another account alone is named.
    try KillStateFile.write(
        KillState(isOn: true, cause: .command, name: "carol", atUtcNs: 5), in: folder, account: "other")
    #expect(state().contains("kill switch: off") && state().contains("of other alone: kill switch: ON"))
}

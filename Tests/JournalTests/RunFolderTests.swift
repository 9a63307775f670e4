import Foundation
import Plumbing
import Testing

@testable import Journal

func removeTree(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

/// Goal: the folder's name is the time in UTC, also around leap days and year's ends.
/// Method: times whose names are known.
@Test(arguments: [
    (0, "19700101T000000Z"), (951_782_400, "20000229T000000Z"), (1_709_251_199, "20240229T235959Z"),
    (1_735_689_599, "20241231T235959Z"), (1_493_132_400, "20170425T150000Z"),
    (4_107_542_400, "21000301T000000Z"),
])
func stamps(seconds: UInt64, name: String) {
    #expect(RunFolder.stamp(utcNs: seconds * 1_000_000_000 + 999_999_999) == name)
}

/// Goal: a run's folder is made with its journal folder, and never twice.
@Test func folderIsMadeOnce() throws {
    let root = "/tmp/spinetail-test-\(Files.randomRunID())/a/runs"
    defer { removeTree(root) }
    let runID = RunID("00112233445566778899aabbccddeeff")!
    let folder = try RunFolder.create(root: root, utcNs: 0, runID: runID)
    #expect(folder.path == "\(root)/19700101T000000Z-00112233")
    #expect(try Files.list(folder.path) == ["journal"])
    #expect(throws: SetupError.self) { _ = try RunFolder.create(root: root, utcNs: 0, runID: runID) }
}

/// Goal: the folder of a run that did not begin goes, and nothing that is not the journal's.
@Test func folderIsDiscarded() throws {
    let root = "/tmp/spinetail-test-\(Files.randomRunID())"
    defer { removeTree(root) }
    let empty = try RunFolder.create(root: root, utcNs: 0, runID: Files.randomRunID())
    try Files.replace("\(empty.journalPath)/00000001.journal", with: [0])
    empty.discard()
    #expect(try Files.list(root).isEmpty)
    let used = try RunFolder.create(root: root, utcNs: 0, runID: Files.randomRunID())
    try Files.replace("\(used.path)/notes", with: [0])
    used.discard()
    #expect(try Files.list(used.path) == ["notes"])
}

/// Goal: the engine epoch rises with every start and survives it; a file that cannot be written or read as a number is
/// told with what to do, and never counts from 1 again.
/// Method: three starts; then a folder in the file's place, a word in it, and its last number.
@Test func epochRises() throws {
    let folder = "/tmp/spinetail-test-\(Files.randomRunID())"
    defer { removeTree(folder) }
    let path = "\(folder)/epoch"
    do {
        _ = try EngineEpoch.advance(path: path)
        Issue.record("counted in a folder that does not exist")
    } catch {
        #expect(error.description.contains("durable engine epoch"))
    }
    try Files.makeFolder(folder)
    for number in 1...3 as ClosedRange<UInt32> {
        #expect(try EngineEpoch.advance(path: path) == number)
        #expect(try EngineEpoch.current(path: path) == number)
    }
    #expect(try Files.list(folder) == ["epoch"])
    for bad in ["", "3", "three\n", "4294967296\n", "-1\n", "4294967295\n"] {
        try Files.replace(path, with: Array(bad.utf8))
        #expect(throws: SetupError.self) { _ = try EngineEpoch.advance(path: path) }
    }
    try Files.remove(path)
    try Files.makeFolder(path)
    #expect(throws: SetupError.self) { _ = try EngineEpoch.advance(path: path) }
}

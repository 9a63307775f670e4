import Foundation
import TestSupport
import Testing

@testable import SpinetailMain

/// Goal: what `spinetail bench` is told wrongly it says before it measures anything, with the exit code of its kind.
@Test(
    arguments: [
        (["bench", "egnine"], 2, "unknown benchmark \"egnine\", did you mean \"engine\"?"),
        (["bench", "histogram", "--core", "x"], 2, "expected a whole number from 0 to 4095"),
        (
            ["bench", "histogram", "--json", "/nowhere/figures"], 1,
            "cannot write the figures to /nowhere/figures"
        ),
        (["bench", "histogram", "--jsno", "x"], 2, "did you mean \"--json\"?"),
    ] as [([String], Int32, String)])
func benchMistakesAreTold(_ words: [String], _ code: Int32, _ err: String) {
    let result = run(words)
    #expect(result.code == code)
    #expect(result.err.contains(err), "\(result.err)")
    #expect(result.out.isEmpty)
}

/// Goal: several benchmarks in one command, each with its table, and each a line of JSON with the figures of the table.
/// Method: the two that need neither a second core nor memory, tiny.
@Test func benchRunsTheNamedOnesAndWritesTheirFigures() throws {
    let names = run(["bench", "--list"]).out.split(separator: "\n")
    #expect(names.contains("histogram") && names.contains("matching") && names.contains("tick-to-trade"))

    let file = FileManager.default.temporaryDirectory.appendingPathComponent(
        "bench-test-\(ProcessInfo.processInfo.processIdentifier).jsonl")
    defer { try? FileManager.default.removeItem(at: file) }
    let result = run(["bench", "histogram", "--smoke", "matching", "--json", file.path])
    #expect(result.code == 0, "\(result.err)")
    #expect(result.out.contains("\nhistogram: ") && result.out.contains("\nmatching: "))
    #expect(!result.out.contains("\nengine: "))
    // Tiny figures are not judged.
    #expect(!result.out.contains("to reach"))

    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    var figures: [String: [String]] = [:]
    for line in lines {
        let record = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        let name = try #require(record["bench"] as? String)
        let values = try #require(record["figures"] as? [String: [String: Any]])
        for value in values.values { #expect((value["value"] as? Double).map { $0 > 0 } == true) }
        figures[name] = Array(values.keys)
        #expect(record["machine"] != nil)
    }
    #expect(figures == ["histogram": ["histogram_ns"], "matching": ["commands_per_s"]])
}

/// Goal: ten thousand cancels are handed to the socket within 10 ms of the kill, and not one order after it. Method: the
/// benchmark itself, the best of its rounds: a busy machine takes its time from the others. Not in debug builds.
@Test(.timeLimit(.minutes(2)), .enabled(if: !BuildKind.isDebug))
func tenThousandCancelsLeaveWithinTenMilliseconds() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("kill-\(UUID().uuidString).json")
        .path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let result = engineLock.withLock { _ in run(["bench", "kill", "--json", path]) }
    #expect(result.code == 0, "\(result)")
    struct Record: Decodable {
        struct Figure: Decodable { let value: Double }
        let figures: [String: Figure]
    }
    let record = try JSONDecoder().decode(Record.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    let best = try #require(record.figures["kill_cancels_10k_ms_best"]).value
    #expect(best <= 10, "\(result.out)")
    #expect(record.figures["kill_orders_after"]?.value == 0, "\(result.out)")
}

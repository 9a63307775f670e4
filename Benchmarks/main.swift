import Foundation
import Plumbing

/// The benchmark program: `tools/bench [NAME…] [--json FILE]` builds it and calls it.
let all: [any Benchmark.Type] = [
    EngineBenchmark.self, DecodeBenchmark.self, MatchingBenchmark.self, HistogramBenchmark.self,
    TickToTradeBenchmark.self, RingBenchmark.self, LogBenchmark.self,
]

let usage = """
    usage: tools/bench [NAME…] [--json FILE] [--core N] [--smoke]

      NAME         \(all.map { $0.name }.joined(separator: ", ")); all of them where none is named
      --json FILE  also writes the figures to FILE, one JSON object a line
      --core N     runs on that core (1 where there are two)
      --list       only the names, one a line
      --smoke      just enough work to see that everything runs; its figures mean nothing
    """

struct Line: Codable {
    var bench: String
    var figures: [String: Figure]
    var machine: Machine
}

func fail(_ message: String) -> Never {
    FileHandle.standardError.write(Data("bench: \(message)\n".utf8))
    exit(2)
}

var names: [String] = []
var jsonPath: String?
var core = min(1, ProcessInfo.processInfo.activeProcessorCount - 1)
var scale = Scale.full
var arguments = CommandLine.arguments.dropFirst()
while let argument = arguments.popFirst() {
    switch argument {
    case "--help", "-h":
        print(usage)
        exit(0)
    case "--json":
        guard let path = arguments.popFirst() else { fail("--json takes a file") }
        jsonPath = path
    case "--core":
        guard let text = arguments.popFirst(), let number = Int(text) else { fail("--core takes a number") }
        core = number
    case "--list":
        for benchmark in all { print(benchmark.name) }
        exit(0)
    case "--smoke": scale = .smoke
    default:
        guard all.contains(where: { $0.name == argument }) else {
            fail("no benchmark \(argument); there are \(all.map { $0.name }.joined(separator: ", "))")
        }
        names.append(argument)
    }
}

let machine = Machine.current()
print("\(machine.cpu), \(machine.cores) cores, Linux \(machine.kernel), \(machine.date)")
if let refusal = Threads.pin(core: core).refusal { print("not pinned to core \(core): \(refusal)") }
var lines: [Line] = []
var missed = 0
for benchmark in all where names.isEmpty || names.contains(benchmark.name) {
    print("\n\(benchmark.name): \(benchmark.what)\n  why: \(benchmark.why)\n  left out: \(benchmark.leftOut)")
    do {
        // One that takes both cores leaves this thread where it needed it.
        _ = Threads.pin(core: core)
        let figures = try benchmark.run(scale)
        for (name, figure, reach) in figures {
            let label = name.padding(toLength: 30, withPad: " ", startingAt: 0)
            let value = number(figure.value)
            let shown = String(repeating: " ", count: max(0, 16 - value.count)) + value
            var verdict = ""
            if let reach, scale == .full {
                verdict = "   to reach \(reach.text): \(reach.holds(figure.value) ? "yes" : "NO")"
                if !reach.holds(figure.value) { missed += 1 }
            }
            print("  \(label)\(shown) \(figure.unit)\(verdict)")
        }
        lines.append(
            Line(
                bench: benchmark.name,
                figures: Dictionary(uniqueKeysWithValues: figures.map { ($0.name, $0.figure) }),
                machine: machine))
    } catch {
        FileHandle.standardError.write(Data("bench: \(benchmark.name): \(error)\n".utf8))
        exit(1)
    }
}
if let jsonPath {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    do {
        let text = try lines.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }.joined()
        try Data(text.utf8).write(to: URL(fileURLWithPath: jsonPath))
    } catch {
        FileHandle.standardError.write(Data("bench: cannot write \(jsonPath): \(error)\n".utf8))
        exit(1)
    }
}
if missed > 0 { print("\n\(missed) figures do not reach what they are to reach on this machine") }

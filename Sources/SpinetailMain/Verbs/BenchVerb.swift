import Foundation
import SpinetailBenchmarks

extension Verb {
    /// `spinetail bench`: how fast is this machine with it?
    static let bench = Verb(
        name: "bench", summary: "measures the engine and its parts on this machine",
        positionals: [
            PositionalArgument(
                "NAME", required: false, repeats: true,
                "\(BenchmarkSuite.names.joined(separator: ", ")); all of them where none is named")
        ],
        options: [
            .value("json", "FILE", "also write the figures to FILE, one JSON object a line"),
            .value("core", "N", "the core of the benchmarks of one thread (default 1 where there are two)"),
            .flag("list", "only the names, one a line"),
            .flag("smoke", "just enough work to see that everything runs; the figures mean nothing"),
        ],
        notes: """
            Some three minutes for all. Wants the machine for itself: whatever else runs is in the figures. Each figure stands
            with the bound that it is to reach, where it has one; a figure that misses it does not change the exit code.
            How it is measured and what each figure means: Documentation/latency.md.
            """
    ) { arguments in
        let known = BenchmarkSuite.names
        if arguments.flag("list") {
            for name in known { arguments.output.line(name) }
            return 0
        }
        for name in arguments.positionals where !known.contains(name) {
            throw UsageError("unknown benchmark \"\(name)\", \(NearestName.hint(name, in: known))")
        }
        let core = try arguments.whole("core", in: 0...4095)
        // Tried before the minutes that it takes, too.
        try write(Data(), to: arguments.text("json"))
        let json = try BenchmarkSuite.run(
            arguments.positionals, core: core ?? BenchmarkSuite.coreUsual, isSmoke: arguments.flag("smoke")
        ) { arguments.output.line($0) }
        try write(json, to: arguments.text("json"))
        return 0
    }

    private static func write(_ figures: Data, to path: String?) throws(CommandFailure) {
        guard let path else { return }
        do {
            try figures.write(to: URL(fileURLWithPath: path))
        } catch {
            throw CommandFailure("cannot write the figures to \(path): \(error.localizedDescription)")
        }
    }
}

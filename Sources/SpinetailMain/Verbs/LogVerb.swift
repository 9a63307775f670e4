import Foundation
import Plumbing
import Settings

extension Verb {
    /// `spinetail log`: a run's log as text.
    static let log = Verb(
        name: "log", summary: "shows the log of a run, and follows one that is running",
        positionals: [
            PositionalArgument(
                "RUN", required: false, "the run's folder; otherwise the newest below journal.folder")
        ],
        options: [
            .flag("follow", "go on until the run ends, line by line as they are written"),
            .flag("json", "one JSON object a line"),
            .value("level", "L", "only lines of this level and above: debug, info, warning, error"),
            .value("since", "T", "from this UTC time on: 2026-11-21T14:30:00.5, or 90s, 5m, 2h ago"),
            .value("limit", "N", "stop after N lines"),
        ] + .settings,
        notes: """
            Which lines are written at all is the setting log.level of the run. Every block is checked on the way; what is behind
            a torn end (the process or the machine died) is told on standard error and is no failure.
            """
    ) { arguments in
        let show = try LogShow(arguments)
        let folder = try runFolder(arguments)
        var reader = try LogReader(folder: folder)
        let follows = arguments.flag("follow")
        var shown = 0
        var text = ""
        while shown < show.limit {
            guard let line = try reader.next() else {
                if !text.isEmpty { arguments.output.text(text) }
                text = ""
                guard follows else { break }
                Clock.sleep(ns: 50_000_000)
                continue
            }
            if show.wants(line) {
                shown += 1
                text += show.text(line)
                if text.utf8.count > 1 << 16 {
                    arguments.output.text(text)
                    text = ""
                }
            }
            // The last line of a run that ends in order: nothing follows it.
            if follows, line.name == LogFormat.engineStopped.name { break }
        }
        if !text.isEmpty { arguments.output.text(text) }
        if case .torn(let file, let offset) = reader.ending {
            arguments.output.note(
                "log: \(file) is not whole from byte \(offset) on, as after a crash; all before it is")
        }
        return 0
    }

    /// The folder that was named, or the newest: their names begin with their time.
    private static func runFolder(_ arguments: ParsedArguments) throws -> String {
        if let named = arguments.positionals.first { return named }
        return try newestRun(arguments)
    }

    /// The newest below the settings' `journal.folder`.
    static func newestRun(_ arguments: ParsedArguments) throws -> String {
        let root = try arguments.settings().settings.journal.folder
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let runs = names.filter {
            FileManager.default.fileExists(atPath: "\(root)/\($0)/journal")
        }
        guard let newest = runs.max() else {
            throw CommandFailure(
                "no run below \(root)", remedy: "name a run's folder, or start one: spinetail run")
        }
        return "\(root)/\(newest)"
    }
}

/// What `log` was asked to show, and how.
struct LogShow {
    let level: LogLevel
    let sinceNs: Int64
    let limit: Int
    let json: Bool

    init(_ arguments: ParsedArguments) throws(UsageError) {
        json = arguments.flag("json")
        limit = try arguments.whole("limit", in: 1...Int.max) ?? .max
        let name = arguments.text("level") ?? LogLevel.debug.name
        guard let level = LogLevel(name: name) else {
            throw UsageError(
                "--level is \"\(name)\", expected \(LogLevel.allCases.map(\.name).joined(separator: ", "))")
        }
        self.level = level
        guard let since = arguments.text("since") else {
            sinceNs = .min
            return
        }
        let now = Int64(clamping: Clock.utcNs())
        guard let ns = Self.ago(since).map({ now - $0 }) ?? UtcTime.parse(since, dayOf: now) else {
            throw UsageError(
                "--since is \"\(since)\", expected 2026-11-21T14:30:00.5 or 14:30:00.5 in UTC, or 90s, 5m, 2h"
            )
        }
        sinceNs = ns
    }

    /// `90s`, `5m`, `2h` in nanoseconds.
    static func ago(_ text: String) -> Int64? {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()),
            (0...1_000_000).contains(count)
        else { return nil }
        return count * unit * 1_000_000_000
    }

    func wants(_ line: LogLine) -> Bool { line.level >= level && line.utcNs >= sinceNs }

    /// `2026-11-21T14:30:00.000000001Z warning feed 0: 3 messages missing from 100 on`, with its end.
    func text(_ line: LogLine) -> String {
        let time = UtcTime.text(line.utcNs)
        guard json else {
            let level = line.level.name
            return "\(time) \(level)\(String(repeating: " ", count: max(0, 7 - level.count))) \(line.text)\n"
        }
        var values = ""
        for value in line.values {
            if !values.isEmpty { values += "," }
            switch value {
            case .whole(let whole): values += "\(whole)"
            // JSON has no infinity and no NaN.
            case .number(let number): values += number.isFinite ? "\(number)" : JsonObject.quoted("\(number)")
            case .text(let text): values += JsonObject.quoted(text)
            }
        }
        let object = JsonObject().add("time", time).add("engine_ns", line.timeNs)
            .add("level", line.level.name).add("line", line.name).add("text", line.text)
        return "\(object.text.dropLast()),\"values\":[\(values)]}\n"
    }
}

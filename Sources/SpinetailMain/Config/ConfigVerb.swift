import Plumbing
public import Settings

extension Verb {
    /// `spinetail config`: what the settings come to, and where each value is from.
    ///
    /// - Parameter strategies: The program's, whose parameters and limits settings may name.
    public static func config(_ strategies: [StrategyDescription] = StrategyDescription.examples) -> Verb {
        Verb(
            name: "config", summary: "checks the settings, or shows each value and where it comes from",
            positionals: [
                PositionalArgument("ACTION", "check or show"),
                PositionalArgument(
                    "KEY", required: false, repeats: true,
                    "only these and what is below them, such as risk or strategies.ema_cross.limits (show)"),
            ],
            options: .settings + [
                .flag("origin", "with where each value comes from (show)"),
                .flag("changed", "only what is not as built in (show)"),
                .flag("all", "the instruments of the master too, which are left out otherwise (show)"),
                .flag("live", "whether a live run could start with them, too (check)"),
                .flag("json", "as JSON: one object a line (show), or one object (check)"),
            ],
            notes: """
                check tells everything that is wrong with file and line, environment and command line at once, and what is worth a
                warning; exit code 2 when anything is wrong. Nothing is started and nothing is connected to.
                show prints settings as a file would have them, `key: value`. With --origin each is followed by default,
                FILE:LINE, the environment's variable, or command line. Passwords are never shown: *** stands for them.
                """
        ) { arguments in
            switch arguments.positionals[0] {
            case "check": return try check(arguments, strategies)
            case "show": return try show(arguments, strategies)
            case let other:
                throw UsageError(
                    "\"\(other)\" is no action, \(NearestName.hint(other, in: ["check", "show"]))")
            }
        }
    }

    private static func check(
        _ arguments: ParsedArguments, _ strategies: [StrategyDescription]
    ) throws -> Int32 {
        if arguments.positionals.count > 1 {
            throw UsageError("check takes no KEY: it looks at all of them")
        }
        for option in ["origin", "changed", "all"] where arguments.flag(option) {
            throw UsageError("--\(option) is for show: check tells problems and warnings only")
        }
        let output = arguments.output
        let loaded: LoadedSettings
        do throws(SettingsError) {
            loaded = try arguments.settings(strategies: strategies)
            if arguments.flag("live") { _ = try loaded.start(live: true) }
        } catch {
            guard arguments.flag("json") else { throw error }
            output.line(checked(nil, error.problems, []))
            return 2
        }
        // As a start would tell them, now.
        let warnings = loaded.warnings.map(\.problem) + loaded.settings.warnings(atUtcNs: Clock.utcNs())
        if arguments.flag("json") {
            output.line(checked(loaded.file, [], warnings))
            return 0
        }
        for warning in warnings { output.note("warning: \(warning)") }
        let told = loaded.entries.count { $0.origin != .standard }
        let mode = loaded.settings.broker.paperTrading ? "paper" : "live"
        output.line(
            "OK: \(loaded.file ?? "no settings file"), \(mode) trading, \(told) of \(loaded.entries.count) values told, "
                + "\(warnings.count) warning\(warnings.count == 1 ? "" : "s")"
                + (arguments.flag("live") && !warnings.isEmpty
                    ? ": a live start wants --accept-warnings" : ""))
        return 0
    }

    private static func checked(
        _ file: String?, _ problems: [SettingsProblem], _ warnings: [SettingsProblem]
    ) -> String {
        func list(_ problems: [SettingsProblem]) -> String {
            let objects = problems.map {
                JsonObject().add("place", $0.place).add("message", $0.message).text
            }
            return "[" + objects.joined(separator: ",") + "]"
        }
        var object = JsonObject().add("ok", problems.isEmpty)
        if let file { object = object.add("file", file) }
        return "\(object.text.dropLast()),\"problems\":\(list(problems)),\"warnings\":\(list(warnings))}"
    }

    private static func show(
        _ arguments: ParsedArguments, _ strategies: [StrategyDescription]
    ) throws -> Int32 {
        if arguments.flag("live") { throw UsageError("--live is for check: show starts nothing") }
        let loaded = try arguments.settings(strategies: strategies)
        let keys = Array(arguments.positionals.dropFirst())
        var entries: [LoadedSettings.Entry] = []
        for key in keys {
            let found = loaded.entries(at: key)
            guard !found.isEmpty else {
                let known = loaded.entries.map(\.path) + loaded.sections
                throw UsageError("there is no setting \"\(key)\", \(NearestName.hint(key, in: known))")
            }
            entries += found
        }
        if keys.isEmpty {
            entries = loaded.entries.filter { arguments.flag("all") || !loaded.isOfMaster($0) }
        }
        if arguments.flag("changed") { entries = entries.filter { $0.origin != .standard } }
        let lines = entries.map { "\($0.path): \($0.text)" }
        let width = min(lines.map(\.count).max() ?? 0, 60)
        for (entry, line) in zip(entries, lines) {
            if arguments.flag("json") {
                arguments.output.line(
                    JsonObject().add("key", entry.path).add("value", entry.text)
                        .add("origin", "\(entry.origin)").text)
            } else if arguments.flag("origin") {
                let space = String(repeating: " ", count: max(0, width - line.count))
                arguments.output.line("\(line)\(space)  # \(entry.origin)")
            } else {
                arguments.output.line(line)
            }
        }
        return 0
    }
}

extension LoadedSettings {
    /// Paths of the sections, for hints.
    fileprivate var sections: [String] {
        var sections: Set<String> = []
        for entry in entries {
            // An element of a list by its name.
            if entry.path.hasSuffix(".name") {
                let element = entry.path.dropLast(".name".count)
                if let dot = element.lastIndex(of: ".") {
                    sections.insert("\(element[..<dot]).\(entry.text)")
                }
            }
            var path = Substring(entry.path)
            while let dot = path.lastIndex(of: ".") {
                path = path[..<dot]
                sections.insert(String(path))
            }
        }
        return sections.sorted()
    }

    /// Whether an instrument's value stands in the master, or is not told at all: thousands of lines, which say what their file
    /// says.
    fileprivate func isOfMaster(_ entry: Entry) -> Bool {
        guard entry.path.hasPrefix("instruments.definitions.") else { return false }
        switch entry.origin {
        case .standard: return true
        case .file(let name, _): return name != file
        case .environment, .commandLine: return false
        }
    }
}

import Foundation
public import Settings

/// The program: a table of verbs and the frame that picks one.
public enum Spinetail {
    public static let version = "0.1.0"

    /// Runs the command line of this process and ends it.
    ///
    /// - Parameter strategies: The program's own, whose settings every command takes.
    public static func main(
        _ verbs: [Verb] = Spinetail.verbs, strategies: [StrategyDescription] = StrategyDescription.examples
    ) -> Never {
        exit(
            run(
                Array(CommandLine.arguments.dropFirst()), verbs: verbs, strategies: strategies,
                output: .standard))
    }

    /// Runs one command line.
    ///
    /// - Returns: 0 done, 1 failed, 2 the command line or the settings are wrong.
    public static func run(
        _ arguments: [String], verbs: [Verb],
        strategies: [StrategyDescription] = StrategyDescription.examples, output: CommandOutput
    ) -> Int32 {
        guard let first = arguments.first else {
            output.note(HelpText.program(verbs))
            return 2
        }
        if first == "--version" {
            output.line("spinetail \(version)")
            return 0
        }
        let wantsHelp = arguments.prefix { $0 != "--" }.contains { $0 == "--help" || $0 == "-h" }
        if first == "--help" || first == "-h" || (first == "help" && arguments.count == 1) {
            output.line(HelpText.program(verbs))
            return 0
        }
        let name = first == "help" ? arguments[1] : first
        guard let verb = verbs.first(where: { $0.name == name }) else {
            let what = name.hasPrefix("-") ? "option" : "command"
            let known = name.hasPrefix("-") ? ["--help", "--version"] : verbs.map(\.name)
            output.note("spinetail: unknown \(what) \"\(name)\", \(NearestName.hint(name, in: known))")
            return 2
        }
        if wantsHelp || first == "help" {
            output.line(HelpText.verb(verb))
            return 0
        }
        do {
            var parsed = try CommandLineParser.parse(arguments.dropFirst(), for: verb, output: output)
            parsed.strategies = strategies
            return try verb.run(parsed)
        } catch let error as UsageError {
            output.note(
                "spinetail \(verb.name): \(error)\n  usage: \(HelpText.usage(verb)); --help tells more")
            return 2
        } catch let error as SettingsError {
            output.note("spinetail \(verb.name): the settings are wrong:\n\(error)")
            return 2
        } catch {
            output.note("spinetail \(verb.name): \(error)")
            return 1
        }
    }
}

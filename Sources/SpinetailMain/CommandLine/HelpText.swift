/// The words of `--help`, made from what the verbs declare.
enum HelpText {
    static func program(_ verbs: [Verb]) -> String {
        let commands = table(verbs.map { ($0.name, $0.summary) })
        return """
            Spinetail: an order execution engine. Packets in, orders out, fills back, everything journaled.

            Usage: spinetail COMMAND [options]

            Commands:
            \(commands)

            Options:
              --help      this text; `spinetail COMMAND --help` for one command
              --version   the version

            Exit codes: 0 done, 1 failed, 2 the command line or the settings are wrong.
            """
    }

    static func verb(_ verb: Verb) -> String {
        var text = "spinetail \(verb.name): \(verb.summary).\n\nUsage: \(usage(verb))\n"
        if !verb.positionals.isEmpty {
            text += "\nArguments:\n" + table(verb.positionals.map { ($0.name, $0.help) }) + "\n"
        }
        let options = verb.options.map { option in
            (
                "--" + option.name + (option.valueName.map { " " + $0 } ?? ""),
                option.help + (option.repeats ? " (repeats)" : "")
            )
        }
        text += "\nOptions:\n" + table(options + [("--help", "this text")])
        return verb.notes.isEmpty ? text : text + "\n\n" + verb.notes
    }

    static func usage(_ verb: Verb) -> String {
        let arguments = verb.positionals.map { argument in
            let name = argument.name + (argument.repeats ? "…" : "")
            return argument.required ? " " + name : " [" + name + "]"
        }
        return "spinetail \(verb.name)\(arguments.joined()) [options]"
    }

    private static func table(_ rows: [(String, String)]) -> String {
        let width = (rows.map(\.0.count).max() ?? 0) + 3
        return rows.map { "  " + $0.0 + String(repeating: " ", count: width - $0.0.count) + $0.1 }
            .joined(separator: "\n")
    }
}

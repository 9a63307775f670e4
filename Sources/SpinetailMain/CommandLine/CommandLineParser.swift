import Settings

/// Reads the words behind a verb against what the verb declares.
///
/// `--name value`, `--name=value`, `--` ends the options. Options may stand anywhere. A word that starts with one dash
/// is a mistake unless it is a number or `-` alone.
enum CommandLineParser {
    static func parse(
        _ words: ArraySlice<String>, for verb: Verb, output: CommandOutput
    ) throws(UsageError) -> ParsedArguments {
        var positionals: [String] = []
        var flags: Set<String> = []
        var values: [String: [String]] = [:]
        var rest = words
        var optionsEnded = false
        while let word = rest.popFirst() {
            if optionsEnded || !word.hasPrefix("-") || word == "-" || Double(word) != nil {
                positionals.append(word)
                continue
            }
            if word == "--" {
                optionsEnded = true
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let given = String(parts[0])
            guard let option = verb.options.first(where: { "--" + $0.name == given }) else {
                let known = verb.options.map { "--" + $0.name } + ["--help"]
                throw UsageError("unknown option \(given), \(NearestName.hint(given, in: known))")
            }
            guard let valueName = option.valueName else {
                guard parts.count == 1 else { throw UsageError("\(given) takes no value") }
                flags.insert(option.name)
                continue
            }
            let value = parts.count == 2 ? String(parts[1]) : rest.popFirst()
            guard let value else { throw UsageError("\(given) needs a value: \(given) \(valueName)") }
            guard option.repeats || values[option.name] == nil else {
                throw UsageError("\(given) is given twice")
            }
            values[option.name, default: []].append(value)
        }
        guard positionals.count <= verb.positionals.count || verb.positionals.last?.repeats == true else {
            throw UsageError("\"\(positionals[verb.positionals.count])\" is one argument too many")
        }
        if positionals.count < verb.positionals.count, verb.positionals[positionals.count].required {
            throw UsageError("\(verb.positionals[positionals.count].name) is missing")
        }
        return ParsedArguments(positionals: positionals, flags: flags, values: values, output: output)
    }
}

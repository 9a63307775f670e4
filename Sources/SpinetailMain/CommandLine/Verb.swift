/// One command of the program: `spinetail NAME …`.
public struct Verb: Sendable {
    public let name: String
    /// One line, no full stop.
    public let summary: String
    /// What stands behind the name without dashes.
    public let positionals: [PositionalArgument]
    public let options: [CommandLineOption]
    /// Further lines of the help: how it works, examples. May be empty.
    public let notes: String
    /// Does it. Returns the exit code; throws ``UsageError`` (2), `SettingsError` (2) or anything else (1).
    public let run: @Sendable (ParsedArguments) throws -> Int32

    public init(
        name: String, summary: String, positionals: [PositionalArgument] = [],
        options: [CommandLineOption] = [],
        notes: String = "", run: @escaping @Sendable (ParsedArguments) throws -> Int32
    ) {
        self.name = name
        self.summary = summary
        self.positionals = positionals
        self.options = options
        self.notes = notes
        self.run = run
    }
}

/// An argument without dashes.
public struct PositionalArgument: Sendable {
    /// In capitals, as the help shows it.
    public let name: String
    public let help: String
    public let required: Bool
    /// May be given more than once; only the last one of a verb.
    public let repeats: Bool

    public init(_ name: String, required: Bool = true, repeats: Bool = false, _ help: String) {
        self.name = name
        self.help = help
        self.required = required
        self.repeats = repeats
    }
}

/// `--name`, or `--name VALUE` (`--name=VALUE`).
public struct CommandLineOption: Sendable {
    /// Without the dashes.
    public let name: String
    /// In capitals, as the help shows it; `nil`: a switch.
    public let valueName: String?
    /// May be given more than once.
    public let repeats: Bool
    public let help: String

    public static func flag(_ name: String, _ help: String) -> CommandLineOption {
        CommandLineOption(name: name, valueName: nil, repeats: false, help: help)
    }

    public static func value(_ name: String, _ valueName: String, _ help: String) -> CommandLineOption {
        CommandLineOption(name: name, valueName: valueName, repeats: false, help: help)
    }

    public static func list(_ name: String, _ valueName: String, _ help: String) -> CommandLineOption {
        CommandLineOption(name: name, valueName: valueName, repeats: true, help: help)
    }
}

extension [CommandLineOption] {
    /// What every command that runs on settings takes; ``ParsedArguments/settings(strategies:)`` reads them.
    public static let settings: [CommandLineOption] = [
        .value("config", "FILE", "settings file; otherwise ./spinetail.yaml where there is one"),
        .list(
            "set", "KEY=VALUE", "one setting, such as risk.max_open_orders=5; wins over file and environment"),
    ]
}

public import Foundation

extension Settings {
    /// The file that is read when none is named and it is there.
    public static let fileNameStandard = "spinetail.yaml"
    /// The instrument master that is read when none is named and it is beside the settings file.
    public static let instrumentsNameStandard = "instruments.yaml"

    /// Built-in defaults, then the file, then the environment, then the command line: the later wins, value by value.
    ///
    /// - Parameters:
    ///   - file: Must be there; `nil`: `spinetail.yaml` in the current folder where there is one.
    ///   - environment: `SPINETAIL_RISK__MAX_OPEN_ORDERS=5`.
    ///   - overrides: `risk.max_open_orders=5`, in order.
    ///   - strategies: What may stand in the list of strategies.
    /// - Throws: everything that is wrong, all at once.
    public static func load(
        file: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment,
        overrides: [String] = [], strategies: [StrategyDescription] = StrategyDescription.examples
    ) throws(SettingsError) -> LoadedSettings {
        var text: [UInt8]?
        let name = file ?? fileNameStandard
        if let data = FileManager.default.contents(atPath: name) {
            text = [UInt8](data)
        } else if file != nil || FileManager.default.fileExists(atPath: name) {
            let what = FileManager.default.fileExists(atPath: name) ? "cannot be read" : "no such file"
            throw SettingsError(problems: [
                SettingsProblem(place: name, message: "\(what), expected a settings file (--config)")
            ])
        }
        return try load(
            text: text, name: name, environment: environment, overrides: overrides, strategies: strategies,
            beside: SettingsFiles(of: text == nil ? nil : name))
    }

    /// The same from the text of a file.
    ///
    /// - Parameter beside: The files that settings name; `nil`: none of them is read.
    static func load(
        text: [UInt8]?, name: String, environment: [String: String], overrides: [String],
        strategies: [StrategyDescription], beside files: SettingsFiles? = nil
    ) throws(SettingsError) -> LoadedSettings {
        let fields = SettingsSchema.fields(strategies)
        var binder = Binder(strategies: strategies)
        var settings = Settings()
        settings.strategies = strategies.map { StrategySettings($0) }
        // Its problems are told behind those of the file.
        var outside = Binder(strategies: strategies)
        let given = environmentValues(environment, &outside) + commandLineValues(overrides, &outside)
        let root = try text.flatMap { text throws(SettingsError) in try YamlReader.read(text, name: name) }
        if let files {
            let source =
                given.last { $0.path == ["instruments", "source"] }?.text
                ?? root?.text(at: "instruments", "source")
            try files.readMaster(source ?? "", into: &settings.instruments, &binder)
        }
        if let root {
            Fields.bind(fields, into: &settings, root, "", &binder)
            completeDefinitions(&settings.instruments, &binder)
        }
        binder.problems += outside.problems
        for given in given {
            let node = YamlNode(
                content: .scalar(given.text, plain: !given.text.isEmpty), origin: given.origin, column: 0)
            let before = binder.problems.count
            Fields.assign(fields, into: &settings, given.path[...], node, "", &binder)
            if case .commandLine = given.origin {
                // The origin names no key; the problem shall.
                for index in before..<binder.problems.count {
                    let place = "--set \(given.path.joined(separator: "."))"
                    binder.problems[index] = SettingsProblem(
                        place: place, message: binder.problems[index].message)
                }
            }
        }
        let secrets = SettingsSecrets(settings, &binder, files)
        secrets.fill(&settings, &binder)
        if binder.problems.isEmpty { SettingsRules.check(settings, &binder) }
        guard binder.problems.isEmpty else { throw SettingsError(problems: binder.problems) }
        var entries: [LoadedSettings.Entry] = []
        for shown in values(of: settings, fields) {
            let origin = binder.origins[shown.path] ?? .standard
            entries.append(
                LoadedSettings.Entry(
                    path: shown.path, text: shown.text, origin: origin, isSecret: shown.isSecret))
        }
        return LoadedSettings(
            settings: settings, entries: entries, file: text == nil ? nil : name,
            hasLimits: hasLimits(settings, binder),
            warnings: SafeStart.warnings(settings, secrets, binder))
    }

    /// Whether the file itself says a limit that limits something: a switch, a window or a limit that is switched off does not.
    private static func hasLimits(_ settings: Settings, _ binder: Binder) -> Bool {
        settings.limits(strategies: []).contains { limit in
            guard limit.scope == .account, limit.kind.isAmount, !limit.kind.isOff(limit.value),
                case .file? = binder.toldOrigin(limit.kind.path(.account, ""))
            else { return false }
            return true
        }
    }

    static func values(of settings: Settings, _ fields: [Field<Settings>]) -> [ShownValue] {
        var shown: [ShownValue] = []
        for field in fields { field.values(settings, field.key) { shown.append($0) } }
        return shown
    }

    /// Behind the definitions of the settings come those of the master that they do not name.
    private static func completeDefinitions(_ instruments: inout InstrumentSettings, _ binder: inout Binder) {
        guard !binder.master.isEmpty else { return }
        let named = Set(instruments.definitions.map(\.symbol))
        for (symbol, entry) in binder.master.sorted(by: { $0.value.place < $1.value.place })
        where !named.contains(symbol) {
            let place = "instruments.definitions.\(instruments.definitions.count)"
            for (key, origin) in entry.origins { binder.origins["\(place).\(key)"] = origin }
            instruments.definitions.append(entry.terms)
        }
    }

    private struct GivenValue {
        let path: [String]
        let text: String
        let origin: Origin
    }

    /// Variables that are no settings: those of the build, of tests and of tools.
    static let otherVariables: Set<String> = [
        "SPINETAIL_DATA", "SPINETAIL_JUDGE_FOLDER", "SPINETAIL_MEASURE", "SPINETAIL_MODEL_ECHO",
        "SPINETAIL_MODEL_SEED", "SPINETAIL_REPORTS", "SPINETAIL_RISK_ORDERS",
        "SPINETAIL_RISK_SEQUENCES", "SPINETAIL_RISK_STREAMS", "SPINETAIL_SANITIZED", "SPINETAIL_SEEDS",
        "SPINETAIL_SEQUENCES", "SPINETAIL_TESTS",
    ]

    /// Sorted by name: the order of an environment means nothing, and errors shall repeat.
    private static func environmentValues(
        _ environment: [String: String], _ binder: inout Binder
    ) -> [GivenValue] {
        let prefix = "SPINETAIL_"
        var given: [GivenValue] = []
        for name in environment.keys.sorted() where name.hasPrefix(prefix) {
            let rest = name.dropFirst(prefix.count)
            guard rest.contains("__") else {
                if !otherVariables.contains(name), !rest.hasPrefix("TEST_") {
                    binder.refuse(.environment(name), unknownVariable(name, binder.strategies))
                }
                continue
            }
            let path = rest.lowercased().components(separatedBy: "__")
            given.append(
                GivenValue(path: path, text: environment[name] ?? "", origin: .environment(name)))
        }
        return given
    }

    private static func unknownVariable(_ name: String, _ strategies: [StrategyDescription]) -> String {
        let paths = values(of: Settings(), SettingsSchema.fields(strategies)).map(\.path)
        let known = paths.map {
            "SPINETAIL_" + $0.uppercased().replacingOccurrences(of: ".", with: "__")
        }
        // One underscore where two are wanted is the mistake that is made.
        let merged = name.replacingOccurrences(of: "__", with: "_")
        // What all have in common would make any two of them alike.
        let prefix = "SPINETAIL_"
        let rest = (known + otherVariables.sorted()).map { String($0.dropFirst(prefix.count)) }
        let near =
            known.first { $0.replacingOccurrences(of: "__", with: "_") == merged }
            ?? NearestName.find(String(name.dropFirst(prefix.count)), in: rest).map { prefix + $0 }
        return "no setting has this name, "
            + (near.map { "did you mean \($0)?" }
                ?? "expected SPINETAIL_SECTION__KEY, levels parted by two underscores")
    }

    private static func commandLineValues(_ overrides: [String], _ binder: inout Binder) -> [GivenValue] {
        var given: [GivenValue] = []
        for text in overrides {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                let message = "expected section.key=value"
                let place = "--set \(Fields.shownKey(text))"
                binder.problems.append(SettingsProblem(place: place, message: message))
                continue
            }
            let path = text[..<equals].components(separatedBy: ".")
            given.append(
                GivenValue(path: path, text: String(text[text.index(after: equals)...]), origin: .commandLine)
            )
        }
        return given
    }
}

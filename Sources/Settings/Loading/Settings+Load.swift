public import Foundation

extension Settings {
    /// The file that is read when none is named and it is there.
    public static let fileNameStandard = "spinetail.yaml"

    /// Built-in defaults, then the file, then the environment, then the command line: the later wins, value by value.
    ///
    /// - Parameters:
    ///   - file: Must be there; `nil`: `spinetail.yaml` in the current folder where there is one.
    ///   - environment: `SPINETAIL_RISK__MAX_OPEN_ORDERS=5`; names without a double underscore are not settings.
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
            text: text, name: name, environment: environment, overrides: overrides, strategies: strategies)
    }

    /// The same from the text of a file.
    static func load(
        text: [UInt8]?, name: String, environment: [String: String], overrides: [String],
        strategies: [StrategyDescription]
    ) throws(SettingsError) -> LoadedSettings {
        let fields = SettingsSchema.fields(strategies)
        var binder = Binder(strategies: strategies)
        var settings = Settings()
        settings.strategies = strategies.map { StrategySettings($0) }
        if let text, let root = try YamlReader.read(text, name: name) {
            Fields.bind(fields, into: &settings, root, "", &binder)
        }
        for given in environmentValues(environment) + commandLineValues(overrides, &binder) {
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
        if binder.problems.isEmpty { SettingsRules.check(settings, &binder) }
        guard binder.problems.isEmpty else { throw SettingsError(problems: binder.problems) }
        var entries: [LoadedSettings.Entry] = []
        for shown in values(of: settings, fields) {
            let origin = binder.origins[shown.path] ?? .standard
            entries.append(LoadedSettings.Entry(path: shown.path, text: shown.text, origin: origin))
        }
        return LoadedSettings(settings: settings, entries: entries, file: text == nil ? nil : name)
    }

    static func values(of settings: Settings, _ fields: [Field<Settings>]) -> [ShownValue] {
        var shown: [ShownValue] = []
        for field in fields { field.values(settings, field.key) { shown.append($0) } }
        return shown
    }

    private struct GivenValue {
        let path: [String]
        let text: String
        let origin: Origin
    }

    /// Sorted by name: the order of an environment means nothing, and errors shall repeat.
    private static func environmentValues(_ environment: [String: String]) -> [GivenValue] {
        let prefix = "SPINETAIL_"
        let names = environment.keys.filter {
            $0.hasPrefix(prefix) && $0.dropFirst(prefix.count).contains("__")
        }
        return names.sorted().map { name in
            let path = name.dropFirst(prefix.count).lowercased().components(separatedBy: "__")
            return GivenValue(path: path, text: environment[name] ?? "", origin: .environment(name))
        }
    }

    private static func commandLineValues(_ overrides: [String], _ binder: inout Binder) -> [GivenValue] {
        var given: [GivenValue] = []
        for text in overrides {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                let message = "expected section.key=value"
                binder.problems.append(SettingsProblem(place: "--set \(text)", message: message))
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

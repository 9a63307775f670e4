import Model

extension Settings {
    /// Every setting by its path, as a file would have it: what a journal keeps of them. Left out are passwords, and of
    /// instruments what is as for one of which nothing is said: there may be thousands.
    public func values(strategies: [StrategyDescription] = StrategyDescription.examples) -> [String: String] {
        var shown: [String: String] = [:]
        let usual = Self.usualTerms
        for value in Self.values(of: self, SettingsSchema.fields(strategies)) {
            guard !value.isSecret else { continue }
            if value.path.hasPrefix("instruments.definitions."), let dot = value.path.lastIndex(of: "."),
                usual[value.path[value.path.index(after: dot)...]] == value.text
            {
                continue
            }
            shown[value.path] = value.text
        }
        return shown
    }

    /// The values of an instrument of which nothing is said, by key; but no name.
    private static var usualTerms: [Substring: String] {
        var settings = Settings()
        settings.instruments.definitions = [InstrumentTerms(symbol: .blank)]
        let prefix = "instruments.definitions.0."
        var usual: [Substring: String] = [:]
        for value in values(of: settings, SettingsSchema.fields([])) where value.path.hasPrefix(prefix) {
            usual[value.path.dropFirst(prefix.count)] = value.text
        }
        usual["name"] = nil
        return usual
    }

    /// The settings again that gave these ``values(strategies:)``; passwords are the built-in ones.
    public static func restored(
        from values: [String: String], strategies: [StrategyDescription] = StrategyDescription.examples
    ) throws(SettingsError) -> Settings {
        let paths = values.map { (path: $0.key.split(separator: ".").map(String.init), text: $0.value) }
        let text = yaml(paths, indent: 0).joined(separator: "\n") + "\n"
        return try load(
            text: Array(text.utf8), name: "the journal's settings", environment: [:], overrides: [],
            strategies: strategies
        ).settings
    }

    /// Keys that are all numbers are the places of a list.
    private static func yaml(_ entries: [(path: [String], text: String)], indent: Int) -> [String] {
        let space = String(repeating: " ", count: indent)
        var groups: [String: [(path: [String], text: String)]] = [:]
        for entry in entries {
            groups[entry.path[0], default: []].append((Array(entry.path.dropFirst()), entry.text))
        }
        let keys = groups.keys.sorted {
            if let a = Int($0), let b = Int($1) { return a < b }
            return $0 < $1
        }
        var lines: [String] = []
        for key in keys {
            guard let group = groups[key] else { continue }
            if let value = group.first(where: { $0.path.isEmpty }) {
                lines.append("\(space)\(key): \(value.text)")
            } else if Int(key) != nil {
                var item = yaml(group, indent: indent + 2)
                if !item.isEmpty { item[0] = "\(space)- " + item[0].dropFirst(indent + 2) }
                lines += item
            } else {
                lines.append("\(space)\(key):")
                lines += yaml(group, indent: indent + 2)
            }
        }
        return lines
    }
}

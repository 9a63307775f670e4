/// The settings of a run, each value with where it came from.
public struct LoadedSettings: Sendable {
    /// One value, as `config show` prints it.
    public struct Entry: Sendable, Hashable {
        /// `risk.max_open_orders`, `feeds.0.port`.
        public let path: String
        /// As it would stand in the file.
        public let text: String
        public let origin: Origin
        /// ``text`` is not its value, which is shown nowhere.
        public let isSecret: Bool
    }

    public let settings: Settings
    /// Every value there is, in the order of the documentation.
    public let entries: [Entry]
    /// The file that was read; `nil`: none was there.
    public let file: String?
    /// Whether the `risk` section of the file says a limit.
    let hasLimits: Bool
    /// What is allowed and should be known, the strictest first.
    public let warnings: [SettingsWarning]

    /// The values at and below a path, whose elements of lists may be given by place or by name: `risk`, `feeds.main.port`.
    /// Empty: there is none.
    public func entries(at key: String) -> [Entry] {
        let parts = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        var path = ""
        for part in parts {
            path = Fields.join(path, place(of: part, in: path))
        }
        return entries.filter { $0.path == path || $0.path.hasPrefix(path + ".") }
    }

    /// The place of the element of that name in a list; the part itself where it is no list.
    private func place(of part: String, in list: String) -> String {
        guard !list.isEmpty, Int(part) == nil else { return part }
        let named = entries.first {
            $0.path.hasPrefix(list + ".") && $0.path.hasSuffix(".name")
                && ($0.text == part || $0.text == "\"\(part)\"")
                && $0.path.dropFirst(list.count + 1).dropLast(".name".count).allSatisfy(\.isNumber)
        }
        guard let named else { return part }
        return String(named.path.dropFirst(list.count + 1).dropLast(".name".count))
    }

    /// `path: text`, a line each: equal for runs that were told the same, wherever from.
    public var canonicalText: String { entries.map { "\($0.path): \($0.text)\n" }.joined() }
}

/// What is allowed in paper trading and should be known.
public struct SettingsWarning: Sendable, Hashable, CustomStringConvertible {
    public let problem: SettingsProblem
    /// Live trading is refused for it.
    public let forbidsLive: Bool

    public var description: String { problem.description }
}

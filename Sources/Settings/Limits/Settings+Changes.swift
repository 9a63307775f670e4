extension Settings {
    /// Names of what `other` has otherwise and is no limit, sorted: what a running engine cannot take over, so that it needs
    /// a restart. Elements of lists are named by their names, not by their places.
    public func changesBesideLimits(
        _ other: Settings, strategies: [StrategyDescription] = StrategyDescription.examples
    ) -> [String] {
        let (mine, theirs) = (namedValues(strategies), other.namedValues(strategies))
        var changed: Set<String> = []
        for path in Set(mine.keys).union(theirs.keys) where mine[path] != theirs[path] {
            if !Self.isLimit(path) { changed.insert(path) }
        }
        if broker.ouch.password != other.broker.ouch.password { changed.insert("broker.ouch.password") }
        for venue in venues {
            guard let same = other.venues.first(where: { $0.name == venue.name }) else { continue }
            if same.ouch.password != venue.ouch.password {
                changed.insert("venues.\(venue.name).ouch.password")
            }
        }
        return changed.sorted()
    }

    /// Whether the setting of this path, elements by name, is one of ``limits(strategies:also:)``.
    static func isLimit(_ path: String) -> Bool {
        if path.hasPrefix("risk.") { return true }
        if path.hasPrefix("strategies.") { return path.contains(".limits.") }
        guard path.hasPrefix("instruments.definitions."), let dot = path.lastIndex(of: ".") else {
            return false
        }
        return instrumentLimits.contains(String(path[path.index(after: dot)...]))
    }

    private static let instrumentLimits: Set<String> = [
        "average_daily_volume", "margin_pct", "located_units", "restricted", "max_position_units",
        "max_order_quantity", "max_order_notional", "max_orders_per_second", "order_burst",
    ]

    /// Every value by a path in which elements have their names.
    private func namedValues(_ strategies: [StrategyDescription]) -> [String: String] {
        let shown = Self.values(of: self, SettingsSchema.fields(strategies))
        var names: [Substring: String] = [:]
        for value in shown where value.path.hasSuffix(".name") {
            names[value.path.dropLast(".name".count)] = value.text
        }
        var named: [String: String] = [:]
        for value in shown {
            var path = value.path
            // `instruments.definitions.12.tick`: the element's name for its place.
            var end = value.path.endIndex
            while let dot = value.path[..<end].lastIndex(of: ".") {
                let prefix = value.path[..<dot]
                if let name = names[prefix], let before = prefix.lastIndex(of: ".") {
                    path = "\(prefix[..<before]).\(name)\(value.path[dot...])"
                    break
                }
                end = dot
            }
            named[path] = value.text
        }
        return named
    }
}

extension Settings {
    /// What depends on the day on which a run starts: a start and `config check` tell it.
    ///
    /// Calendars that instruments name and whose holidays end before that year does: what is closed then is not known.
    ///
    /// - Parameter utcNs: UTC, nanoseconds since 1970.
    public func warnings(atUtcNs utcNs: UInt64) -> [SettingsProblem] {
        let named = Set(instruments.definitions.map(\.calendar)).subtracting([""])
        return named.sorted().compactMap { name in
            guard let last = calendar(name)?.holidays.max() else { return nil }
            let year = 1970 + Int(utcNs / 31_556_952_000_000_000)
            guard last.year < year else { return nil }
            return SettingsProblem(
                place: "calendar \(name)",
                message:
                    "its last holiday is \(last), those of \(year) are not known: add it to calendars")
        }
    }
}

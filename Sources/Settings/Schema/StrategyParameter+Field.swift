import Model

extension StrategyParameter {
    /// The key of a strategy's section that this parameter is.
    var field: Field<StrategySettings> {
        let key = key
        switch standard {
        case .whole:
            return .value(
                key, .count(Int64(lowest)...Int64(highest)), help,
                get: { $0.whole(key) }, set: { $0.parameters[key] = .whole($1) })
        case .ratio:
            return .value(
                key, .ratio(lowest...highest), help,
                get: { $0.ratio(key) }, set: { $0.parameters[key] = .ratio($1) })
        case .flag:
            return .value(
                key, .flag, help, get: { $0.flag(key) }, set: { $0.parameters[key] = .flag($1) })
        case .text:
            return .value(
                key, .text(0...Int(highest)), help,
                get: { $0.text(key) }, set: { $0.parameters[key] = .text($1) })
        case .choice:
            return .value(
                key, .oneOf(choices), help,
                get: { $0.choice(key) }, set: { $0.parameters[key] = .choice($1) })
        case .symbols:
            return .values(
                key, \.[symbolsOf: key], .symbol, countMax: Int(highest), help)
        case .duration:
            return .value(
                key, .nanoseconds(in: .milliseconds, Int64(lowest)...Int64(highest)), help,
                get: { $0.durationNs(key) }, set: { $0.parameters[key] = .duration(ns: $1) })
        case .percent:
            return .value(
                key,
                .percent(
                    Percent(partsPerMillion: Int64(lowest))...Percent(partsPerMillion: Int64(highest))),
                help, get: { $0.percent(key) }, set: { $0.parameters[key] = .percent($1) })
        }
    }
}

extension StrategySettings {
    /// For the list of keys, which reaches values by their place.
    fileprivate subscript(symbolsOf key: String) -> [Symbol] {
        get { symbols(key) }
        set { parameters[key] = .symbols(newValue) }
    }
}

extension Codec where Value == String {
    /// One of a strategy's own words.
    fileprivate static func oneOf(_ words: [String]) -> Codec<String> {
        Codec(expected: words.joined(separator: " or ")) { text, _ in
            words.contains(text) ? text : nil
        } show: {
            Codec<String>.text(0...64).show($0)
        }
    }
}

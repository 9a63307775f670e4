public import Model

/// One strategy of the run, with the values of its own parameters.
public struct StrategySettings: Sendable, Equatable {
    public let name: String
    public var enabled: Bool
    /// Every parameter of the strategy's ``StrategyDescription``, told or default.
    public internal(set) var parameters: [String: StrategyParameter.Value]
    /// Of its own position book and orders.
    public var limits = StrategyLimitSettings()

    /// The strategy with its defaults.
    public init(_ description: StrategyDescription) {
        name = description.name
        enabled = description.enabledByDefault
        parameters = [:]
        for parameter in description.parameters { parameters[parameter.key] = parameter.standard }
    }

    /// A whole-number parameter. Traps on a name that the description does not have: the strategy's own bug.
    public func whole(_ key: String) -> Int64 {
        guard case .whole(let value) = parameters[key] else {
            preconditionFailure("Caller: \(name) has no whole-number parameter \(key)")
        }
        return value
    }

    /// A ratio, for arithmetic that is not money.
    public func ratio(_ key: String) -> Double {
        guard case .ratio(let value) = parameters[key] else {
            preconditionFailure("Caller: \(name) has no ratio parameter \(key)")
        }
        return value
    }

    public func flag(_ key: String) -> Bool {
        guard case .flag(let value) = parameters[key] else {
            preconditionFailure("Caller: \(name) has no true-or-false parameter \(key)")
        }
        return value
    }

    public func text(_ key: String) -> String {
        guard case .text(let value) = parameters[key] else {
            preconditionFailure("Caller: \(name) has no text parameter \(key)")
        }
        return value
    }

    /// The word chosen.
    public func choice(_ key: String) -> String {
        guard case .choice(let value) = parameters[key] else {
            preconditionFailure("Caller: \(name) has no choice parameter \(key)")
        }
        return value
    }

    public func symbols(_ key: String) -> [Symbol] {
        guard case .symbols(let value) = parameters[key] else {
            preconditionFailure("Caller: \(name) has no list of symbols \(key)")
        }
        return value
    }

    public func durationNs(_ key: String) -> Int64 {
        guard case .duration(let value) = parameters[key] else {
            preconditionFailure("Caller: \(name) has no duration parameter \(key)")
        }
        return value
    }

    public func percent(_ key: String) -> Percent {
        guard case .percent(let value) = parameters[key] else {
            preconditionFailure("Caller: \(name) has no percent parameter \(key)")
        }
        return value
    }

    /// The built-in list: every example strategy once.
    public static let standard = StrategyDescription.examples.map { StrategySettings($0) }
}

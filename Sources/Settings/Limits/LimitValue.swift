public import Model

/// One limit with its value: what the settings come to for the core, at the start and when limits are changed in a running
/// engine.
public struct LimitValue: Sendable, Hashable, CustomStringConvertible {
    public var scope: RiskScope
    /// Index of the strategy among the program's; 0 in the other scopes.
    public var strategy: Int
    /// The instrument; blank in the other scopes.
    public var symbol: Symbol
    public var kind: LimitKind
    /// In the unit of the kind. For an instrument or a strategy `Int64.max`, and 0 where the kind says that 0 is off, mean
    /// that it has no limit of its own; of an instrument's margin -1 does.
    public var value: Int64

    public init(_ kind: LimitKind, _ value: Int64) {
        self.init(scope: .account, kind: kind, value: value)
    }

    public init(
        scope: RiskScope, strategy: Int = 0, symbol: Symbol = .blank, kind: LimitKind, value: Int64
    ) {
        self.scope = scope
        self.strategy = strategy
        self.symbol = symbol
        self.kind = kind
        self.value = value
    }

    /// `account positionMax 5000`, `strategy 1 dayLossMax 0`, `instrument ES positionMax 10`.
    public var description: String {
        switch scope {
        case .account: "account \(kind) \(value)"
        case .strategy: "strategy \(strategy) \(kind) \(value)"
        case .instrument: "instrument \(symbol) \(kind) \(value)"
        }
    }
}

extension [LimitValue] {
    /// Those that an older list does not have: what a running engine must be told to come from that list to this one. Both are
    /// of the same strategies and instruments.
    public func changes(since older: [LimitValue]) -> [LimitValue] {
        let known = Set(older)
        return filter { !known.contains($0) }
    }

    /// One word for all of them, for the record: FNV-1a over their numbers in order.
    public var digest: UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func add(_ word: UInt64) {
            for place in 0..<8 {
                hash = (hash ^ (word >> UInt64(8 * place) & 0xff)) &* 0x100_0000_01b3
            }
        }
        for limit in self {
            add(UInt64(limit.scope.rawValue))
            add(UInt64(bitPattern: Int64(limit.strategy)))
            add(limit.symbol.raw)
            add(UInt64(limit.kind.rawValue))
            add(UInt64(bitPattern: limit.value))
        }
        return hash
    }
}

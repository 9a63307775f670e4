internal import Model
internal import Settings

/// New limits for a running engine: the settings are read again, and what has changed in their limits becomes inputs of the
/// core, all or none.
///
///     files ▸ environment ▸ command line ─▶ settings ─▶ every limit ─▶ what differs from what runs ─▶ begin, parts, commit
///
/// - Threads: the control thread.
final class LimitReload {
    /// What is to be changed.
    struct Plan {
        /// Which limit, from what, to what.
        var changes: [LimitChange]
        fileprivate var parts: [Input]
        fileprivate var digest: UInt64
        fileprivate var settings: Settings
        /// Limits that `reload --set` has given so far, this plan's among them.
        fileprivate var given: Set<LimitName>

        var isEmpty: Bool { parts.isEmpty }

        /// As inputs, in their order.
        ///
        /// - Parameter number: Of the request, for the core's answer.
        func inputs(number: UInt32) -> [Input] {
            var begin = Input(kind: .limitsBegin)
            begin.user_ref = number
            var commit = Input(kind: .limitsCommit)
            commit.quantity = Int64(parts.count)
            commit.execution_id = digest
            return [begin] + parts + [commit]
        }
    }

    /// Why nothing can be changed, in words.
    struct Refusal: Error {
        let text: String
    }

    private let source: SettingsSource
    private let strategies: [String]
    /// As the core has them.
    private var running: Settings
    /// What a reload with overrides of its own has given, until one without takes it back.
    private var given: Set<LimitName> = []

    init(_ source: SettingsSource, running: Settings, strategies: [String]) {
        self.source = source
        self.running = running
        self.strategies = strategies
    }

    /// Reads the settings and compares.
    ///
    /// - Parameters:
    ///   - file: `nil`: the one that the engine was started with; the same of the overrides.
    ///   - instruments: What the engine knows, by symbol.
    func plan(
        file: String?, overrides: [String]?, instruments: [UInt64: UInt32]
    ) throws(Refusal) -> Plan {
        let wanted: Settings
        do throws(SettingsError) {
            wanted = try Settings.load(
                file: file ?? source.file, overrides: overrides ?? source.overrides,
                strategies: source.strategies
            ).settings
        } catch {
            throw Refusal(text: "the settings are wrong, and nothing was changed:\n\(error)")
        }
        let others = running.changesBesideLimits(wanted, strategies: source.strategies)
        guard others.isEmpty else {
            throw Refusal(
                text: "nothing was changed: these need a restart: \(others.joined(separator: ", "))")
        }
        let known = instruments.keys.sorted().map { Symbol(raw: $0) }
        let now = running.limits(strategies: strategies, also: known)
        var before: [LimitName: Int64] = [:]
        for limit in now { before[LimitName(limit)] = limit.value }
        let all = wanted.limits(strategies: strategies, also: known)
        var plan = Plan(changes: [], parts: [], digest: all.digest, settings: wanted, given: given)
        for limit in all where before[LimitName(limit)] != limit.value {
            var part = Input(kind: .limitsPart)
            part.flags = limit.scope.rawValue
            part.user_ref = UInt32(limit.kind.rawValue)
            part.quantity = limit.value
            switch limit.scope {
            case .account: break
            case .strategy: part.price = Int64(limit.strategy)
            case .instrument:
                guard let instrument = instruments[limit.symbol.raw] else {
                    throw Refusal(
                        text: "nothing was changed: the engine knows of no instrument \(limit.symbol) yet")
                }
                part.instrument = instrument
            }
            plan.parts.append(part)
            var changed = change(limit, before: before[LimitName(limit)])
            if overrides != nil {
                plan.given.insert(LimitName(limit))
                changed.note = "until the engine ends or a reload without it"
            } else if plan.given.remove(LimitName(limit)) != nil {
                changed.note = "taken back: it was given by `reload --set`, and this reload is without it"
            }
            plan.changes.append(changed)
        }
        return plan
    }

    /// The core has them.
    func taken(_ plan: Plan) {
        running = plan.settings
        given = plan.given
    }

    private func change(_ limit: LimitValue, before: Int64?) -> LimitChange {
        let name: String
        switch limit.scope {
        case .account: name = ""
        case .strategy:
            name = limit.strategy < strategies.count ? strategies[limit.strategy] : "#\(limit.strategy)"
        case .instrument: name = limit.symbol.description
        }
        return LimitChange(
            limit.kind, limit.scope, name, before: before, after: limit.value,
            currency: running.account.baseCurrency)
    }

    /// What the account's and the strategies' limits are set to now, for whoever shows one of them.
    func known() -> (LimitKind, RiskScope, _ strategy: Int) -> Int64? {
        var values: [LimitName: Int64] = [:]
        for limit in running.limits(strategies: strategies) where limit.scope != .instrument {
            values[LimitName(limit)] = limit.value
        }
        return { kind, scope, strategy in
            values[
                LimitName(
                    LimitValue(
                        scope: scope, strategy: scope == .strategy ? strategy : 0, kind: kind, value: 0))]
        }
    }
}

/// A limit without its value.
private struct LimitName: Hashable {
    let scope: RiskScope
    let strategy: Int
    let symbol: Symbol
    let kind: LimitKind

    init(_ limit: LimitValue) {
        scope = limit.scope
        strategy = limit.strategy
        symbol = limit.symbol
        kind = limit.kind
    }
}

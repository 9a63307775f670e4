import Model

@testable import Core

// Limits, as tests set and change them.
extension World {
    /// New limits, as the shell tells them.
    func reload(_ parts: [(kind: LimitKind, scope: RiskScope, target: Int, value: Int64)], told: Int? = nil) {
        var begin = Input(kind: .limitsBegin)
        begin.user_ref = 4_711
        step(begin)
        var facts = last
        for part in parts {
            var input = Input(kind: .limitsPart)
            input.user_ref = UInt32(part.kind.rawValue)
            input.flags = part.scope.rawValue
            input.instrument = part.scope == .instrument ? UInt32(part.target) : .max
            input.price = part.scope == .strategy ? Int64(part.target) : 0
            input.quantity = part.value
            step(input)
            facts += last
        }
        var commit = Input(kind: .limitsCommit)
        commit.quantity = Int64(told ?? parts.count)
        step(commit)
        last = facts + last
    }
}

extension TradingCore {
    /// A limit as it stands.
    mutating func limit(_ kind: LimitKind, _ scope: RiskScope, _ target: Int) -> Int64 {
        switch scope {
        case .account: account.limits[kind]
        case .strategy: account.strategies[target].limits[kind]
        case .instrument:
            switch kind {
            case .positionMax: risks[target].hasOwnPositionMax ? risks[target].positionMax : .max
            case .orderQuantityMax: account.rare[target].orderQuantityMax
            case .orderNotionalMax: account.rare[target].orderNotionalMax
            case .averageDailyVolume: account.rare[target].dailyVolume
            case .locatedQuantity: account.rare[target].locatedQuantity
            case .marginPpm: account.rare[target].marginPpm
            default: 0
            }
        }
    }

    /// Tries a limit: nobody is told, and it is taken back before anything else happens.
    mutating func setLimit(_ kind: LimitKind, _ scope: RiskScope, _ target: Int, _ value: Int64) {
        switch scope {
        case .account:
            account.limits[kind] = value
            if kind == .positionMax {
                for index in 0..<risks.count where !risks[index].hasOwnPositionMax {
                    risks[index].positionMax = value
                }
            }
        case .strategy: account.strategies[target].limits[kind] = value
        case .instrument:
            switch kind {
            case .positionMax:
                risks[target].hasOwnPositionMax = value != .max
                risks[target].positionMax = value == .max ? account.limits.positionMax.raw : value
            case .orderQuantityMax: account.rare[target].orderQuantityMax = value
            case .orderNotionalMax: account.rare[target].orderNotionalMax = value
            case .averageDailyVolume: account.rare[target].dailyVolume = value
            case .locatedQuantity: account.rare[target].locatedQuantity = value
            case .marginPpm: account.rare[target].marginPpm = value
            default: break
            }
            risks[target].hasRareTerms = account.rare[target].isAny
        }
        if kind == .marginPpm { account.recountMargins(&risks) }
        account.limitsHaveChanged()
        for index in 0..<markets.count where markets[index].isDefined {
            account.drawTrace(index, tick: risks[index].tick)
        }
    }

    /// Whether risk lets an order pass that would be made now.
    mutating func passes(
        _ index: Int, _ strategy: Int, _ side: Side, quantity: Int64, price: Int64, _ type: OrderType,
        _ flags: OrderFlags
    ) -> Bool {
        let reference = Self.reference(&markets[index])
        if reference != 0 { account.setReference(&risks[index], index, reference) }
        let reducing = AccountRisk.isReducing(&risks[index], side, quantity)
        return judge(
            index, UInt16(strategy), side, quantity: quantity, price: price, flags: flags, reducing: reducing,
            isHeld: type.isStop, countedAt: countedPrice(side, type, price: price)
        ).isPassed
    }

    mutating func passesReplacement(_ slot: Int, price: Int64, leaves: Int64) -> Bool {
        checkTerms(slot, price: price, leaves: leaves).isPassed
    }
}

extension World {
    /// Whose limit the last refusal was.
    var scope: RiskScope? {
        guard
            let fact = last.last(where: { $0.factKind == .riskRejected || $0.factKind == .signalDiscarded })
        else { return nil }
        return RiskScope(rawValue: UInt8(truncatingIfNeeded: fact.detail >> 16))
    }

    /// What a strategy is told of the first refusal of the last step, in words.
    var said: String {
        guard let refusal, let scope else { return "accepted" }
        return "\(refusal.rule) of \(scope): limit \(refusal.limit), value \(refusal.value)"
    }
}

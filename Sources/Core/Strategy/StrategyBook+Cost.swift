public import Model

// The arithmetic of a strategy's own position, the same as the account's at average cost.
extension StrategyBook {
    /// Adds an execution, its quantity signed.
    public mutating func add(_ signed: Int64, _ price: Price, multiplier: Int64) {
        let value = Self.value(price, signed, multiplier)
        if position == 0 || (position > 0) == (signed > 0) {
            position += signed
            cost += Money(raw: value)
            return
        }
        let closing = min(abs(signed), abs(position))
        let share = Position.share(of: cost.raw, closing, of: abs(position))
        realised += Money(raw: Self.value(price, position > 0 ? closing : -closing, multiplier) - share)
        let isReversed = abs(signed) > abs(position)
        position += signed
        cost = isReversed ? Money(raw: Self.value(price, position, multiplier)) : cost - Money(raw: share)
    }

    /// As far as an average can forget it: see ``Position/undoAtAverage(_:_:)``.
    public mutating func undo(_ signed: Int64, _ price: Price, multiplier: Int64) {
        guard position != 0, (position > 0) == (signed > 0), abs(position) >= abs(signed) else {
            return add(-signed, price, multiplier: multiplier)
        }
        let isGone = position == signed
        position -= signed
        cost -= Money(raw: Self.value(price, signed, multiplier))
        if isGone {
            realised -= cost
            cost = .zero
        }
    }

    /// Adds what was held before.
    public mutating func restore(position: Int64, cost: Int128, realised: Int128) {
        self.position += position
        self.cost += Money(raw: cost)
        self.realised += Money(raw: realised)
    }

    @inline(__always)
    private static func value(_ price: Price, _ quantity: Int64, _ multiplier: Int64) -> Int128 {
        let points = Int128(price.raw) &* Int128(quantity)
        return multiplier == 1 ? points : points * Int128(multiplier)
    }
}

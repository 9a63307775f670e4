internal import Model

// The arithmetic of one position, apart from the ledger: a book for each strategy can be made of the same parts.
extension Position {
    /// `price · quantity · multiplier`, the quantity signed.
    @inline(__always)
    func value(_ price: Price, _ quantity: Int64) -> Int128 {
        // Two numbers of 64 bits always fit; the check of 128 × 128 bits costs thirty instructions.
        let whole = Int128(price.raw) &* Int128(quantity)
        return points == 1 ? whole : whole * Int128(points)
    }

    /// What `part` of `whole` has of `cost`, truncated toward zero.
    @inline(__always)
    static func share(of cost: Int128, _ part: Int64, of whole: Int64) -> Int128 {
        if part == whole { return cost }
        let short = Int64(truncatingIfNeeded: cost)
        if Int128(short) == cost {
            // A part of what 64 bits hold: one division in hardware.
            let product = short.multipliedFullWidth(by: part)
            return Int128(whole.dividingFullWidth((product.high, product.low)).quotient)
        }
        return wideShare(of: cost, part, of: whole)
    }

    /// The product may pass 128 bits: divided first, and the remainder's share added. Both have the cost's sign, so that
    /// the sum is truncated as the whole would be.
    @inline(never)
    private static func wideShare(of cost: Int128, _ part: Int64, of whole: Int64) -> Int128 {
        let (each, rest) = cost.quotientAndRemainder(dividingBy: Int128(whole))
        return each * Int128(part) + rest * Int128(part) / Int128(whole)
    }

    // MARK: Average cost

    /// Adds an execution, its quantity signed, by average cost.
    @inline(__always)
    mutating func addAtAverage(_ signed: Int64, _ price: Price) {
        let held = quantity.raw
        if held == 0 || (held > 0) == (signed > 0) {
            quantity = Quantity(raw: held + signed)
            cost += Money(raw: value(price, signed))
            return
        }
        let closing = min(abs(signed), abs(held))
        let share = Self.share(of: cost.raw, closing, of: abs(held))
        realised += Money(raw: value(price, held > 0 ? closing : -closing) - share)
        quantity = Quantity(raw: held + signed)
        if abs(signed) > abs(held) {
            cost = Money(raw: value(price, held + signed))
        } else {
            cost -= Money(raw: share)
        }
    }

    /// Takes an execution back, as far as an average can forget it: one that added to the position that is still there
    /// leaves it at its own price; any other is booked the other way at its own price.
    mutating func undoAtAverage(_ signed: Int64, _ price: Price) {
        let held = quantity.raw
        guard held != 0, (held > 0) == (signed > 0), abs(held) >= abs(signed) else {
            return addAtAverage(-signed, price)
        }
        quantity = Quantity(raw: held - signed)
        cost -= Money(raw: value(price, signed))
        if held == signed {
            realised -= cost
            cost = .zero
        }
    }
}

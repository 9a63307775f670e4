internal import Memory
internal import Model

/// What a booking did to a position.
enum PositionChange {
    case opened
    case changed
    case closed
    /// Through zero: the old position was closed and another one opened.
    case reversed
}

/// Positions and profit, exact. Every execution comes here first, whatever its order's state says.
///
/// Average-cost method. Where a part of a position is closed, its share of the cost is truncated toward zero and the
/// rest stays with what is open: nothing is lost, `realised − cost` is the cash that moved, to the last unit.
struct Ledger: ~Copyable {
    private var positions: FixedArray<Position>
    private(set) var account = AccountTotals()
    /// Hundredths of a basis point.
    private let commission: Int128
    /// Exclusive or over the digests of all positions, kept by difference.
    private(set) var positionDigest: UInt64 = 0

    init(instrumentCountMax: Int, commissionHundredthBps: Int64) {
        positions = FixedArray(count: instrumentCountMax, repeating: Position(), for: "positions")
        commission = Int128(commissionHundredthBps)
    }

    subscript(instrument: Int) -> Position {
        _read { yield positions[instrument] }
    }

    mutating func define(_ instrument: Int, multiplier: Int64) {
        positions[instrument].multiplier = multiplier
    }

    /// Books an execution of `quantity` > 0.
    ///
    /// - Parameter market: where the position is marked from; a side that is empty is replaced by the last trade,
    ///   and that by the execution's own price.
    mutating func book(
        _ instrument: Int, _ side: Side, price: Price, quantity: Int64, market: inout MarketLine
    ) -> PositionChange {
        precondition(quantity > 0, "Invariant: an execution has a quantity")
        let before = positions[instrument]
        var position = before
        let signed = side.sign * quantity
        let value = Money(price, times: Quantity(raw: quantity), multiplier: position.multiplier)
        let held = position.quantity.raw
        let change: PositionChange
        if held == 0 || (held > 0) == (signed > 0) {
            position.quantity += Quantity(raw: signed)
            position.cost += side == .buy ? value : -value
            change = held == 0 ? .opened : .changed
        } else {
            change = Self.close(&position, signed: signed, price: price)
        }
        settle(instrument, before, &position, value: value, quantity: quantity, price: price, market: &market)
        return change
    }

    /// Takes an execution back, as if it had not been, as far as an average can forget it: one that added to the
    /// position that is still there leaves it at its own price; any other is booked the other way at its own
    /// price. Total profit is exact in both cases, and so is the commission given back.
    mutating func undo(
        _ instrument: Int, _ side: Side, price: Price, quantity: Int64, market: inout MarketLine
    ) -> PositionChange {
        precondition(quantity > 0, "Invariant: an execution has a quantity")
        let before = positions[instrument]
        var position = before
        let signed = side.sign * quantity
        let value = Money(price, times: Quantity(raw: quantity), multiplier: position.multiplier)
        let held = position.quantity.raw
        let change: PositionChange
        if held != 0, (held > 0) == (signed > 0), abs(held) >= quantity {
            position.quantity -= Quantity(raw: signed)
            position.cost -= side == .buy ? value : -value
            change = position.quantity.raw == 0 ? .closed : .changed
            if change == .closed {
                position.realised -= position.cost
                position.cost = .zero
            }
        } else if held == 0 || (held > 0) == (signed < 0) {
            position.quantity -= Quantity(raw: signed)
            position.cost -= side == .buy ? value : -value
            change = held == 0 ? .opened : .changed
        } else {
            change = Self.close(&position, signed: -signed, price: price)
        }
        settle(
            instrument, before, &position, value: -value, quantity: -quantity, price: price, market: &market)
        return change
    }

    /// Puts another price and quantity in the place of an execution's.
    mutating func correct(
        _ instrument: Int, _ side: Side, from oldPrice: Price, quantity oldQuantity: Int64, to newPrice: Price,
        quantity newQuantity: Int64, market: inout MarketLine
    ) -> PositionChange {
        let before = positions[instrument].quantity.raw
        _ = undo(instrument, side, price: oldPrice, quantity: oldQuantity, market: &market)
        _ = book(instrument, side, price: newPrice, quantity: newQuantity, market: &market)
        let after = positions[instrument].quantity.raw
        if after == 0 { return .closed }
        if before == 0 { return .opened }
        return (before > 0) == (after > 0) ? .changed : .reversed
    }

    /// Marks a held instrument to the market, by difference.
    mutating func mark(_ instrument: Int, market: inout MarketLine) {
        guard positions[instrument].quantity.raw != 0 else { return }
        let position = positions[instrument]
        let mark = Self.markPrice(position.quantity.raw, &market, otherwise: position.mark)
        guard mark != position.mark else { return }
        let unrealised = Self.unrealised(position, at: mark)
        account.unrealised += unrealised - position.unrealised
        positions[instrument].unrealised = unrealised
        positions[instrument].mark = mark
    }

    /// Brings a position nearer to zero, to it, or through it.
    private static func close(_ position: inout Position, signed: Int64, price: Price) -> PositionChange {
        let held = position.quantity.raw
        let closing = min(abs(signed), abs(held))
        let multiplier = position.multiplier
        let share =
            closing == abs(held)
            ? position.cost : Money(raw: position.cost.raw * Int128(closing) / Int128(abs(held)))
        let worth = Money(price, times: Quantity(raw: closing), multiplier: multiplier)
        position.realised += (held > 0 ? worth : -worth) - share
        position.cost -= share
        position.quantity += Quantity(raw: signed)
        guard abs(signed) > abs(held) else { return position.quantity.raw == 0 ? .closed : .changed }
        position.cost = Money(price, times: position.quantity, multiplier: multiplier)
        return .reversed
    }

    /// Commission, volume, mark, totals and digest after a change of `position`.
    private mutating func settle(
        _ instrument: Int, _ before: Position, _ position: inout Position, value: Money, quantity: Int64,
        price: Price, market: inout MarketLine
    ) {
        // A negative price (a spread) still pays for its size; what is undone gives back.
        let fee = value.magnitude.raw * commission * (quantity < 0 ? -1 : 1)
        position.feesMillionths += fee
        position.volume += Quantity(raw: quantity)
        if position.quantity.raw == 0 {
            position.unrealised = .zero
        } else {
            let other = before.quantity.raw == 0 ? price : before.mark
            position.mark = Self.markPrice(position.quantity.raw, &market, otherwise: other)
            position.unrealised = Self.unrealised(position, at: position.mark)
        }
        account.feesMillionths += fee
        account.volume += Quantity(raw: quantity)
        account.tradedNotional += value
        account.realised += position.realised - before.realised
        account.unrealised += position.unrealised - before.unrealised
        positionDigest ^= Self.digest(instrument, before) ^ Self.digest(instrument, position)
        positions[instrument] = position
    }

    private static func unrealised(_ position: Position, at mark: Price) -> Money {
        Money(mark, times: position.quantity, multiplier: position.multiplier) - position.cost
    }

    /// What the position could be closed at: the bid for longs, the ask for shorts, the last trade where that side
    /// is empty.
    @inline(__always)
    private static func markPrice(_ held: Int64, _ market: inout MarketLine, otherwise: Price) -> Price {
        if held > 0, market.quote.bidQuantity.raw > 0 { return market.quote.bid }
        if held < 0, market.quote.askQuantity.raw > 0 { return market.quote.ask }
        return market.lastPrice.raw != 0 ? market.lastPrice : otherwise
    }

    /// 0 for a position that never was, so that untouched instruments need no visit.
    static func digest(_ instrument: Int, _ position: Position) -> UInt64 {
        guard position.volume.raw != 0 || position.quantity.raw != 0 || position.realised != .zero else {
            return 0
        }
        var digest = Digest()
        digest.add(UInt64(instrument))
        digest.add(UInt64(bitPattern: position.quantity.raw))
        digest.add(position.cost.raw)
        digest.add(position.realised.raw)
        digest.add(position.feesMillionths)
        return digest.value
    }
}

import Model

/// Positions and profit the slow, obvious way, written for the tests from the words of the average-cost method: cost and
/// realised profit in 128 bits, a list of every execution that stands, and the market as it was last told.
struct SlowLedger {
    struct Line {
        var quantity: Int64 = 0
        var cost: Int128 = 0
        var realised: Int128 = 0
        var unrealised: Int128 = 0
        var fees: Int128 = 0
        var volume: Int64 = 0
        var mark: Int64 = 0
        var multiplier: Int128 = 1
        /// Money that moved: the same whatever way it was booked.
        var cash: Int128 = 0
        var bid: Int64?
        var ask: Int64?
        var last: Int64 = 0
    }

    var lines: [Line]
    let commission: Int128

    mutating func book(_ index: Int, _ side: Side, _ price: Int64, _ quantity: Int64) {
        let before = lines[index]
        let signed = side == .buy ? quantity : -quantity
        add(index, signed, price)
        lines[index].cash -= Int128(signed) * Int128(price) * before.multiplier
        settle(index, before, price, quantity)
    }

    /// As if it had not been where the position still holds it; else the other way at its own price.
    mutating func undo(_ index: Int, _ side: Side, _ price: Int64, _ quantity: Int64) {
        let before = lines[index]
        takeBack(index, side, price, quantity)
        settle(index, before, price, -quantity)
    }

    /// Other terms in the place of an execution's: what was leaves, what is comes, in one step. A position that only
    /// changes was never closed, and goes on being marked where it was.
    mutating func correct(
        _ index: Int, _ side: Side, from old: (price: Int64, quantity: Int64),
        to new: (price: Int64, quantity: Int64)
    ) {
        let before = lines[index]
        takeBack(index, side, old.price, old.quantity)
        charge(index, old.price, -old.quantity)
        let signed = side == .buy ? new.quantity : -new.quantity
        add(index, signed, new.price)
        lines[index].cash -= Int128(signed) * Int128(new.price) * before.multiplier
        settle(index, before, new.price, new.quantity)
    }

    private mutating func takeBack(_ index: Int, _ side: Side, _ price: Int64, _ quantity: Int64) {
        let before = lines[index]
        let signed = side == .buy ? quantity : -quantity
        let isHeld = before.quantity != 0 && (before.quantity > 0) == (signed > 0)
        if isHeld, abs(before.quantity) >= quantity {
            lines[index].quantity -= signed
            lines[index].cost -= Int128(signed) * Int128(price) * before.multiplier
            if lines[index].quantity == 0 {
                lines[index].realised -= lines[index].cost
                lines[index].cost = 0
            }
        } else {
            add(index, -signed, price)
        }
        lines[index].cash += Int128(signed) * Int128(price) * before.multiplier
    }

    private mutating func add(_ index: Int, _ signed: Int64, _ price: Int64) {
        var line = lines[index]
        var left = signed
        if line.quantity != 0, (line.quantity > 0) != (signed > 0) {
            let closing = min(abs(signed), abs(line.quantity))
            let share =
                closing == abs(line.quantity)
                ? line.cost : line.cost * Int128(closing) / Int128(abs(line.quantity))
            let worth = Int128(price) * Int128(closing) * line.multiplier
            line.realised += (line.quantity > 0 ? worth : -worth) - share
            line.cost -= share
            let moved = signed > 0 ? closing : -closing
            line.quantity += moved
            left -= moved
        }
        line.quantity += left
        line.cost += Int128(left) * Int128(price) * line.multiplier
        lines[index] = line
    }

    /// What is undone gives its fee back.
    private mutating func charge(_ index: Int, _ price: Int64, _ quantity: Int64) {
        lines[index].volume += quantity
        let value = Int128(price) * Int128(quantity) * lines[index].multiplier
        lines[index].fees += abs128(value) * commission * (quantity < 0 ? -1 : 1)
    }

    private mutating func settle(_ index: Int, _ before: Line, _ price: Int64, _ quantity: Int64) {
        charge(index, price, quantity)
        if lines[index].quantity == 0 {
            lines[index].unrealised = 0
        } else {
            mark(index, otherwise: before.quantity == 0 ? price : before.mark)
        }
    }

    private func abs128(_ value: Int128) -> Int128 { value < 0 ? -value : value }

    private mutating func mark(_ index: Int, otherwise: Int64) {
        let line = lines[index]
        var mark = line.last != 0 ? line.last : otherwise
        if line.quantity > 0, let bid = line.bid { mark = bid }
        if line.quantity < 0, let ask = line.ask { mark = ask }
        lines[index].mark = mark
        lines[index].unrealised = Int128(mark) * Int128(line.quantity) * line.multiplier - line.cost
    }

    mutating func remark(_ index: Int) {
        if lines[index].quantity != 0 { mark(index, otherwise: lines[index].mark) }
    }
}

/// Which executions were told, each by its key, and what stands of them now.
struct ToldExecution {
    let source: UInt8
    let id: UInt64
    let userRef: UInt32
    let instrument: Int
    let side: Side
    var price: Int64
    var quantity: Int64
    var isBroken = false
    var correction: UInt8 = 0
}

/// What an input must make the core book.
enum Booking: Equatable {
    case book(Int, Side, Int64, Int64, UInt64)
    case undo(Int, Side, Int64, Int64, UInt64)
    /// Its last two figures are those that stood before.
    case correct(Int, Side, Int64, Int64, UInt64, Int64, Int64)
}

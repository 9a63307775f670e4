public import Memory
public import Model

/// What the core decided and learned in one step, for the journal. The shell takes all of it and clears it after
/// every input.
///
/// - Bounds: room for the worst step, derived in ``CoreConfiguration/factCountMax``; passing it is our bug.
public struct FactBuffer: ~Copyable {
    @usableFromInline var facts: FixedArray<Fact>
    @usableFromInline var used = 0

    init(factCountMax: Int) {
        facts = FixedArray(count: factCountMax, repeating: Fact(), for: "the fact buffer")
    }

    @inlinable public var count: Int { used }
    /// In place: a copy would wait for the stores that have just made the fact. Traps outside `0 ..< count`.
    @inlinable public subscript(index: Int) -> Fact {
        unsafeAddress {
            precondition(index >= 0 && index < used, "Caller: a fact is read where one was written")
            // SAFETY: the index was checked, and the array lives as long as the buffer.
            return unsafe UnsafePointer(facts.unsafeBase + index)
        }
    }
    @inlinable public mutating func clear() { used = 0 }

    /// Takes the first `count` away: the journal has them, and had no room for the others.
    @inlinable public mutating func removeFirst(_ count: Int) {
        precondition(count <= used, "Caller: only what is there is taken away")
        for index in count..<used { facts[index - count] = facts[index] }
        used -= count
    }

    /// The facts as they lie in memory, valid until the buffer is written or cleared.
    // SAFETY: the array lives as long as the buffer; the caller keeps the pointer no longer.
    @unsafe @inlinable public var unsafeBase: UnsafePointer<Fact> { unsafe UnsafePointer(facts.unsafeBase) }

    /// Writes one fact in place.
    @inline(__always)
    mutating func append(
        _ kind: FactKind, sequence: UInt64, order: OrderID = .none, executionID: UInt64 = 0, price: Int64 = 0,
        quantity: Int64 = 0, instrument: UInt32 = UInt32.max, userRef: UInt32 = 0, detail: UInt32 = 0,
        strategy: UInt16 = UInt16.max, side: Side = .none
    ) {
        precondition(used < facts.count, "Invariant: the fact buffer holds the worst step")
        // SAFETY: the place was checked; `used` never falls below 0.
        unsafe facts.unsafeBase[used] = Fact(
            sequence: sequence, order_id_high: order.high, order_id_low: order.low, execution_id: executionID,
            price: price, quantity: quantity, instrument: instrument, user_ref: userRef, detail: detail,
            strategy: strategy, kind: kind.rawValue, side: side.rawValue)
        used &+= 1
    }
}

public import Memory
public import Model

/// What the core decided and learned in one step, for the journal. The shell takes all of it and clears it after
/// every input.
///
/// - Bounds: room for the worst step, derived in ``CoreConfiguration/factCountMax``; passing it is our bug.
public struct FactBuffer: ~Copyable {
    @usableFromInline var facts: FixedArray<Fact>
    @usableFromInline var used = 0
    /// Of the step, what strategies are told of beside their own callbacks, oldest first: copies, as the facts themselves
    /// may have left before.
    private var told: FixedArray<Fact>
    private var toldFirst = 0
    private var toldEnd = 0
    /// How much waits to be told, closed bars included.
    @usableFromInline var waiting = 0
    /// Refusals of what was asked for when a refusal was told are not.
    var tellsRefusals = true
    /// What found no room: strategies were not told of it, the journal was.
    private(set) var toldDropped: UInt64 = 0

    /// What one step's strategies can be told: each of 64 refused everything that a callback can say.
    private static var toldCountMax: Int { 1_024 }

    init(factCountMax: Int) {
        told = FixedArray(count: Self.toldCountMax, repeating: Fact(), for: "what strategies are told")
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
        // The kind is known where this is inlined: nothing of it is left where the fact is none of these.
        if kind == .riskState {
            tell(used &- 1)
        } else if kind == .positionOpened || kind == .positionChanged || kind == .positionClosed {
            if strategy != .max { tell(used &- 1) }
        } else if kind == .signalDiscarded || kind == .riskRejected {
            if strategy != .max, tellsRefusals { tell(used &- 1) }
        }
    }

    // MARK: What strategies are told

    @inline(never)
    private mutating func tell(_ place: Int) { tell(facts[place]) }

    /// Something that is no fact, or is none yet; its kind may be any number.
    mutating func tell(_ fact: Fact) {
        guard toldEnd < told.count else {
            toldDropped += 1
            return
        }
        told[toldEnd] = fact
        toldEnd += 1
        waiting += 1
    }

    /// The oldest that waits; `false`: nothing does.
    mutating func takeTold(_ fact: inout Fact) -> Bool {
        guard toldFirst < toldEnd else { return false }
        fact = told[toldFirst]
        toldFirst += 1
        waiting -= 1
        if toldFirst == toldEnd {
            toldFirst = 0
            toldEnd = 0
        }
        return true
    }

    /// The next that waits has the same kind of news of the same position.
    func tellsAgain(_ fact: Fact) -> Bool {
        guard toldFirst < toldEnd else { return false }
        let next = told[toldFirst]
        return next.kind >= FactKind.positionOpened.rawValue && next.kind <= FactKind.positionClosed.rawValue
            && next.instrument == fact.instrument && next.strategy == fact.strategy
    }

    /// What nobody asked for: the caller has no strategies.
    mutating func forgetTold() {
        waiting -= toldEnd - toldFirst
        toldFirst = 0
        toldEnd = 0
        tellsRefusals = true
    }
}

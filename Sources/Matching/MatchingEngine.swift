public import Memory
public import Model

/// Price-time matching for many instruments on one thread: no clock, no randomness, no I/O.
///
///     side ─▶ page ─▶ page ─▶ …           pages of 64 ticks, nearest to the touch first; only those in use exist
///              │ bitmap of prices in use   best price = first set bit of the first page
///              ▼
///             level: head ─▶ order ─▶ order ─▶ tail      first come, first served
///
/// A page is found by a small table per side (page number, modulo 64); where two pages share a place, by walking.
/// The reference of an order holds its slot, so that a cancel looks nothing up.
///
/// - Threads: one at a time. Nothing is allocated after `init`.
/// - Bounds: ``MatchingLimits``. What does not fit is rejected with a reason and counted.
public struct MatchingEngine: ~Copyable {
    var orders: FixedArray<OrderSlot>
    var levels: FixedArray<LevelSlot>
    var pages: FixedArray<PageSlot>
    var sides: FixedArray<SideSlot>
    var ticks: FixedArray<TickSlot>
    /// 64 places for each side: where the page with that number, modulo 64, was last seen.
    var pagePlaces: FixedArray<UInt32>
    @usableFromInline var eventRecords: FixedArray<MatchEvent>
    let limits: MatchingLimits
    var freeOrder: UInt32 = 0
    var freePage: UInt32 = 0
    var freePageCount: Int
    var lastSerial: UInt64 = 0
    var lastMatch: UInt64 = 0
    var liveOrders = 0

    /// Events of the last command.
    @inlinable public var eventCount: Int { eventsWritten }
    @usableFromInline var eventsWritten = 0
    public internal(set) var counters = MatchingCounters()

    static var slotBits: UInt64 { 24 }
    static var slotMask: UInt64 { 1 << slotBits - 1 }

    /// - Parameter limits: Each at least 1; memory is about 32 bytes an order and 1.1 KiB a page.
    public init(_ limits: MatchingLimits = MatchingLimits()) {
        precondition(limits.instrumentCountMax > 0, "Caller: there is at least one instrument")
        precondition(limits.orderCountMax > 0, "Caller: there is room for at least one order")
        precondition(limits.orderCountMax < 1 << 24 - 1, "Caller: a reference has 24 bits for the slot")
        precondition(limits.pageCountMax > 0, "Caller: there is room for at least one page")
        precondition(limits.pageCountMax < 1 << 25, "Caller: a level number has 32 bits")
        precondition(limits.eventCountMax >= 4, "Caller: an order, a fill and its rest need room")
        self.limits = limits
        orders = FixedArray(count: limits.orderCountMax, repeating: OrderSlot(), for: "matching orders")
        levels = FixedArray(count: limits.pageCountMax * 64, repeating: LevelSlot(), for: "matching levels")
        pages = FixedArray(count: limits.pageCountMax, repeating: PageSlot(), for: "matching pages")
        sides = FixedArray(count: limits.instrumentCountMax * 2, repeating: SideSlot(), for: "matching sides")
        ticks = FixedArray(count: limits.instrumentCountMax, repeating: TickSlot(), for: "matching ticks")
        pagePlaces = FixedArray(
            count: limits.instrumentCountMax * 128, repeating: noSlot, for: "matching page places")
        eventRecords = FixedArray(
            count: limits.eventCountMax, repeating: MatchEvent(.rejected, reference: 0),
            for: "matching events")
        freePageCount = limits.pageCountMax
        for index in 0..<limits.orderCountMax - 1 { orders[index].next = UInt32(index + 1) }
        for index in 0..<limits.pageCountMax - 1 { pages[index].next = UInt32(index + 1) }
    }

    /// Opens an instrument for orders.
    ///
    /// - Parameter tick: In 10⁻⁴ of the currency, `1 ..< 2²³`.
    public mutating func define(_ instrument: InstrumentID, tick: Int64) {
        precondition(Int(instrument.index) < limits.instrumentCountMax, "Caller: the instrument is in bounds")
        precondition(tick > 0, "Caller: a tick is positive")
        precondition(tick < 1 << 23, "Caller: a tick is below 2^23, or its inverse is not exact")
        precondition(ticks[Int(instrument.index)].size == 0, "Caller: an instrument is defined once")
        ticks[Int(instrument.index)] = TickSlot(size: tick, inverse: (1 << 63) / UInt64(tick) + 1)
    }

    /// Events of the last command, `0 ..< eventCount`, in the order in which they happened.
    @inlinable public func event(_ index: Int) -> MatchEvent {
        precondition(index < eventCount, "Caller: the event exists")
        return eventRecords[index]
    }
}

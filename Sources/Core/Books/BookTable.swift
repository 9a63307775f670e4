public import Memory
public import Model

/// The books of all instruments, by order (ITCH) and by level (DEEP), in memory that is set once.
///
/// - Bounds: `instrumentCountMax`, `orderCountMax` orders and `levelCountMax` levels over all books, 32,768 levels
///   a side.
/// - Layout: what an ordinary message touches is the order's place in the hash table, its level in the side's window,
///   whose address follows from the price, and the instrument's line with both best prices. Levels far from the best
///   price are in sorted lists.
/// - Wrong input never traps. An order or level that does not fit, an order number that is unknown or taken, more
///   executed than was there: counted, left out, and **the instrument's book is broken** until it is reset, because
///   from then on it may differ from the venue's. It is still kept as well as can be, for people to look at; who
///   trades asks ``state(_:)``. A by-order feed that was joined after its beginning breaks its books at the first
///   order that is not known, as it should: nothing short of a snapshot makes them true. A level feed that was
///   joined late takes away levels that it never saw: that is counted only, as the level is gone either way.
/// - Bids and asks that cross in an instrument that trades are counted; a venue would have matched them, so a message
///   was lost or misread somewhere.
/// - Threads: one owner.
public struct BookTable: ~Copyable {
    var instruments: FixedArray<InstrumentBook>
    var orders: OrderIndex
    var pool: LevelPool
    /// Per stream: losses so far, and how many of them were mended.
    private var losses: FixedArray<UInt32>
    private var mended: FixedArray<UInt32>

    public var counters = BookCounters()
    @inlinable public var instrumentCountMax: Int { instrumentCount }
    public let orderCountMax: Int
    public let levelCountMax: Int
    @usableFromInline let instrumentCount: Int

    public init(instrumentCountMax: Int, orderCountMax: Int, levelCountMax: Int) {
        precondition(instrumentCountMax > 0, "Caller: there is at least one instrument")
        precondition(instrumentCountMax < 1 << 31, "Caller: an instrument and a side fit 32 bits")
        precondition(
            MemoryLayout<InstrumentBook>.stride == 128, "Invariant: an instrument's book is two cache lines")
        precondition(
            MemoryLayout<FarLevel>.offset(of: \.level) == 8, "Invariant: a level stands behind its rank")
        precondition(MemoryLayout<RestingOrder>.stride == 32, "Invariant: two orders share a cache line")
        instruments = FixedArray(count: instrumentCountMax, repeating: InstrumentBook(), for: "books")
        orders = OrderIndex(orderCountMax: orderCountMax)
        pool = LevelPool(levelCountMax: levelCountMax, instrumentCountMax: instrumentCountMax)
        losses = FixedArray(count: 256, repeating: 0, for: "streams")
        mended = FixedArray(count: 256, repeating: 0, for: "streams")
        instrumentCount = instrumentCountMax
        self.orderCountMax = orderCountMax
        self.levelCountMax = levelCountMax
    }

    /// Orders now in all books.
    public var orderCount: Int { orders.count }

    // MARK: What happens

    /// Applies one event and completes it: an execution, cancel or replace gets the order's side, an execution at the
    /// order's price that price, a deletion price and quantity of what left.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func apply(_ event: inout MarketEvent) -> BookEffect {
        // On the number and not on the enumeration, whose check on a number is a call into another module.
        switch event.kind {
        case MarketEventKind.add.rawValue: return add(event)
        case MarketEventKind.delete.rawValue, MarketEventKind.execute.rawValue,
            MarketEventKind.executeAtPrice.rawValue, MarketEventKind.reduce.rawValue:
            return take(&event)
        case MarketEventKind.replace.rawValue: return replace(&event)
        case MarketEventKind.levelSet.rawValue: return setLevel(event)
        case MarketEventKind.trade.rawValue:
            guard Int(event.instrument) < instruments.count else { return unknownInstrument() }
            return .traded
        case MarketEventKind.status.rawValue: return setStatus(event)
        // The number is the decoder's, not ours: kinds that tell nothing of a book, and any that a newer one may have.
        default: return .none
        }
    }

    /// Asks the cache for what an event will touch, as far as the event itself says: its instrument's line, its order's
    /// place, and the level that an addition is likely to be part of.
    ///
    /// For a caller that has several messages at hand: this for each as it is decoded, then ``prepare(_:count:)`` for
    /// all, then the messages one by one. Numbers that mean nothing do no harm. Mutating, though it changes nothing, as the
    /// whole table would be copied for the call otherwise.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func prefetch(_ event: borrowing MarketEvent) {
        instruments.prefetch(Int(event.instrument))
        orders.prefetch(event.order_ref)
        prefetchLevel(Int(event.instrument), Int(event.side >> 1 & 1), price: event.price)
    }

    /// Asks the cache for what the first `count` of `events` will touch beyond what ``prefetch(_:)`` asked for, by
    /// reading what it asked for: the levels of their orders.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func prepare(_ events: borrowing FixedArray<MarketEvent>, count: Int) {
        precondition(count <= events.count, "Caller: the events are there")
        // SAFETY: `count` is at most that of the array.
        let events = unsafe UnsafePointer(events.unsafeBase)
        for place in 0..<count {
            let event = unsafe events + place
            let order = unsafe orders.likely(event.pointee.order_ref)
            let owner = unsafe Int(order.pointee.owner)
            unsafe pool.windows.prefetch(LevelPool.place(owner, Tick(order.pointee.rank).number))
            guard unsafe event.pointee.kind == MarketEventKind.replace.rawValue else { continue }
            unsafe orders.prefetch(event.pointee.new_order_ref)
            unsafe prefetchLevel(owner >> 1, owner & 1, price: event.pointee.price)
        }
    }

    @inline(__always) private mutating func prefetchLevel(_ index: Int, _ side: Int, price: Int64) {
        let tick = Tick(Self.turned(price, side: side)).number
        pool.windows.prefetch(LevelPool.place(index &<< 1 | side, tick))
    }

    // MARK: What is

    /// The last complete best prices; while a venue's transaction is open, those before it. Traps for an instrument
    /// beyond the table.
    #if !DEBUG
    @_noLocks
    #endif
    public func quote(_ instrument: InstrumentID) -> Quote {
        Self.quote(of: instruments[Int(instrument.index)], instrument)
    }

    /// The same for the way of an event: a function that may change the table is lent it, another is given a copy.
    @inline(__always)
    mutating func look(_ index: Int) -> Quote {
        Self.quote(of: instruments[index], InstrumentID(index: UInt32(truncatingIfNeeded: index)))
    }

    @inline(__always)
    private static func quote(of book: InstrumentBook, _ instrument: InstrumentID) -> Quote {
        let bid = book.tops[0]
        let ask = book.tops[1]
        return Quote(
            instrument: instrument, bid: Price(raw: bid.quantity > 0 ? bid.rank : 0),
            bidQuantity: Quantity(raw: bid.quantity),
            ask: Price(raw: ask.quantity > 0 ? -ask.rank : 0), askQuantity: Quantity(raw: ask.quantity),
            venueTimeNs: book.venueTimeNs)
    }

    /// The level at `depth` from the best (0), as it stands also inside an open transaction; `nil`: there are not
    /// so many.
    #if !DEBUG
    @_noLocks
    #endif
    @inline(__always) public func level(_ instrument: InstrumentID, _ side: Side, depth: Int) -> BookLevel? {
        guard let sideIndex = Self.sideIndex(side) else { return nil }
        guard depth >= 0, let found = levelAt(Int(instrument.index), sideIndex, depth: depth) else {
            return nil
        }
        return BookLevel(
            price: Price(raw: Self.turned(found.rank, side: sideIndex)),
            quantity: Quantity(raw: found.level.quantity),
            orderCount: Int(found.level.orderCount))
    }

    /// The table from beside it. It keeps addresses into the table, whose pages do not move.
    // SAFETY: whoever makes a view lets it go before the table.
    @unsafe var view: BookView {
        unsafe BookView(
            instruments: UnsafePointer(instruments.unsafeBase),
            windows: UnsafePointer(pool.windows.unsafeBase),
            lists: UnsafePointer(pool.lists.unsafeBase), losses: UnsafePointer(losses.unsafeBase),
            mended: UnsafePointer(mended.unsafeBase), instrumentCount: instrumentCount)
    }

    /// Levels on `side`.
    #if !DEBUG
    @_noLocks
    #endif
    @inline(__always) public func levelCount(_ instrument: InstrumentID, _ side: Side) -> Int {
        guard let sideIndex = Self.sideIndex(side) else { return 0 }
        return levelCount(Int(instrument.index), sideIndex)
    }

    #if !DEBUG
    @_noLocks
    #endif
    @inline(__always) public func state(_ instrument: InstrumentID) -> BookState {
        let index = Int(instrument.index)
        if instruments[index].isBroken { return .broken }
        let stream = Int(instruments[index].stream)
        let whole = max(mended[stream], instruments[index].mendedLosses)
        return losses[stream] > whole ? .stale : .whole
    }

    /// 0: the book may be believed; else its state, or 3: it is crossed, so a message was lost somewhere. For the way of an
    /// order: one look instead of three.
    @inline(__always)
    mutating func doubt(_ instrument: InstrumentID) -> Int64 {
        let index = Int(instrument.index)
        if instruments[index].isBroken { return Int64(BookState.broken.rawValue) }
        let stream = Int(instruments[index].stream)
        let lost = losses[stream]
        if lost > mended[stream], lost > instruments[index].mendedLosses {
            return Int64(BookState.stale.rawValue)
        }
        return instruments[index].flags & InstrumentBook.crossed != 0 ? 3 : 0
    }

    /// Whether the instrument trades, as its venue last said.
    #if !DEBUG
    @_noLocks
    #endif
    public func tradingState(_ instrument: InstrumentID) -> MarketStatus {
        let stored = instruments[Int(instrument.index)].status
        guard stored & InstrumentBook.operationalHalt == 0 else { return .halted }
        guard let status = MarketStatus(rawValue: stored) else {
            preconditionFailure("Invariant: a status is stored as it was known")
        }
        return status
    }

    /// The venue is in the middle of a change: ``quote(_:)`` is the one before it.
    #if !DEBUG
    @_noLocks
    #endif
    @inline(__always) public func isTransactionOpen(_ instrument: InstrumentID) -> Bool {
        instruments[Int(instrument.index)].flags & InstrumentBook.transactionOpen != 0
    }

    /// Best bid above best ask.
    #if !DEBUG
    @_noLocks
    #endif
    @inline(__always) public func isCrossed(_ instrument: InstrumentID) -> Bool {
        instruments[Int(instrument.index)].flags & InstrumentBook.crossed != 0
    }

    // MARK: Definition, loss and mending

    /// Says which stream an instrument's messages come by. Without it: stream 0.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func define(_ instrument: InstrumentID, stream: UInt8) {
        instruments[Int(instrument.index)].stream = stream
    }

    /// Messages of a stream are missing: all of its books are stale. One store, however many books there are.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func markStale(stream: UInt8) {
        // Counting only the first loss since the last mending keeps the count far below its bound.
        if losses[Int(stream)] == mended[Int(stream)] || losses[Int(stream)] < .max - 1 {
            losses[Int(stream)] += 1
        }
    }

    /// What was missing came and was applied in its order: all books of the stream are whole again, but for those
    /// that broke meanwhile.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func markWhole(stream: UInt8) { mended[Int(stream)] = losses[Int(stream)] }

    /// Empties one book; it is whole from here on, with whatever is applied next. Walks all orders: cold.
    public mutating func reset(_ instrument: InstrumentID) {
        let index = Int(instrument.index)
        var place = 0
        while place < orders.placeCount {
            // Removal may move another order to this place: look again.
            if orders.instrument(at: place) == index { orders.remove(at: place) } else { place += 1 }
        }
        clear(index)
    }

    /// Empties all books of a stream, as when its session was replaced. Walks all orders once: cold.
    public mutating func reset(stream: UInt8) {
        for index in 0..<instruments.count where instruments[index].stream == stream { clear(index) }
        var place = 0
        while place < orders.placeCount {
            // Removal may move another order to this place: look again.
            if let owner = orders.instrument(at: place), instruments[owner].stream == stream {
                orders.remove(at: place)
            } else {
                place += 1
            }
        }
        markWhole(stream: stream)
    }

    private mutating func clear(_ index: Int) {
        for side in 0..<2 { clearLevels(index, side) }
        var fresh = InstrumentBook()
        fresh.stream = instruments[index].stream
        fresh.status = instruments[index].status
        fresh.mendedLosses = losses[Int(fresh.stream)]
        instruments[index] = fresh
    }
}

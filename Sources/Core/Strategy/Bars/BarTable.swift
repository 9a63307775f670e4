internal import Memory
internal import Model

/// Bars from trades, made by the core from market data alone, so that a replay makes the same.
///
/// - Bounds: ``streamCountMax`` subscriptions of all strategies together, and a number of bars that are under way, one for
///   each instrument that traded in a stream. An instrument that finds no place gets no bars; that is an alert, once.
/// - Cost: O(1) a trade and stream, and O(1) a bar that closes.
struct BarTable: ~Copyable {
    /// Subscriptions of all strategies together.
    static var streamCountMax: Int { 16 }
    /// A bar that has come to this is closed, or where it is a time bar takes no further trade.
    static var volumeBound: Int64 { 1 << 62 }

    private var builders: FixedArray<BarBuilder>
    private var streams = FixedArray<BarStreamLine>(
        count: Self.streamCountMax, repeating: BarStreamLine(), for: "streams of bars")
    /// By stream, and then by instrument: which builder it has; `.max`: none yet.
    private var places: FixedArray<UInt32>
    private let instrumentCount: Int
    private let hasRoom: Bool
    private var builderCount = 0
    private(set) var streamCount = 0
    /// Bars that are over and not told yet, oldest first.
    private var firstClosed: UInt32 = .max
    private var lastClosed: UInt32 = .max
    private(set) var closedCount = 0
    /// When the next time bar is over; `.max`: none is under way.
    private(set) var nextDueNs = UInt64.max
    /// Instruments that found no place.
    private(set) var refusedCount = 0

    /// - Parameter barCountMax: bars under way; 0: nobody wants any, and next to no memory is taken.
    init(barCountMax: Int, instrumentCountMax: Int) {
        hasRoom = barCountMax > 0
        instrumentCount = instrumentCountMax
        builders = FixedArray(count: max(barCountMax, 1), repeating: BarBuilder(), for: "bars")
        places = FixedArray(
            count: hasRoom ? Self.streamCountMax * instrumentCountMax : 1, repeating: .max,
            for: "places of bars")
    }

    /// `nil`: there are ``streamCountMax`` already, or no room for bars at all.
    mutating func subscribe(_ period: BarPeriod, _ instrument: InstrumentID, strategy: UInt16) -> BarStream? {
        guard hasRoom, streamCount < Self.streamCountMax else { return nil }
        var line = BarStreamLine()
        line.strategy = strategy
        line.instrument = instrument
        switch period {
        case .time(let ns): line.periodNs = ns
        case .ticks(let count): line.countMax = count
        case .volume(let quantity): line.volumeMax = quantity.raw
        }
        streams[streamCount] = line
        streamCount += 1
        return BarStream(index: UInt8(streamCount - 1))
    }

    /// Counts a trade in every stream that concerns it. A trade of no quantity, or of one that nobody could count with, is in
    /// no bar.
    ///
    /// - Returns: bars that it closed.
    mutating func add(_ trade: Trade, nowNs: UInt64, utcOffsetNs: UInt64) -> Int {
        guard trade.quantity.raw > 0, TradingCore.isQuantity(trade.quantity.raw) else { return 0 }
        let before = closedCount
        for stream in 0..<streamCount {
            let only = streams[stream].instrument
            if only == .none || only == trade.instrument {
                add(trade, to: stream, nowNs: nowNs, utcOffsetNs: utcOffsetNs)
            }
        }
        return closedCount - before
    }

    private mutating func add(_ trade: Trade, to stream: Int, nowNs: UInt64, utcOffsetNs: UInt64) {
        guard let builder = builder(stream, trade.instrument) else { return }
        if builders[builder].bar.count == 0 {
            start(stream, builder, trade, nowNs: nowNs, utcOffsetNs: utcOffsetNs)
        }
        let price = trade.price
        if price > builders[builder].bar.high { builders[builder].bar.high = price }
        if price < builders[builder].bar.low { builders[builder].bar.low = price }
        builders[builder].bar.close = price
        // Sums stay in range whatever a feed tells; no market comes near.
        guard builders[builder].bar.volume.raw < Self.volumeBound else { return }
        let volume = builders[builder].bar.volume.raw + trade.quantity.raw
        builders[builder].bar.volume = Quantity(raw: volume)
        builders[builder].bar.notional += Int128(price.raw) * Int128(trade.quantity.raw)
        builders[builder].bar.count += 1
        let line = streams[stream]
        guard line.periodNs == 0 else { return }
        builders[builder].bar.endedAtNs = nowNs
        let isOver =
            line.countMax > 0 ? builders[builder].bar.count >= line.countMax : volume >= line.volumeMax
        if isOver || volume >= Self.volumeBound { close(UInt32(truncatingIfNeeded: builder)) }
    }

    private mutating func start(
        _ stream: Int, _ builder: Int, _ trade: Trade, nowNs: UInt64, utcOffsetNs: UInt64
    ) {
        var bar = Bar()
        bar.instrument = trade.instrument
        bar.stream = BarStream(index: UInt8(truncatingIfNeeded: stream))
        bar.open = trade.price
        bar.high = trade.price
        bar.low = trade.price
        bar.beganAtNs = nowNs
        let periodNs = streams[stream].periodNs
        if periodNs > 0 {
            if streams[stream].endsAtNs == .max {
                let gone = (utcOffsetNs &+ nowNs) % periodNs
                streams[stream].endsAtNs = nowNs &+ (periodNs - gone)
                nextDueNs = min(nextDueNs, streams[stream].endsAtNs)
            }
            bar.endedAtNs = streams[stream].endsAtNs
            // The period that the engine was started in has begun before it.
            bar.beganAtNs = bar.endedAtNs > periodNs ? bar.endedAtNs - periodNs : 0
            let last = streams[stream].last
            let place = UInt32(truncatingIfNeeded: builder)
            if last == .max { streams[stream].first = place } else { builders[Int(last)].next = place }
            streams[stream].last = place
        }
        builders[builder].bar = bar
        builders[builder].next = .max
    }

    /// The builder of an instrument in a stream; `nil`: there is no place for it.
    private mutating func builder(_ stream: Int, _ instrument: InstrumentID) -> Int? {
        let index = stream * instrumentCount + Int(instrument.index)
        if places[index] != .max { return Int(places[index]) }
        guard builderCount < builders.count else {
            refusedCount += 1
            return nil
        }
        places[index] = UInt32(truncatingIfNeeded: builderCount)
        builderCount += 1
        return builderCount - 1
    }

    /// Closes the time bars whose period is over.
    mutating func closeDue(nowNs: UInt64) -> Int {
        let before = closedCount
        nextDueNs = .max
        for stream in 0..<streamCount where streams[stream].endsAtNs != .max {
            guard streams[stream].endsAtNs <= nowNs else {
                nextDueNs = min(nextDueNs, streams[stream].endsAtNs)
                continue
            }
            var place = streams[stream].first
            streams[stream].first = .max
            streams[stream].last = .max
            streams[stream].endsAtNs = .max
            while place != .max {
                let next = builders[Int(place)].next
                close(place)
                place = next
            }
        }
        return closedCount - before
    }

    private mutating func close(_ place: UInt32) {
        builders[Int(place)].next = .max
        if lastClosed == .max { firstClosed = place } else { builders[Int(lastClosed)].next = place }
        lastClosed = place
        closedCount += 1
    }

    /// The oldest bar that is over and not told. Its builder begins anew with the next trade.
    mutating func take(_ bar: inout Bar, _ strategy: inout Int) {
        precondition(closedCount > 0, "Invariant: a bar is told once")
        let place = Int(firstClosed)
        bar = builders[place].bar
        strategy = Int(streams[Int(bar.stream.index)].strategy)
        builders[place].bar.count = 0
        firstClosed = builders[place].next
        builders[place].next = .max
        if firstClosed == .max { lastClosed = .max }
        closedCount -= 1
    }
}

public import Model

// The market beyond the best prices.
extension StrategyContext {
    /// The level at `depth` from the best (0) of an instrument's book; `nil`: there are not so many. Inside a venue's
    /// transaction, as far as it has come. Traps outside the instrument table.
    @inlinable public func level(_ instrument: InstrumentID, _ side: Side, depth: Int) -> BookLevel? {
        depths.level(instrument, side, depth: depth)
    }

    /// Levels on `side` of an instrument's book.
    @inlinable public func levelCount(_ instrument: InstrumentID, _ side: Side) -> Int {
        depths.levelCount(instrument, side)
    }

    /// Whether an instrument's book may be believed: orders on one that is stale or broken are refused.
    @inlinable public func bookState(_ instrument: InstrumentID) -> BookState { depths.state(instrument) }

    /// The instrument's name; ``Symbol/blank``: nobody has defined it. Traps outside the instrument table.
    @inlinable public func symbol(_ instrument: InstrumentID) -> Symbol {
        precondition(Int(instrument.index) < instrumentCountMax, "Caller: an instrument is in the table")
        // SAFETY: as for `market`.
        return unsafe instruments[Int(instrument.index)].symbol
    }

    /// Smallest step of an order's price, in the price scale.
    @inlinable public func tick(_ instrument: InstrumentID) -> Int64 { Int64(risk(instrument).tick) }

    /// What an order's quantity is a multiple of.
    @inlinable public func lot(_ instrument: InstrumentID) -> Int64 { Int64(risk(instrument).lot) }

    /// Asks for bars of one instrument's trades, or with ``InstrumentID/none`` of every instrument's. They come to `onBar`, from the
    /// next trade on.
    ///
    /// - Requires: the strategy's ``Strategy/wants`` has ``StrategyInterests/bars``, as nobody would be called otherwise; traps.
    /// - Returns: what the bars will name; `nil`: all strategies together have 16 subscriptions already.
    @inlinable public mutating func subscribe(_ period: BarPeriod, in instrument: InstrumentID = .none)
        -> BarStream?
    {
        precondition(hasBarRoom, "Caller: a strategy that subscribes to bars has them in `wants`")
        precondition(
            instrument == .none || Int(instrument.index) < instrumentCountMax,
            "Caller: an instrument is in the table")
        switch period {
        case .time(let ns): precondition(ns >= 1_000_000, "Caller: a time bar is of 1 ms at least")
        case .ticks(let count): precondition(count > 0, "Caller: a tick bar has a trade")
        case .volume(let quantity): precondition(quantity.raw > 0, "Caller: a volume bar has a quantity")
        }
        guard barStreamCount < barRequests.count else { return nil }
        barRequests[barRequestCount] = BarRequest(period: period, instrument: instrument)
        barRequestCount += 1
        barStreamCount += 1
        othersUsed += 1
        return BarStream(index: UInt8(truncatingIfNeeded: barStreamCount - 1))
    }
}

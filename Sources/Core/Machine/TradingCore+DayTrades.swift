internal import Model

// The guard of a margin account with little equity against being a pattern day trader's.
extension TradingCore {
    /// The first day whose day trades count with today's: so many business days back, today among them if it is one.
    mutating func windowBegin() -> Int64 {
        var day = profitDay
        var left =
            min(max(dayTrades.dayCount, 1), Int64(DayTrades.dayCountMax / 2)) - (isBusinessDay(day) ? 1 : 0)
        // A calendar without a business day for so long is none.
        var steps = 0
        while left > 0, day > 0, steps < 4 * DayTrades.dayCountMax {
            day -= 1
            steps += 1
            if isBusinessDay(day) { left -= 1 }
        }
        return day
    }

    /// Neither a weekend nor a holiday of any calendar. A day too few in it only makes the window longer.
    private mutating func isBusinessDay(_ day: Int64) -> Bool {
        // 1970-01-01 was a Thursday.
        let weekday = (day + 4) % 7
        guard weekday != 0, weekday != 6 else { return false }
        return !calendars.isHoliday(day, offsetSeconds: tradingDayOffsetSeconds)
    }

    /// An execution of `signed` has moved the position.
    @inline(__always)
    mutating func countDayTrade(_ index: Int, by signed: Int64) {
        if unlikely(dayTrades.execute(index, from: risks[index].position - signed, by: signed)) {
            recordDayTrade(index)
        }
    }

    @inline(never)
    private mutating func recordDayTrade(_ index: Int) {
        guard dayTrades.isOn else { return }
        facts.append(
            .dayTrade, sequence: sequence, price: dayTrades.count, quantity: dayTrades.todayCount,
            instrument: UInt32(truncatingIfNeeded: index))
    }

    /// Whether an order that may open a position could come to one day trade too many, with those that there are, those that
    /// positions opened today and open orders could become.
    mutating func checkDayTrades(isNew: Bool) -> RiskVerdict {
        guard ledger.equity < dayTrades.equityMin else { return .passed }
        let possible = dayTrades.possibleCount + (isNew ? 1 : 0)
        guard possible >= dayTrades.countMax else { return .passed }
        return RiskVerdict(.patternDayTrader, limit: dayTrades.countMax - 1, value: possible)
    }

    /// Notes an order that may open a position.
    @inline(__always)
    mutating func noteOpening(_ slot: Int) {
        guard !pool[slot].marks.mayOpen else { return }
        pool[slot].marks.mayOpen = true
        dayTrades.openingOrderCount += 1
    }

    mutating func restoreDayTrades(_ input: Input) -> InputEffect {
        // Today's the venue's stream tells.
        guard let day = Int64(exactly: input.execution_id) else { return .none }
        dayTrades.restore(day, input.quantity)
        return .none
    }
}

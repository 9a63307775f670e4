internal import Memory
internal import Model

/// Positions that were opened and closed again on one day: counted for the guard that keeps a margin account with too
/// little equity from being a pattern day trader's.
///
/// The rule that is counted by (FINRA 4210(f)(8)(B), and the examples of its Regulatory Notice 21-13): what was opened on
/// a day, in one execution or in many, and is closed on that day, in one or in many, is one day trade as long as the
/// direction does not change in between; the first closing execution behind an opening one counts it. What was held over
/// night is closed without one as long as nothing was opened beside it that day; where something was, that is taken to be
/// closed first, which never counts too few.
struct DayTrades: ~Copyable {
    struct Line: BitwiseCopyable {
        /// Opened on ``day`` and still held, signed as the position.
        var opened: Int64 = 0
        var day: Int64 = 0
        /// The run of closings that is counted already goes on.
        var isClosing = false

        /// Its closing would be another day trade.
        var isOpenRun: Bool { opened != 0 && !isClosing }
    }

    /// Days that can be remembered: more than any window has.
    static var dayCountMax: Int { 64 }

    struct Past: BitwiseCopyable {
        var day: Int64 = -1
        var count: Int64 = 0
    }

    private var lines: FixedArray<Line>
    private var past: FixedArray<Past>

    var isOn: Bool
    /// In money units.
    var equityMin: BaseMoney
    /// So many make a pattern day trader.
    var countMax: Int64
    /// Business days that count, the current one among them.
    var dayCount: Int64

    private(set) var day: Int64 = 0
    private var windowBegin: Int64 = 0
    /// Of the earlier days in the window.
    private(set) var earlierCount: Int64 = 0
    /// Of this day.
    private(set) var todayCount: Int64 = 0
    /// Positions opened today whose closing would be another.
    private(set) var openRunCount: Int64 = 0
    /// Orders that may open a position.
    var openingOrderCount: Int64 = 0

    init(_ limits: RiskLimits, instrumentCountMax: Int) {
        lines = FixedArray(count: instrumentCountMax, repeating: Line(), for: "day trades")
        past = FixedArray(count: Self.dayCountMax, repeating: Past(), for: "day trades of earlier days")
        isOn = limits.guardsDayTrades
        equityMin = BaseMoney(money: limits.dayTradeEquityMin.raw)
        countMax = limits.dayTradeCount
        dayCount = limits.dayTradeDays
    }

    mutating func line(_ index: Int) -> Line {
        if lines[index].day != day { lines[index] = Line(opened: 0, day: day, isClosing: false) }
        return lines[index]
    }

    private mutating func put(_ index: Int, _ line: Line, before: Line) {
        openRunCount += (line.isOpenRun ? 1 : 0) - (before.isOpenRun ? 1 : 0)
        lines[index] = line
    }

    /// An execution of `signed` has moved the position from `before`. `true`: that was a day trade.
    mutating func execute(_ index: Int, from before: Int64, by signed: Int64) -> Bool {
        let old = line(index)
        var line = old
        var isDayTrade = false
        let opposes = before != 0 && (before > 0) != (signed > 0)
        let closing = opposes ? min(abs(before), abs(signed)) : 0
        let opening = abs(signed) - closing
        if closing > 0, line.opened != 0 {
            if !line.isClosing {
                isDayTrade = true
                todayCount += 1
                line.isClosing = true
            }
            let left = max(abs(line.opened) - closing, 0)
            line.opened = line.opened > 0 ? left : -left
        }
        if opening > 0 {
            if closing > 0 { line.opened = 0 }
            line.opened += signed > 0 ? opening : -opening
            line.isClosing = false
        }
        put(index, line, before: old)
        return isDayTrade
    }

    /// What was executed was undone or mended: the position is another one. What counted stays counted; what could still be
    /// closed as a day trade is no more than what is held, and a position that has changed its side is taken as opened today.
    mutating func mend(_ index: Int, position: Int64) {
        let old = line(index)
        var line = old
        if position == 0 {
            line.opened = 0
        } else if (line.opened > 0) == (position > 0), line.opened != 0 {
            line.opened = position > 0 ? min(line.opened, position) : max(line.opened, position)
        } else if line.opened != 0 {
            line.opened = position
            line.isClosing = false
        }
        put(index, line, before: old)
    }

    /// What day trades there are and could still be, beside those that a new order brings.
    var possibleCount: Int64 { earlierCount + todayCount + openRunCount + openingOrderCount }

    /// Day trades within the window.
    var count: Int64 { earlierCount + todayCount }

    // MARK: Days

    /// Another day begins.
    ///
    /// - Parameter windowBegin: the first day that counts with it.
    mutating func begin(_ day: Int64, windowBegin: Int64) {
        if todayCount > 0, day != self.day { remember(self.day, todayCount) }
        if day != self.day {
            todayCount = 0
            openRunCount = 0
        }
        self.day = day
        self.windowBegin = windowBegin
        sumEarlier()
    }

    /// Day trades of a day that is over. Told twice, the larger counts.
    mutating func restore(_ day: Int64, _ count: Int64) {
        guard day < self.day, day >= 0, count > 0, count <= 1 << 32 else { return }
        remember(day, count)
        sumEarlier()
    }

    private mutating func remember(_ day: Int64, _ count: Int64) {
        var place = 0
        for entry in 0..<Self.dayCountMax {
            if past[entry].day == day {
                past[entry].count = max(past[entry].count, count)
                return
            }
            if past[entry].day < past[place].day { place = entry }
        }
        if past[place].day < day { past[place] = Past(day: day, count: count) }
    }

    private mutating func sumEarlier() {
        earlierCount = 0
        for entry in 0..<Self.dayCountMax where past[entry].day >= windowBegin && past[entry].day < day {
            earlierCount += past[entry].count
        }
    }
}

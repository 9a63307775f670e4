internal import Memory
internal import Model

/// The hours of all calendars, in UTC, and which of them are open.
struct CalendarTable: ~Copyable {
    struct Hours: BitwiseCopyable {
        var opensNs: UInt64 = 0
        var closesNs: UInt64 = 0
    }

    struct Line: BitwiseCopyable {
        var first: Int32 = 0
        var count: Int32 = 0
        var isOpen = false
        /// When that changes, in UTC; `UInt64.max`: never again.
        var changesNs = UInt64.max
    }

    private var hours: FixedArray<Hours>
    private var lines: FixedArray<Line>
    let count: Int

    init(_ calendars: [TradingCalendar]) {
        precondition(calendars.count < 255, "Caller: calendars are numbered in 8 bits")
        count = calendars.count
        var total = 0
        for calendar in calendars { total += calendar.sessions.count }
        hours = FixedArray(count: max(total, 1), repeating: Hours(), for: "trading hours")
        lines = FixedArray(count: max(calendars.count, 1), repeating: Line(), for: "calendars")
        var place = 0
        for (index, calendar) in calendars.enumerated() {
            lines[index].first = Int32(place)
            lines[index].count = Int32(calendar.sessions.count)
            var last: UInt64 = 0
            for session in calendar.sessions {
                precondition(session.opensNs >= last, "Caller: a calendar's sessions are in order")
                precondition(session.closesNs > session.opensNs, "Caller: a session closes after it opens")
                last = session.closesNs
                hours[place] = Hours(opensNs: session.opensNs, closesNs: session.closesNs)
                place += 1
            }
        }
    }

    mutating func isOpen(_ calendar: UInt8) -> Bool { Int(calendar) >= count || lines[Int(calendar)].isOpen }

    /// When the first of them changes, in UTC.
    mutating func changesNs() -> UInt64 {
        var first = UInt64.max
        for calendar in 0..<count { first = min(first, lines[calendar].changesNs) }
        return first
    }

    /// When a calendar changes, in UTC; `UInt64.max`: there is none, or never again.
    mutating func changesNs(_ calendar: UInt8) -> UInt64 {
        Int(calendar) < count ? lines[Int(calendar)].changesNs : .max
    }

    /// Brings a calendar up to a moment. `true`: it has opened or closed.
    mutating func look(_ calendar: Int, utcNs: UInt64) -> Bool {
        let line = lines[calendar]
        let place = firstClosing(after: utcNs, line)
        var isOpen = false
        var changesNs = UInt64.max
        if place < line.first + line.count {
            let session = hours[Int(place)]
            isOpen = session.opensNs <= utcNs
            changesNs = isOpen ? session.closesNs : session.opensNs
            // One session behind another without a break is one.
            if isOpen {
                var next = place + 1
                while next < line.first + line.count, hours[Int(next)].opensNs == changesNs {
                    changesNs = hours[Int(next)].closesNs
                    next += 1
                }
            }
        }
        lines[calendar].isOpen = isOpen
        lines[calendar].changesNs = changesNs
        return isOpen != line.isOpen
    }

    private func firstClosing(after utcNs: UInt64, _ line: Line) -> Int32 {
        var low = line.first
        var high = line.first + line.count
        while low < high {
            let middle = low + (high - low) / 2
            if hours[Int(middle)].closesNs > utcNs { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Whether a calendar that knows the day has no session ending on it: a session belongs to the day on which it ends, as
    /// the evening before does.
    mutating func isHoliday(_ day: Int64, offsetSeconds: Int64) -> Bool {
        for calendar in 0..<count {
            let line = lines[calendar]
            guard line.count > 0 else { continue }
            let first = Self.day(hours[Int(line.first)].closesNs, offsetSeconds)
            let last = Self.day(hours[Int(line.first + line.count - 1)].closesNs, offsetSeconds)
            guard day >= first, day <= last else { continue }
            // The first session that closes behind the day's begin.
            let begin = max(day * 86_400 - offsetSeconds, 0)
            let place = firstClosing(after: UInt64(begin) &* 1_000_000_000, line)
            if place >= line.first + line.count
                || Self.day(hours[Int(place)].closesNs, offsetSeconds) != day
            {
                return true
            }
        }
        return false
    }

    /// A session that ends with the day at midnight is that day's.
    private static func day(_ closesNs: UInt64, _ offsetSeconds: Int64) -> Int64 {
        let seconds = Int64((closesNs - 1) / 1_000_000_000) + offsetSeconds
        return max(seconds, 0) / 86_400
    }
}

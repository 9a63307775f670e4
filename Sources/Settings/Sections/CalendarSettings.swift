/// Hours of one kind of market, as people write them: in its own time zone, with its holidays.
public struct CalendarSettings: Sendable, Equatable {
    public var name = ""
    /// As in the IANA time zone database.
    public var timeZone = "America/New_York"
    public var sessions: [SessionHours] = []
    /// Days that no session closes on.
    public var holidays: [CalendarDay] = []
    public var earlyCloses: [EarlyClose] = []

    public init() {}

    public init(
        name: String, timeZone: String, sessions: [SessionHours], holidays: [CalendarDay],
        earlyCloses: [EarlyClose]
    ) {
        self.name = name
        self.timeZone = timeZone
        self.sessions = sessions
        self.holidays = holidays
        self.earlyCloses = earlyCloses
    }
}

/// A session that recurs.
public struct SessionHours: Sendable, Equatable {
    /// Days that it opens on.
    public var days: [Weekday] = [.mon, .tue, .wed, .thu, .fri]
    public var open = DayTime(hour: 9, minute: 30)
    /// At or before ``open``: it closes on the next day.
    public var close = DayTime(hour: 16, minute: 0)

    public init() {}

    public init(days: [Weekday], open: DayTime, close: DayTime) {
        self.days = days
        self.open = open
        self.close = close
    }

    public var closesNextDay: Bool { close <= open }
}

/// A day on which what closes, closes earlier.
public struct EarlyClose: Sendable, Equatable {
    public var date = CalendarDay(year: 2026, month: 1, day: 1)
    public var close = DayTime(hour: 13, minute: 0)

    public init() {}

    public init(date: CalendarDay, close: DayTime) {
        self.date = date
        self.close = close
    }
}

public enum Weekday: String, Sendable, CaseIterable {
    case sun, mon, tue, wed, thu, fri, sat
}

/// A time of day, on the clocks of a time zone.
public struct DayTime: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let hour: Int
    public let minute: Int

    public init(hour: Int, minute: Int) {
        self.hour = hour
        self.minute = minute
    }

    /// `09:30`.
    init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.count == 2 && $0.allSatisfy(\.isNumber) }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
        else { return nil }
        self.init(hour: hour, minute: minute)
    }

    public static func < (a: DayTime, b: DayTime) -> Bool { (a.hour, a.minute) < (b.hour, b.minute) }

    public var description: String { "\(twoDigits(hour)):\(twoDigits(minute))" }
}

/// A day of the calendar, without a time zone.
public struct CalendarDay: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let year: Int
    public let month: Int
    public let day: Int

    public init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// `2026-11-26`, a day that there is.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2],
            parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]), year >= 1970,
            CalendarDay(daysSince1970: CalendarDay(year: year, month: month, day: day).daysSince1970)
                == CalendarDay(year: year, month: month, day: day)
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The proleptic Gregorian day, by counting: years begin in March, so that leap days come last.
    init(daysSince1970: Int) {
        let days = daysSince1970 + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        self.init(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
            day: dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    var daysSince1970: Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The day after, or so many days after.
    func advanced(by days: Int) -> CalendarDay { CalendarDay(daysSince1970: daysSince1970 + days) }

    var weekday: Weekday {
        // 1970 began on a Thursday.
        let place = ((daysSince1970 + 4) % 7 + 7) % 7
        return Weekday.allCases[place]
    }

    public static func < (a: CalendarDay, b: CalendarDay) -> Bool {
        (a.year, a.month, a.day) < (b.year, b.month, b.day)
    }

    public var description: String { "\(year)-\(twoDigits(month))-\(twoDigits(day))" }
}

private func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

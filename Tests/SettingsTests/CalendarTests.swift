import Foundation
import Model
import Testing

@testable import Settings

private func utc(_ text: String) -> UInt64 {
    let date = ISO8601DateFormatter().date(from: text + ":00Z")!
    return UInt64(date.timeIntervalSince1970) * 1_000_000_000
}

/// Sessions as `2026-03-06T14:30/2026-03-06T21:00`, in UTC.
private func shown(_ sessions: [CalendarSettings.Moments]) -> [String] {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(secondsFromGMT: 0)
    formatter.dateFormat = "yyyy-MM-dd'T'HH:mm"
    return sessions.map { session in
        [session.opensNs, session.closesNs].map {
            formatter.string(from: Date(timeIntervalSince1970: Double($0 / 1_000_000_000)))
        }.joined(separator: "/")
    }
}

private func moments(_ name: String, from text: String, days: Int) throws -> [String] {
    let calendar = try #require(Settings().calendar(name))
    return shown(calendar.moments(fromNs: utc(text), days: days))
}

/// Goal: hours are those of New York's clocks: an hour earlier in UTC from the second Sunday of March on, an hour later from
/// the first of November on.
/// Source: the dates on which the clocks of the United States are set, 15 U.S.C. 260a.
@Test func stocksFollowDaylightSaving() throws {
    #expect(
        try moments("us_equities", from: "2026-03-05T00:00", days: 5).prefix(3).map { $0 } == [
            "2026-03-05T14:30/2026-03-05T21:00", "2026-03-06T14:30/2026-03-06T21:00",
            "2026-03-09T13:30/2026-03-09T20:00",
        ])
    #expect(
        try moments("us_equities", from: "2026-10-30T00:00", days: 4).prefix(2).map { $0 } == [
            "2026-10-30T13:30/2026-10-30T20:00", "2026-11-02T14:30/2026-11-02T21:00",
        ])
}

/// Goal: an evening's session is the next day's, over the nights in which the clocks are set and not.
@Test func futuresCloseOnTheNextDay() throws {
    // Sunday 8 March: the clocks were set at two in the morning; the session opens at 17:00 of the new time.
    #expect(
        try moments("cme_globex", from: "2026-03-06T00:00", days: 3).prefix(3).map { $0 } == [
            "2026-03-05T23:00/2026-03-06T22:00", "2026-03-08T22:00/2026-03-09T21:00",
            "2026-03-09T22:00/2026-03-10T21:00",
        ])
    let hours = CalendarSettings(
        name: "nights", timeZone: "America/Chicago",
        sessions: [
            SessionHours(days: [.sat], open: DayTime(hour: 20, minute: 0), close: DayTime(hour: 8, minute: 0))
        ],
        holidays: [], earlyCloses: [])
    // Over the night itself: eleven hours in March, thirteen in November.
    for (day, length) in [("2026-03-07T12:00", 11), ("2026-10-31T12:00", 13), ("2026-06-06T12:00", 12)] {
        let session = try #require(hours.moments(fromNs: utc(day), days: 3).first)
        #expect((session.closesNs - session.opensNs) / 3_600_000_000_000 == UInt64(length), "\(day)")
    }
}

/// Goal: holidays have no session, half days end early, of day and of night sessions.
@Test func holidaysAndEarlyCloses() throws {
    #expect(
        try moments("us_equities", from: "2026-11-25T00:00", days: 6).prefix(3).map { $0 } == [
            "2026-11-25T14:30/2026-11-25T21:00", "2026-11-27T14:30/2026-11-27T18:00",
            "2026-11-30T14:30/2026-11-30T21:00",
        ])
    // Thursday 24 December to noon; Friday is Christmas: nothing until Sunday evening.
    #expect(
        try moments("cme_globex", from: "2026-12-24T00:00", days: 5).prefix(2).map { $0 } == [
            "2026-12-23T23:00/2026-12-24T18:00", "2026-12-27T23:00/2026-12-28T22:00",
        ])
}

/// Goal: all of NYSE's days of 2026 and 2027, counted: weekdays less holidays, three of 2026 and 2027 being short.
@Test func tradingDaysOfTwoYears() throws {
    let calendar = try #require(Settings().calendar("us_equities"))
    let sessions = calendar.moments(fromNs: utc("2026-01-01T00:00"), days: 800)
        .filter { $0.closesNs < utc("2028-01-01T00:00") }
    #expect(sessions.filter { $0.closesNs < utc("2027-01-01T00:00") }.count == 251)
    #expect(sessions.count == 251 + 251)
    #expect(sessions.filter { $0.closesNs - $0.opensNs == 3_600_000_000_000 * 7 / 2 }.count == 3)
    #expect(zip(sessions, sessions.dropFirst()).allSatisfy { $0.closesNs < $1.opensNs })
    // What has closed is not there, what is open is.
    #expect(
        calendar.moments(fromNs: utc("2026-11-24T21:00"), days: 0).first.map { $0.opensNs }
            != utc("2026-11-24T14:30"))
    #expect(
        calendar.moments(fromNs: utc("2026-11-24T20:59"), days: 0).first?.opensNs == utc("2026-11-24T14:30"))
}

/// Goal: a calendar of one's own is read whole, goes before the built-in one of its name, and reads back.
@Test func calendarsAreRead() throws {
    let text = """
        calendars:
          - name: us_equities
            time_zone: Europe/Berlin
            sessions:
              - {days: [mon, wed], open: 08:00, close: "11:30"}
              - {days: [mon], open: 12:00, close: 17:00}
            holidays: [2026-12-24, 2026-12-28]
            early_closes: [{date: 2026-12-30, close: 10:00}]
        """
    let settings = try load(text).settings
    let calendar = try #require(settings.calendar("us_equities"))
    #expect(
        shown(calendar.moments(fromNs: utc("2026-12-21T00:00"), days: 12)).prefix(4).map { $0 } == [
            "2026-12-21T07:00/2026-12-21T10:30", "2026-12-21T11:00/2026-12-21T16:00",
            "2026-12-23T07:00/2026-12-23T10:30", "2026-12-30T07:00/2026-12-30T09:00",
        ])
    #expect(try Settings.restored(from: settings.values()) == settings)
    let other = try load(text, overrides: ["calendars.us_equities.sessions.1.close=18:00"]).settings
    #expect(other.calendars[0].sessions[1].close == DayTime(hour: 18, minute: 0))
    #expect(try load(text, overrides: ["calendars=[]"]).settings.calendars == [])
}

/// Goal: days are counted as the calendar has them, from 1970 on.
@Test func daysAreDays() {
    #expect(CalendarDay("2026-02-29") == nil && CalendarDay("2028-02-29") != nil)
    #expect(
        CalendarDay("2026-13-01") == nil && CalendarDay("2026-1-01") == nil && CalendarDay("26-01-01") == nil)
    #expect(CalendarDay("2026-11-26")?.weekday == .thu && CalendarDay("1970-01-01")?.daysSince1970 == 0)
    for place in stride(from: 0, to: 60_000, by: 7) {
        #expect(CalendarDay(daysSince1970: place).daysSince1970 == place)
    }
    #expect(DayTime("24:00") == nil && DayTime("9:30") == nil && DayTime("09:60") == nil)
}

/// Goal: each mistake of a calendar is told in its line.
@Test(
    arguments: [
        ("calendars:\n  - name: a", 2, "are none, expected when it is open"),
        (
            "calendars:\n  - name: a\n    time_zone: New York\n    sessions: [{days: [mon]}]", 3,
            "a time zone such as"
        ),
        ("calendars:\n  - name: a\n    sessions: [{days: [monday]}]", 3, "sun or mon"),
        ("calendars:\n  - name: a\n    sessions: [{days: [mon], open: 24:00}]", 3, "a time of day"),
        (
            "calendars:\n  - name: a\n    sessions:\n      - {days: [mon]}\n      - {days: [mon], open: 15:59, close: 17:00}",
            5, "overlaps with"
        ),
        (
            "calendars:\n  - name: a\n    sessions:\n      - {days: [sun], open: 17:00, close: 16:00}\n      - {days: [mon], open: 15:00, close: 17:00}",
            5, "overlaps with"
        ),
        (
            "calendars:\n  - name: a\n    sessions: [{days: [mon]}]\n    holidays: [2026-02-30]", 4,
            "a day such as"
        ),
        (
            "calendars:\n  - name: a\n    sessions: [{days: [mon]}]\n    early_closes:\n      - {date: 2026-11-24, close: 13:00}",
            5, "a time inside of a session of that day"
        ),
        (
            "calendars:\n  - name: a\n    sessions: [{days: [mon]}]\n    early_closes:\n      - {date: 2026-11-23, close: 16:00}",
            5, "a time inside of"
        ),
        (
            "calendars:\n  - name: a\n    sessions: [{days: [mon]}]\n    holidays: [2026-11-23]\n    early_closes: [{date: 2026-11-23}]",
            5, "a holiday too"
        ),
        ("calendars:\n  - name: a\n    sessions: [{day: [mon]}]", 3, "did you mean \"days\"?"),
    ] as [(String, Int, String)])
func aCalendarsMistakeIsToldInItsLine(_ text: String, _ line: Int, _ words: String) {
    let found = problems(text)
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.hasPrefix("test.yaml:\(line): ") == true, "\(found)")
    #expect(found.first?.contains(words) == true, "\(found)")
}

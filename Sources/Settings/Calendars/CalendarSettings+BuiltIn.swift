extension CalendarSettings {
    /// The calendars that every run has; one of the settings with the same name goes before.
    public static let builtIn: [CalendarSettings] = [usEquities, cmeGlobex]

    /// Regular hours of the stock exchanges of the United States.
    ///
    /// - Source: the holidays and early closings that NYSE Group announced on 8 November 2024 and 23 December 2025.
    private static let usEquities = CalendarSettings(
        name: "us_equities", timeZone: "America/New_York",
        sessions: [
            SessionHours(
                days: [.mon, .tue, .wed, .thu, .fri], open: DayTime(hour: 9, minute: 30),
                close: DayTime(hour: 16, minute: 0))
        ],
        holidays: days(
            2026, [(1, 1), (1, 19), (2, 16), (4, 3), (5, 25), (6, 19), (7, 3), (9, 7), (11, 26), (12, 25)])
            + days(
                2027,
                [(1, 1), (1, 18), (2, 15), (3, 26), (5, 31), (6, 18), (7, 5), (9, 6), (11, 25), (12, 24)]),
        earlyCloses: (days(2026, [(11, 27), (12, 24)]) + days(2027, [(11, 26)])).map {
            EarlyClose(date: $0, close: DayTime(hour: 13, minute: 0))
        })

    /// CME Globex, Sunday evening to Friday afternoon, each evening's session being the next day's.
    ///
    /// Closed on New Year's Day, Good Friday and Christmas; on the other holidays of the United States trading pauses at
    /// noon, as that of stock index futures does. Energy and metals go on for an hour and a half longer on those days: the
    /// earlier end is here for all of them. CME changes single days by notice; a calendar of one's own goes before this one.
    private static let cmeGlobex = CalendarSettings(
        name: "cme_globex", timeZone: "America/Chicago",
        sessions: [
            SessionHours(
                days: [.sun, .mon, .tue, .wed, .thu], open: DayTime(hour: 17, minute: 0),
                close: DayTime(hour: 16, minute: 0))
        ],
        holidays: days(2026, [(1, 1), (4, 3), (12, 25)]) + days(2027, [(1, 1), (3, 26), (12, 24)]),
        earlyCloses: days(
            2026, [(1, 19), (2, 16), (5, 25), (6, 19), (7, 3), (9, 7), (11, 26), (11, 27), (12, 24)]
        ).map { EarlyClose(date: $0, close: DayTime(hour: 12, minute: 0)) }
            + days(2027, [(1, 18), (2, 15), (5, 31), (6, 18), (7, 5), (9, 6), (11, 25), (11, 26)]).map {
                EarlyClose(date: $0, close: DayTime(hour: 12, minute: 0))
            })

    private static func days(_ year: Int, _ dates: [(month: Int, day: Int)]) -> [CalendarDay] {
        dates.map { CalendarDay(year: year, month: $0.month, day: $0.day) }
    }
}

extension Settings {
    /// The calendar of that name, the settings' own before the built-in.
    public func calendar(_ name: String) -> CalendarSettings? {
        calendars.first { $0.name == name } ?? CalendarSettings.builtIn.first { $0.name == name }
    }
}

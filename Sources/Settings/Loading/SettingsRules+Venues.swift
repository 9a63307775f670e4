import Model

extension SettingsRules {
    static func checkVenues(_ settings: Settings, _ binder: inout Binder) {
        if !settings.broker.paperTrading {
            switch binder.toldOrigin("broker.paper_trading") {
            case .environment, .commandLine:
                binder.refuse(
                    "broker.paper_trading", with: "",
                    "is false, expected true: live trading is asked for in the settings file alone, not by the environment or the command line"
                )
            case .file, .standard, nil: break
            }
        }
        checkSession(settings.broker.ouch, "broker.ouch", &binder)
        for (index, venue) in settings.venues.enumerated() {
            checkSession(venue.ouch, "venues.\(index).ouch", &binder)
            let same = settings.venues[..<index].firstIndex {
                $0.ouch.host == venue.ouch.host && $0.ouch.port == venue.ouch.port
                    && $0.ouch.username == venue.ouch.username
            }
            if let same {
                binder.refuse(
                    "venues.\(index).ouch.port", with: "venues.\(index)",
                    "is that of venues.\(same), with its host and username: expected one log-on a venue")
            }
            // A list of one venue's orders would be read as saying that those of the others are not there.
            if settings.venues.count > 1, venue.backOffice.port != 0 {
                binder.refuse(
                    "venues.\(index).back_office.port", with: "venues.\(index)",
                    "is \(venue.backOffice.port), expected 0: with several venues no back office can be asked in this version; orders in doubt are resolved by the venues' streams, and by people"
                )
            }
        }
        guard !settings.venues.isEmpty else { return }
        if settings.broker.ouch != OuchSettings() {
            binder.refuse(
                binder.firstOrigin(below: "broker.ouch"),
                "broker.ouch is told, and venues too: expected all of it in venues, of which broker is the short form"
            )
        }
        if settings.broker.backOffice != BackOfficeSettings() {
            binder.refuse(
                binder.firstOrigin(below: "broker.back_office"),
                "broker.back_office is told, and venues too: expected all of it in venues, of which broker is the short form"
            )
        }
    }

    private static func checkSession(_ ouch: OuchSettings, _ path: String, _ binder: inout Binder) {
        guard ouch.reconnectNsMin > ouch.reconnectNsMax else { return }
        binder.refuse(
            path + ".reconnect_min_seconds", with: path + ".reconnect_max_seconds",
            "is more than reconnect_max_seconds, expected at most that")
    }

    static func checkInstruments(_ settings: Settings, _ binder: inout Binder) {
        let calendars = (settings.calendars + CalendarSettings.builtIn).map(\.name)
        let venues = settings.routedVenues.map(\.name)
        for (index, terms) in settings.instruments.definitions.enumerated() {
            let path = "instruments.definitions.\(index)"
            if !terms.calendar.isEmpty, !calendars.contains(terms.calendar) {
                binder.refuse(
                    path + ".calendar", with: path,
                    "is \"\(terms.calendar)\", expected one of calendars or a built-in one, \(NearestName.hint(terms.calendar, in: calendars))"
                )
            }
            if !terms.venue.isEmpty, !venues.contains(terms.venue) {
                binder.refuse(
                    path + ".venue", with: path,
                    "is \"\(terms.venue)\", expected one of venues, \(NearestName.hint(terms.venue, in: venues))"
                )
            }
        }
    }

    static func checkCalendars(_ settings: Settings, _ binder: inout Binder) {
        for (index, calendar) in settings.calendars.enumerated() {
            let path = "calendars.\(index)"
            if !calendar.sessions.contains(where: { !$0.days.isEmpty }) {
                binder.refuse(
                    path + ".sessions", with: path,
                    "of \"\(calendar.name)\" are none, expected when it is open")
            }
            for (place, session) in calendar.sessions.enumerated() {
                let other = calendar.sessions[..<place].firstIndex { overlap($0, session) }
                guard let other else { continue }
                binder.refuse(
                    "\(path).sessions.\(place)", with: path,
                    "overlaps with \(path).sessions.\(other), expected sessions one after the other")
            }
            let holidays = Set(calendar.holidays)
            for (place, early) in calendar.earlyCloses.enumerated() {
                let at = "\(path).early_closes.\(place)"
                let shortens = calendar.sessions.contains { session in
                    let opens = session.closesNextDay ? early.date.advanced(by: -1) : early.date
                    guard session.days.contains(opens.weekday), early.close < session.close else {
                        return false
                    }
                    return session.closesNextDay || early.close > session.open
                }
                if holidays.contains(early.date) {
                    binder.refuse(at, with: path, "is \(early.date), a holiday too, expected one of both")
                } else if !shortens {
                    binder.refuse(
                        at, with: path,
                        "is \(early.date) (\(early.date.weekday.rawValue)) at \(early.close), expected a time inside of a session of that day"
                    )
                }
            }
        }
    }

    /// Whether two sessions are ever open together, on clocks that nobody sets.
    private static func overlap(_ a: SessionHours, _ b: SessionHours) -> Bool {
        let week = 7 * 24 * 60
        for (one, other) in [(a, b), (b, a)] {
            for first in minutes(one) {
                for second in minutes(other) {
                    // How long after the first the second opens, around the week.
                    let after = ((second.opens - first.opens) % week + week) % week
                    if after < first.length { return true }
                }
            }
        }
        return false
    }

    private static func minutes(_ session: SessionHours) -> [(opens: Int, length: Int)] {
        let opens = session.open.hour * 60 + session.open.minute
        let closes = session.close.hour * 60 + session.close.minute + (session.closesNextDay ? 24 * 60 : 0)
        return Set(session.days).map { day in
            ((Weekday.allCases.firstIndex(of: day) ?? 0) * 24 * 60 + opens, closes - opens)
        }
    }
}

extension Binder {
    /// Where the first of the values of a section was told.
    func firstOrigin(below section: String) -> Origin {
        let told = origins.keys.filter { $0.hasPrefix(section + ".") }.sorted()
        return told.first.flatMap { origins[$0] } ?? .standard
    }
}

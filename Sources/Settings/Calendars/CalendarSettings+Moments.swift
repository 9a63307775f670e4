import Foundation

extension CalendarSettings {
    /// One session in moments.
    public struct Moments: Sendable, Hashable {
        /// UTC nanoseconds since 1970.
        public let opensNs: UInt64
        public let closesNs: UInt64

        public init(opensNs: UInt64, closesNs: UInt64) {
            self.opensNs = opensNs
            self.closesNs = closesNs
        }
    }

    /// The sessions of so many days from a moment on, in order; what had opened before it and is open still is among them.
    ///
    /// Hours are those of the clocks of the time zone, whatever daylight saving does in between: a session over the night in
    /// which they are set is an hour shorter or longer. A session's day, for holidays and early closes, is the day on which
    /// it closes. Sessions that overlap are one.
    ///
    /// - Precondition: the time zone is known: the settings have been checked.
    public func moments(fromNs: UInt64, days: Int) -> [Moments] {
        guard let zone = TimeZone(identifier: timeZone) else {
            preconditionFailure("Caller: \(timeZone) is a time zone")
        }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let holidays = Set(holidays)
        let early = Dictionary(earlyCloses.map { ($0.date, $0.close) }, uniquingKeysWith: { $1 })
        // Two days before: a session may have opened yesterday, on clocks that are half a day apart from UTC's.
        let first = Int(fromNs / 86_400_000_000_000) - 2
        var found: [Moments] = []
        for place in first...(first + 2 + days) {
            let opensOn = CalendarDay(daysSince1970: place)
            for session in sessions where session.days.contains(opensOn.weekday) {
                let closesOn = session.closesNextDay ? opensOn.advanced(by: 1) : opensOn
                if holidays.contains(closesOn) { continue }
                let close = early[closesOn].map { session.closesNextDay ? $0 : min($0, session.close) }
                guard let opens = Self.ns(opensOn, session.open, calendar),
                    let closes = Self.ns(closesOn, close ?? session.close, calendar), closes > opens,
                    closes > fromNs
                else { continue }
                found.append(Moments(opensNs: opens, closesNs: closes))
            }
        }
        found.sort { ($0.opensNs, $0.closesNs) < ($1.opensNs, $1.closesNs) }
        var moments: [Moments] = []
        for session in found {
            if let last = moments.last, last.closesNs > session.opensNs {
                moments[moments.count - 1] = Moments(
                    opensNs: last.opensNs, closesNs: max(last.closesNs, session.closesNs))
            } else {
                moments.append(session)
            }
        }
        return moments
    }

    /// `nil`: before 1970. A time that the clocks leave out is the moment at which they are set.
    private static func ns(_ day: CalendarDay, _ time: DayTime, _ calendar: Calendar) -> UInt64? {
        let parts = DateComponents(
            year: day.year, month: day.month, day: day.day, hour: time.hour, minute: time.minute)
        guard let date = calendar.date(from: parts), date.timeIntervalSince1970 >= 0 else { return nil }
        return UInt64(date.timeIntervalSince1970.rounded()) * 1_000_000_000
    }
}

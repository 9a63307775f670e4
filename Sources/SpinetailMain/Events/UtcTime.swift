/// Times as people read and write them: UTC with nanoseconds.
///
/// - Source of the calendar: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", the functions
///   `civil_from_days` and `days_from_civil`.
enum UtcTime {
    private static let second: Int64 = 1_000_000_000
    private static let day: Int64 = 86_400 * second

    /// `2026-11-21T14:30:00.123456789Z`.
    static func text(_ nsSince1970: Int64) -> String {
        var days = nsSince1970 / day
        var rest = nsSince1970 % day
        if rest < 0 {
            rest += day
            days -= 1
        }
        let date = civil(days)
        let seconds = rest / second
        return padded(date.year, 4) + "-" + padded(date.month, 2) + "-" + padded(date.day, 2) + "T"
            + padded(seconds / 3600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":" + padded(seconds % 60, 2)
            + "."
            + padded(rest % second, 9) + "Z"
    }

    /// Reads `2026-11-21T14:30:00.5Z`, or `14:30:00.5` as a time of the day that `reference` lies in. Seconds and
    /// their fraction may be left out, `Z` too.
    static func parse(_ text: String, dayOf reference: Int64) -> Int64? {
        var rest = Substring(text)
        if rest.last == "Z" { rest.removeLast() }
        let parts = rest.split(whereSeparator: { $0 == "T" || $0 == " " })
        guard let last = parts.last, parts.count <= 2 else { return nil }
        var start = reference - (reference % day + day) % day
        var clock: Substring? = last
        if last.contains("-") {
            guard parts.count == 1 else { return nil }
            clock = nil
        }
        if let dateText = parts.count == 2 ? parts[0] : clock == nil ? last : nil {
            let fields = dateText.split(separator: "-", omittingEmptySubsequences: false).map { number($0) }
            guard fields.count == 3, let year = fields[0], let month = fields[1], let monthDay = fields[2],
                (1...12).contains(month), (1...31).contains(monthDay), (1600...2261).contains(year)
            else { return nil }
            start = days(year, month, monthDay) * day
        }
        guard let clock else { return start }
        let fields = clock.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(fields.count), let hours = number(fields[0]), let minutes = number(fields[1]),
            hours < 24,
            minutes < 60
        else { return nil }
        var ns: Int64 = 0
        if fields.count == 3 {
            let parts = fields[2].split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count <= 2, let seconds = number(parts[0]), seconds < 60 else { return nil }
            ns = seconds * second
            if parts.count == 2 {
                guard (1...9).contains(parts[1].count), let fraction = number(parts[1]) else { return nil }
                ns += (0..<(9 - parts[1].count)).reduce(fraction) { value, _ in value * 10 }
            }
        }
        return start + (hours * 60 + minutes) * 60 * second + ns
    }

    private static func number(_ text: Substring) -> Int64? {
        text.allSatisfy { $0.isASCII && $0.isNumber } ? Int64(text) : nil
    }

    private static func padded(_ value: Int64, _ count: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }

    private static func civil(_ daysSince1970: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = daysSince1970 + 719_468  // from 1 March of year 0
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

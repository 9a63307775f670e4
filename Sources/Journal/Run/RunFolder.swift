public import Plumbing

/// Where everything of one run is kept: `runs/<UTC yyyyMMddTHHmmssZ>-<id>/`, with `journal/` inside.
public struct RunFolder: Equatable, Sendable {
    /// The run's own folder.
    public let path: String
    public let runID: RunID
    /// Where its journal's segments are.
    public var journalPath: String { "\(path)/journal" }

    /// Makes the folder below `root`, which is made where it is missing.
    ///
    /// - Parameter utcNs: The time in its name.
    public static func create(root: String, utcNs: UInt64, runID: RunID) throws(SetupError) -> RunFolder {
        let folder = RunFolder(
            path: "\(root)/\(stamp(utcNs: utcNs))-\(runID.description.prefix(8))", runID: runID)
        try Files.makeFolder(root)
        try Files.makeNewFolder(folder.path)
        try Files.makeFolder(folder.journalPath)
        try Files.syncFolder(folder.path)
        try Files.syncFolder(root)
        return folder
    }

    /// Removes the folder of a run that did not begin, and what its journal has made of itself by then. Anything else in
    /// it stays, and so does the folder then.
    public func discard() {
        let names = (try? Files.list(journalPath)) ?? []
        for name in names where name.hasSuffix(".journal") { try? Files.remove("\(journalPath)/\(name)") }
        try? Files.removeFolder(journalPath)
        try? Files.removeFolder(path)
    }

    /// `yyyyMMddTHHmmssZ`, in UTC.
    ///
    /// - Source: days to civil date after H. Hinnant, "chrono-compatible low-level date algorithms".
    static func stamp(utcNs: UInt64) -> String {
        let seconds = Int(utcNs / 1_000_000_000)
        let days = seconds / 86_400 + 719_468
        let era = days / 146_097
        let dayOfEra = days % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let time = seconds % 86_400
        return "\(year)\(two(month))\(two(day))T\(two(time / 3600))\(two(time / 60 % 60))\(two(time % 60))Z"
    }
}

internal import Foundation
internal import Journal
internal import Model
internal import Plumbing
internal import Settings

/// What earlier runs left, as their journals tell: of the same day the orders that had not ended, of the last day before
/// it the positions and the orders that outlive a day.
///
///     runs of the day before ─▶ positions, orders good for more than a day ─┐
///     runs of the same day, from the last that left nothing ─▶ open orders ─┴▶ inputs of the core
///
/// Who wanted an order, and on what terms, only the journals know. What became of it since, the venue's own stream says,
/// which is repeated from its beginning.
struct EarlierRuns {
    /// Whose orders they are: nothing that another venue or account was given is taken over.
    struct Account: Equatable {
        var host: String
        var port: String
        var username: String
    }

    /// A run's folder that was looked at no further than its header.
    private struct Candidate {
        var path: String
        var day: Int64
    }

    /// In the order in which they were made.
    private(set) var orders: [EarlierOrder] = []
    /// Net and at which average, by symbol: what the venue's stream of today does not tell.
    private(set) var positions: [Symbol: EarlierPosition] = [:]
    /// The lowest order number above all that were used today.
    private(set) var nextRef: UInt32 = 0
    private(set) var warnings: [String] = []
    /// Of how many runs the journal was read.
    private(set) var runCount = 0

    /// States, the equity's peak and day trades, of the last run that left any.
    private(set) var risk = EarlierRisk(dayOffsetSeconds: 0)
    private var risks: [String: (risk: EarlierRisk, doubt: String?)] = [:]
    private var dayOffsetSeconds: Int64 = 0
    private var today: Int64 = 0

    /// Days without a run before which nothing is looked for.
    static var daysBackMax: Int64 { 14 }

    /// Nothing yet: ``take(_:isOfThisDay:)`` adds runs, oldest first.
    init() {}

    /// Reads what matters of the runs below `root`.
    ///
    /// - Parameters:
    ///   - root: Where run folders are.
    ///   - dayOffsetSeconds: Added to UTC before it is divided into days.
    ///   - readsDayTrades: Whether the runs of earlier days are asked for their day trades.
    init(
        root: String, account: Account, nowUtcNs: UInt64, dayOffsetSeconds: Int64,
        readsDayTrades: Bool = false
    ) {
        let today = Self.day(nowUtcNs, dayOffsetSeconds)
        self.today = today
        self.dayOffsetSeconds = dayOffsetSeconds
        risk = EarlierRisk(dayOffsetSeconds: dayOffsetSeconds)
        var ofToday: [Candidate] = []
        var before: [Candidate] = []
        var isSettled = false
        for name in ((try? Files.list(root)) ?? []).sorted().reversed() {
            guard let utcNs = Self.utcNs(ofFolder: name) else { continue }
            let day = Self.day(utcNs, dayOffsetSeconds)
            guard day <= today, day >= today - Self.daysBackMax else { continue }
            // Of an earlier day the last run that heard the venue is enough: it was told of that whole day.
            if let found = before.first, day != found.day { break }
            if day == today, isSettled { continue }
            let run = Candidate(path: "\(root)/\(name)", day: day)
            do {
                let header = try Self.header(run.path)
                guard let header, header.account == account else { continue }
            } catch {
                unreadable(run.path, error)
                continue
            }
            if day == today {
                // It ended with nothing open, and so had all before it: what they left, it would have taken over.
                if Self.leftNothing(run.path) { isSettled = true } else { ofToday.append(run) }
            } else {
                before.append(run)
            }
        }
        for run in before {
            var found = EarlierRuns()
            found.dayOffsetSeconds = dayOffsetSeconds
            found.read(run.path, isOfThisDay: false)
            warnings += found.warnings
            risks.merge(found.risks) { _, new in new }
            guard found.heardVenue else { continue }
            (orders, positions, runCount) = (found.orders, found.positions, found.runCount)
            if !found.leftUnknown.isEmpty {
                warnings.append(
                    "\(run.path): the day ended with \(found.leftUnknown.count) orders still at the venue; what they "
                        + "executed after that run is unknown here: compare with `spinetail reconcile`")
            }
            break
        }
        for run in ofToday.reversed() { read(run.path, isOfThisDay: true) }
        takeRisk(root, account, readsDayTrades: readsDayTrades)
    }

    /// Each run takes over what stood before it: the last that got so far has all of it. Day trades it has of its own days.
    ///
    /// Of states there is no oldest day: an engine that rests for weeks is halted as it was.
    private mutating func takeRisk(_ root: String, _ account: Account, readsDayTrades: Bool) {
        var hasStates = false
        var doubt: (path: String, why: String)?
        for name in ((try? Files.list(root)) ?? []).sorted().reversed() {
            guard let utcNs = Self.utcNs(ofFolder: name) else { continue }
            let day = Self.day(utcNs, dayOffsetSeconds)
            if hasStates {
                guard readsDayTrades, day >= today - Self.daysBackMax else { break }
                if day > today { continue }
            }
            guard let left = leftRisk("\(root)/\(name)", account) else { continue }
            if hasStates {
                risk.add(dayTradesOf: left.risk)
                continue
            }
            if let why = left.doubt, doubt == nil { doubt = ("\(root)/\(name)", why) }
            // Of what cannot be read to its end the part that can stands, too.
            guard left.risk.hasBegun else { continue }
            risk = left.risk
            hasStates = true
        }
        if let doubt {
            // The strictest that may have been.
            risk.halt(atUtcNs: Self.changedAtUtcNs(doubt.path))
            warnings.append(
                "\(doubt.path): what it left halted or restricted is unknown (\(doubt.why)): the account is halted until "
                    + "somebody has looked and says `spinetail lift --by NAME`")
        }
        risk.lift(accountBefore: KillFolder.liftedAtUtcNs(in: root, account: account.fileName))
    }

    /// What a run left, and why that may not be all of it. `nil`: another account's, running, or without any record.
    private func leftRisk(_ path: String, _ account: Account) -> (risk: EarlierRisk, doubt: String?)? {
        if let known = risks[path] { return known }
        var run = EarlierRun(before: [], dayOffsetSeconds: dayOffsetSeconds)
        do {
            guard let records = try Self.records(path) else { return nil }
            guard let first = try records.next() else {
                // With its ring the header is there: somebody has emptied the file, or the machine died in the first moment.
                return records.isWhole ? nil : (run.risk, "its journal is empty")
            }
            guard let text = first.text else { return (run.risk, "its journal begins with no header") }
            let header = try JSONDecoder().decode(RunHeader.self, from: Data(text.utf8))
            guard header.account == account else { return nil }
            run.take(first)
            while let record = try records.next() { run.take(record) }
            return (run.risk, Self.doubt(records, run.risk))
        } catch {
            // One that is only being made, or whose journal is switched off, has no file.
            let names = (try? Files.list("\(path)/journal")) ?? []
            if !names.contains(where: { $0.hasSuffix(".journal") }), !Self.hadJournal(path) { return nil }
            return (run.risk, "\(error)")
        }
    }

    private static func doubt(_ records: RunRecords, _ risk: EarlierRisk) -> String? {
        if !records.isWhole {
            return
                "its journal ends without an end, and its ring is gone: the machine died, or the journal was cut"
        }
        let count = risk.unnamedCount
        return count == 0 ? nil : "its journal does not name \(count) instruments that were restricted"
    }

    /// Whether the run's report tells of a journal.
    private static func hadJournal(_ folder: String) -> Bool {
        struct Figures: Decodable { var journalBytes: UInt64 }
        guard let bytes = FileManager.default.contents(atPath: "\(folder)/report.json"),
            let report = try? JSONDecoder().decode(Figures.self, from: bytes)
        else { return false }
        return report.journalBytes > 0
    }

    /// When a run's files last changed: a lift behind it was said by somebody who could see what they are like.
    private static func changedAtUtcNs(_ folder: String) -> UInt64 {
        var last: UInt64 = 0
        for place in [folder, "\(folder)/journal"] {
            for name in (try? Files.list(place)) ?? [] {
                let attributes = try? FileManager.default.attributesOfItem(atPath: "\(place)/\(name)")
                guard let date = attributes?[.modificationDate] as? Date else { continue }
                last = max(last, UInt64(max(0, date.timeIntervalSince1970) * 1e9))
            }
        }
        return last
    }

    /// Whether a run that was read was ever logged on to the venue.
    private(set) var heardVenue = false
    /// Orders of an earlier day that were at the venue when the run ended.
    private(set) var leftUnknown: [OrderID] = []

    static func day(_ utcNs: UInt64, _ offsetSeconds: Int64) -> Int64 {
        let seconds = Int64(utcNs / 1_000_000_000) + offsetSeconds
        return seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    }

    /// `yyyyMMddTHHmmssZ-…`; `nil`: it is no run's folder.
    static func utcNs(ofFolder name: String) -> UInt64? {
        guard name.count == 25, name.dropFirst(16).first == "-" else { return nil }
        let parser = DateFormatter()
        parser.locale = Locale(identifier: "en_US_POSIX")
        parser.timeZone = TimeZone(secondsFromGMT: 0)
        parser.dateFormat = "yyyyMMdd'T'HHmmss'Z'"
        guard let date = parser.date(from: String(name.prefix(16))) else { return nil }
        return UInt64(max(date.timeIntervalSince1970, 0)) * 1_000_000_000
    }

    // MARK: One run

    private static func records(_ folder: String) throws -> RunRecords? {
        switch try LeftoverRings.find(folder: folder) {
        case .inUse: nil
        case .left(let ring, let path):
            try RunRecords(folder: "\(folder)/journal", ring: ring, ringPlace: path)
        case .none: try RunRecords(folder: "\(folder)/journal", ring: nil, ringPlace: folder)
        }
    }

    /// `nil`: the run goes on, or died before its first record was written.
    private static func header(_ folder: String) throws -> RunHeader? {
        guard let records = try records(folder), let first = try records.next(), let text = first.text else {
            return nil
        }
        return try JSONDecoder().decode(RunHeader.self, from: Data(text.utf8))
    }

    /// Whether the run ended in order and says so in its report.
    private static func leftNothing(_ folder: String) -> Bool {
        struct Ending: Decodable {
            struct Open: Decodable {}
            var ending: String
            var openOrders: [Open]
        }
        guard let bytes = FileManager.default.contents(atPath: "\(folder)/report.json"),
            let report = try? JSONDecoder().decode(Ending.self, from: bytes)
        else { return false }
        return ["complete", "stopped"].contains(report.ending) && report.openOrders.isEmpty
    }

    private mutating func read(_ folder: String, isOfThisDay: Bool) {
        do {
            guard let records = try Self.records(folder) else { return }
            risks[folder] = try take(records, isOfThisDay: isOfThisDay)
        } catch {
            unreadable(folder, error)
        }
    }

    private mutating func unreadable(_ folder: String, _ error: any Error) {
        // No reason not to start: the venue's stream tells of every order that it has.
        warnings.append(
            "\(folder): what it left open is unknown (\(error)); the venue's stream will tell, without the strategies' "
                + "names")
    }

    /// Takes the next run, which began after all that were taken before.
    @discardableResult
    mutating func take(
        _ records: RunRecords, isOfThisDay: Bool
    ) throws -> (risk: EarlierRisk, doubt: String?) {
        var run = EarlierRun(before: orders, dayOffsetSeconds: dayOffsetSeconds)
        while let record = try records.next() { run.take(record) }
        runCount += 1
        heardVenue = heardVenue || run.heardVenue
        if isOfThisDay {
            orders = run.open
            nextRef = max(nextRef, run.nextRef)
        } else {
            orders = run.outlivingDay
            positions = run.openPositions
            leftUnknown = run.atVenue
        }
        return (run.risk, Self.doubt(records, run.risk))
    }
}

extension EarlierRuns {
    /// Of every order and position, for the core to know them from its first input on.
    var symbols: [Symbol] {
        var found: [Symbol] = []
        for order in orders where !found.contains(order.symbol) { found.append(order.symbol) }
        for symbol in positions.keys.sorted(by: { $0.raw < $1.raw }) where !found.contains(symbol) {
            found.append(symbol)
        }
        for symbol in risk.symbols where !found.contains(symbol) { found.append(symbol) }
        return found
    }

    /// For the banner; `nil`: nothing was left.
    var summary: String? {
        let held = orders.count { $0.isHeld }
        var parts: [String] = []
        func tell(_ count: Int, _ one: String, _ many: String) {
            if count > 0 { parts.append("\(count) \(count == 1 ? one : many)") }
        }
        tell(orders.count - held, "order that the venue may have", "orders that the venue may have")
        tell(held, "held order", "held orders")
        tell(
            risk.standing.count { $0.key.rule != Rule.killed.rawValue }, "state that restricts trading",
            "states that restrict trading")
        tell(positions.count, "position of the day before", "positions of the day before")
        return parts.isEmpty ? nil : "taken over from earlier runs: \(parts.joined(separator: ", "))"
    }

    /// What stands against strategies and instruments that a run does not have: for its header, and so for the next one.
    func carried(instrument: (Symbol) -> UInt32?, strategies: [String]) -> [EarlierRisk.Carried]? {
        let carried = risk.carried(today: today, instrument: instrument, strategies: strategies)
        return carried.isEmpty ? nil : carried
    }

    /// Limits that the last run was given while it ran and that the settings do not have: they ended with it.
    ///
    /// - Parameter limits: Of the settings.
    func limitWarnings(
        _ limits: [LimitValue], strategies: [String], currency: String
    ) -> [String] {
        var now: [EarlierRisk.Limit: Int64] = [:]
        for limit in limits {
            let name: String
            switch limit.scope {
            case .account: name = ""
            case .strategy: name = strategies[limit.strategy]
            case .instrument: name = limit.symbol.description
            }
            now[EarlierRisk.Limit(scope: limit.scope, name: name, kind: limit.kind.rawValue)] = limit.value
        }
        var lines: [String] = []
        for (limit, value) in risk.limits where now[limit] != value {
            guard let kind = LimitKind(rawValue: limit.kind) else { continue }
            func shown(_ value: Int64?) -> String {
                value.map { kind.text($0, currency: currency) } ?? "none of its own"
            }
            lines.append(
                "\(kind.path(limit.scope, limit.name)): \(shown(value)) then, \(shown(now[limit])) now")
        }
        guard !lines.isEmpty else { return [] }
        return [
            "the last run ended with limits that it was given while it ran and that these settings do not have "
                + "(what `reload --set` gives lasts until the engine ends): "
                + lines.sorted().joined(separator: "; ")
        ]
    }

    /// As inputs of the core, with instruments and strategies by the numbers that they have now.
    ///
    /// - Parameter session: The venue that an instrument's orders go to now.
    func inputs(
        instrument: (Symbol) -> UInt32?, strategies: [String], session: (Symbol) -> UInt8 = { _ in 0 }
    ) -> [Input] {
        var inputs = risk.inputs(today: today, instrument: instrument, strategies: strategies)
        for (symbol, position) in positions.sorted(by: { $0.key.raw < $1.key.raw }) {
            guard let instrument = instrument(symbol), position.quantity != 0 else { continue }
            var input = Input(kind: .restorePosition)
            input.instrument = instrument
            input.quantity = position.quantity
            input.price = position.averagePrice
            inputs.append(input)
        }
        for order in orders {
            guard let instrument = instrument(order.symbol) else { continue }
            inputs += order.inputs(
                instrument: instrument, strategies: strategies, heldSession: session(order.symbol))
        }
        for order in orders { inputs += order.ties }
        guard !inputs.isEmpty || nextRef > 0 else { return [] }
        var last = Input(kind: .restoreCommit)
        last.user_ref = nextRef
        inputs.append(last)
        return inputs
    }
}

extension RunHeader {
    /// Which of a run's venues the orders of its instruments went to; those that are not in it, to the first.
    ///
    /// - Parameter settings: Of the header.
    static func sessions(_ settings: [String: String]) -> [Symbol: UInt8] {
        var venues: [String: UInt8] = [:]
        for place in UInt8.min...UInt8.max {
            guard let name = settings["venues.\(place).name"] else { break }
            venues[name] = place
        }
        guard venues.count > 1 else { return [:] }
        var sessions: [Symbol: UInt8] = [:]
        let (head, tail) = ("instruments.definitions.", ".venue")
        for (path, venue) in settings where path.hasPrefix(head) && path.hasSuffix(tail) {
            // Both are shown the same way, with quotes or without.
            guard let session = venues[venue], let name = settings["\(path.dropLast(tail.count)).name"],
                let symbol = Symbol(name.hasPrefix("\"") ? String(name.dropFirst().dropLast()) : name)
            else { continue }
            sessions[symbol] = session
        }
        return sessions
    }

    /// Of several venues all of them, in their order.
    var account: EarlierRuns.Account {
        var sections: [String] = []
        while settings["venues.\(sections.count).name"] != nil { sections.append("venues.\(sections.count)") }
        if sections.isEmpty { sections = ["broker"] }
        func values(_ key: String) -> String {
            // As a file would have it: what is not plain has quotes.
            sections.map { section -> String in
                let text = settings["\(section).ouch.\(key)"] ?? ""
                return text.hasPrefix("\"") ? String(text.dropFirst().dropLast()) : text
            }.joined(separator: " ")
        }
        return EarlierRuns.Account(host: values("host"), port: values("port"), username: values("username"))
    }
}

extension EarlierRuns.Account {
    init(_ settings: Settings) {
        func values(_ value: (OuchSettings) -> String) -> String {
            settings.routedVenues.map { value($0.ouch) }.joined(separator: " ")
        }
        self.init(host: values(\.host), port: values { "\($0.port)" }, username: values(\.username))
    }

    /// Nothing but what a file's name may have, and no two alike.
    var fileName: String {
        let text = "\(username)@\(host):\(port)"
        let plain = text.prefix(80).map { letter in
            let isPlain = letter.isASCII && (letter.isLetter || letter.isNumber || "@.:_-".contains(letter))
            return isPlain ? letter : "_"
        }
        let bytes = Array(text.utf8)
        // SAFETY: the array stands still during the call.
        let sum = unsafe bytes.withUnsafeBytes { unsafe Checksum.crc32c($0) }
        return String(plain) + "-" + String(sum, radix: 16)
    }
}

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
    private var risks: [String: EarlierRisk] = [:]
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
    private mutating func takeRisk(_ root: String, _ account: Account, readsDayTrades: Bool) {
        var hasStates = false
        for name in ((try? Files.list(root)) ?? []).sorted().reversed() {
            guard let utcNs = Self.utcNs(ofFolder: name) else { continue }
            let day = Self.day(utcNs, dayOffsetSeconds)
            guard day <= today, day >= today - Self.daysBackMax else { continue }
            if hasStates, !readsDayTrades { break }
            guard let left = risk(ofRun: "\(root)/\(name)", account), left.hasBegun else { continue }
            if hasStates {
                risk.add(dayTradesOf: left)
            } else {
                risk = left
                hasStates = true
            }
        }
        let file = KillStateFile.read(in: root)
        if !file.isOn { risk.lift(accountBefore: file.atUtcNs) }
    }

    /// `nil`: another account's, running, or not to be read, which is told.
    private mutating func risk(ofRun path: String, _ account: Account) -> EarlierRisk? {
        if let known = risks[path] { return known }
        do {
            guard let header = try Self.header(path), header.account == account,
                let records = try Self.records(path)
            else { return nil }
            var run = EarlierRun(before: [], dayOffsetSeconds: dayOffsetSeconds)
            while let record = try records.next() { run.take(record) }
            return run.risk
        } catch {
            warnings.append("\(path): what it left halted or restricted is unknown (\(error))")
            return nil
        }
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
    mutating func take(_ records: RunRecords, isOfThisDay: Bool) throws -> EarlierRisk {
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
        return run.risk
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
}

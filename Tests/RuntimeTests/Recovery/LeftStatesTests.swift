import Foundation
import Journal
import Model
import Plumbing
import Settings
import Testing

@testable import Runtime

// Goal: what a run left halted or restricted holds in every later run, whoever did it and since when, until a person lifts it;
// and where that is not known, everything is halted.
// Method: journals as the engine writes them, by hand, and what a start reads of them.

/// Runs below one folder, one after the other.
private final class Runs {
    let root: String
    let settings: Settings
    private var count: UInt64 = 0

    /// 2026-03-01.
    static let startUtcNs: UInt64 = 1_772_323_200_000_000_000

    init(_ text: String = "") throws {
        root = FileManager.default.temporaryDirectory.appendingPathComponent("left-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        let file = root + "/settings.yaml"
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        settings = try Settings.load(file: file, environment: [:]).settings
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    /// What a start finds.
    func start(after days: UInt64 = 0) -> EarlierRuns {
        let now = Self.startUtcNs + (days * 86_400 + 3_600) * 1_000_000_000
        return EarlierRuns(root: root, account: .init(settings), nowUtcNs: now, dayOffsetSeconds: 0)
    }

    /// The inputs with which the next run begins, and its header, from what it finds.
    struct Begun {
        var about: RunHeader
        var inputs: [Input]
        var symbols: [Symbol]
    }

    func begin(_ earlier: EarlierRuns, strategies: [String] = ["one"]) -> Begun {
        let assembly = EngineAssembly(
            settings, epoch: 1, takenOver: earlier.symbols, startUtcNs: Self.startUtcNs)
        var about = RunHeader(
            "1", assembly, StrategyDescription.examples, settings, Files.randomRunID())
        about.strategies = strategies
        let symbols = assembly.symbols
        let place = { (symbol: Symbol) in symbols.firstIndex(of: symbol).map(UInt32.init) }
        about.carriedStates = earlier.carried(instrument: place, strategies: strategies)
        return Begun(
            about: about, inputs: earlier.inputs(instrument: place, strategies: strategies), symbols: symbols)
    }

    /// One run of these records that ends in order. What is restored becomes the facts that the core makes of it.
    ///
    /// - Returns: its folder.
    @discardableResult
    func run(_ begun: Begun, _ facts: [Fact] = []) throws -> RunFolder {
        count += 1
        let folder = try RunFolder.create(
            root: root, utcNs: Self.startUtcNs + count * 1_000_000_000, runID: Files.randomRunID())
        let ringPath = root + "/ring"
        let status = JournalStatus()
        let clock = Clock.calibrated()
        let opened = try OpenedJournal(
            settings, folder, ringPath: ringPath, epoch: 1, header: try begun.about.json(), clock: clock,
            status: status)
        var start = Input(kind: .start)
        start.execution_id = Self.startUtcNs + count * 1_000_000_000
        var isTaken = opened.ring.append(&start)
        var origin = Input(kind: .restoreOrigin)
        for var input in begun.inputs {
            isTaken = opened.ring.append(&input) && isTaken
            if input.kind == InputKind.restoreOrigin.rawValue { origin = input }
            guard input.kind == InputKind.restoreState.rawValue else { continue }
            let scope = RiskScope(rawValue: input.flags)!
            var fact = Self.state(
                TradingState(rawValue: input.side)!, scope, Rule(rawValue: input.user_ref)!,
                UInt32(truncatingIfNeeded: scope == .strategy ? input.price : Int64(input.instrument)))
            fact.execution_id = input.execution_id
            fact.order_id_low = origin.execution_id
            fact.order_id_high = origin.venue_time_ns
            fact.price = origin.price
            fact.quantity = origin.quantity
            isTaken = opened.ring.append(fact) && isTaken
        }
        var up = Input(kind: .sessionUp)
        up.engine_time_ns = 5
        isTaken = opened.ring.append(&up) && isTaken
        for fact in facts { isTaken = opened.ring.append(fact) && isTaken }
        let failure = opened.thread?.stop()
        #expect(isTaken && failure == nil)
        try JournalRing.remove(path: ringPath)
        return folder
    }

    static func state(_ state: TradingState, _ scope: RiskScope, _ rule: Rule, _ index: UInt32 = 0) -> Fact {
        var fact = Fact(kind: .riskState, sequence: 1)
        fact.detail = UInt32(state.rawValue) | UInt32(scope.rawValue) << 8 | rule.rawValue << 16
        if scope == .instrument { fact.instrument = index }
        if scope == .strategy { fact.strategy = UInt16(index) }
        return fact
    }

    static func name(_ symbol: String, _ index: UInt32) -> String {
        "{\"instrument\":\(index),\"symbol\":\"\(symbol)\"}"
    }

    /// The journal's only file.
    func file(_ folder: RunFolder) throws -> String {
        folder.journalPath + "/" + (try #require(try Files.list(folder.journalPath).first))
    }
}

private func ofUnknown(_ earlier: EarlierRuns) -> EarlierRisk.Standing? {
    earlier.risk.standing.first { $0.key.rule == Rule.statesUnknown.rawValue }?.value
}

/// The restart after the restart has it too, with everything that was said of it, whether a feed told of the instrument or
/// not; and so has one after weeks.
@Test func statesOutliveAnyNumberOfRuns() throws {
    let runs = try Runs("instruments: {symbols: [AAA]}")
    let ann = OperatorName("ann")!
    var begun = runs.begin(runs.start())
    var fact = Runs.state(.reduceOnly, .instrument, .operatorSaid, 0)
    fact.orderID = OrderID(high: ann.high, low: ann.low)
    var rejects = Runs.state(.reduceOnly, .account, .consecutiveRejects)
    (rejects.price, rejects.quantity) = (10, 11)
    try runs.run(begun, [fact, rejects])
    let since = Runs.startUtcNs + 1_000_000_005
    for round in 1...4 {
        let earlier = runs.start(after: UInt64(round * 20))
        #expect(earlier.warnings.isEmpty, "\(earlier.warnings)")
        #expect(earlier.risk.standing.count == 2, "round \(round)")
        for (cause, standing) in earlier.risk.standing {
            #expect(standing.atUtcNs == since, "round \(round)")
            if cause.scope == .instrument {
                #expect(cause.name == "AAA" && standing.by == ann)
            } else {
                #expect(standing.limit == 10 && standing.value == 11)
            }
        }
        begun = runs.begin(earlier)
        #expect(begun.inputs.count { $0.kind == InputKind.restoreState.rawValue } == 2)
        try runs.run(begun)
    }
}

/// The same of an instrument that is in no settings: the feed of the first run told of it, that of the others never does.
@Test func statesOfDiscoveredInstrumentsOutliveAnyNumberOfRuns() throws {
    let runs = try Runs()
    var risk = EarlierRisk(dayOffsetSeconds: 0)
    risk.take(
        Runs.state(.halted, .instrument, .operatorSaid, 7), symbol: { _ in nil }, strategy: { _ in nil })
    #expect(risk.standing.isEmpty && risk.unnamedCount == 1)
    risk.name(7, "SPNAA")
    #expect(risk.standing.keys.map(\.name) == ["SPNAA"] && risk.unnamedCount == 0)

    var begun = runs.begin(runs.start())
    begun.about.instruments = ["OTHER", "SPNAA"]
    try runs.run(begun, [Runs.state(.halted, .instrument, .operatorSaid, 1)])
    for round in 1...3 {
        let earlier = runs.start()
        #expect(earlier.symbols.map(\.description) == ["SPNAA"], "round \(round)")
        begun = runs.begin(earlier)
        #expect(begun.symbols == [Symbol("SPNAA")!] && begun.about.instruments == ["SPNAA"])
        #expect(begun.inputs.contains { $0.kind == InputKind.restoreState.rawValue && $0.instrument == 0 })
        try runs.run(begun)
    }
    // A lift is the end of it.
    begun = runs.begin(runs.start())
    try runs.run(begun, [Runs.state(.normal, .instrument, .operatorSaid, 0)])
    #expect(runs.start().risk.standing.isEmpty)
    // A name that the journal never tells leaves nobody knows what restricted.
    begun.about.instruments = nil
    begun.inputs = []
    try runs.run(begun, [Runs.state(.halted, .instrument, .operatorSaid, 9)])
    #expect(ofUnknown(runs.start()) != nil)
}

/// A strategy that a run does not have, and an instrument that it has no room for, are still stopped in the run after it.
@Test func statesThatCannotBePutInForceAreHandedOn() throws {
    let runs = try Runs("instruments: {symbols: [AAA], max_count: 1}")
    var begun = runs.begin(runs.start())
    begun.about.instruments = ["AAA", "BBB"]
    try runs.run(
        begun,
        [
            Runs.state(.halted, .strategy, .operatorSaid, 0),
            Runs.state(.reduceOnly, .instrument, .operatorSaid, 1),
        ])
    for _ in 1...2 {
        begun = runs.begin(runs.start(), strategies: ["two"])
        #expect(begun.symbols == [Symbol("AAA")!] && begun.about.carriedStates?.count == 2)
        #expect(!begun.inputs.contains { $0.kind == InputKind.restoreState.rawValue })
        try runs.run(begun)
    }
    begun = runs.begin(runs.start(), strategies: ["two", "one"])
    let restored = begun.inputs.filter { $0.kind == InputKind.restoreState.rawValue }
    #expect(restored.map(\.flags) == [RiskScope.strategy.rawValue] && restored.map(\.price) == [1])
}

/// A journal that is damaged, cut or emptied may have lost a halt: the account is halted, by a cause that says so, and stays it
/// until a person lifts it. One that ends in order, or whose ring is there, is no doubt.
@Test(arguments: ["whole", "salvaged", "damaged", "cut", "cut with its ring", "emptied", "removed"])
func aJournalThatCannotBeTrustedHalts(_ kind: String) throws {
    let runs = try Runs()
    var begun = runs.begin(runs.start())
    let fill = (0..<2_000).map { _ in Fact(kind: .orderSubmitted, sequence: 1) }
    let folder = try runs.run(begun, [Runs.state(.halted, .account, .operatorSaid)] + fill)
    let path = try runs.file(folder)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    /// As it is after `kill -9`: no end, and what the ring held is in a file beside it.
    func salvage(cutTo count: Int, holdsAll: Bool) throws {
        func end() throws -> UInt64 {
            let reader = try JournalReader(folder: folder.journalPath)
            while try reader.next() != nil {}
            return reader.endPosition
        }
        let whole = try end()
        try Files.truncate(path, to: count)
        let position = holdsAll ? try end() : whole
        let ring = SalvagedRing(runID: folder.runID, epoch: 1, firstPosition: position, bytes: [])
        try Files.replace("\(folder.path)/\(SalvagedFile.name)", with: SalvagedFile.bytes(ring))
    }
    switch kind {
    case "salvaged": try salvage(cutTo: bytes.count - 4_096, holdsAll: true)
    case "damaged":
        var damaged = bytes
        damaged[5_000] ^= 1
        try damaged.write(to: URL(fileURLWithPath: path))
    case "cut": try Files.truncate(path, to: bytes.count / 4_096 / 2 * 4_096)
    case "cut with its ring": try salvage(cutTo: bytes.count / 4_096 / 2 * 4_096, holdsAll: false)
    case "emptied": try Files.truncate(path, to: 0)
    case "removed":
        try Files.remove(path)
        try Data("{\"journalBytes\":5,\"ending\":\"stopped\",\"openOrders\":[]}".utf8).write(
            to: URL(fileURLWithPath: folder.path + "/report.json"))
    default: break
    }
    let isSure = kind == "whole" || kind == "salvaged"
    let earlier = runs.start()
    #expect((ofUnknown(earlier) == nil) == isSure, "\(earlier.warnings)")
    guard !isSure else {
        #expect(earlier.risk.standing.count == 1)
        return
    }
    #expect(ofUnknown(earlier)?.state == TradingState.halted.rawValue)
    let said = earlier.warnings.contains { $0.contains(folder.path) && $0.contains("spinetail lift") }
    #expect(said, "\(earlier.warnings)")

    // The next run's journal is whole, and what it took over holds on.
    begun = runs.begin(earlier)
    try runs.run(begun)
    let next = runs.start()
    #expect(ofUnknown(next) != nil && !next.warnings.contains { $0.contains("spinetail lift") })
    // Until it is lifted.
    let lifted = next.risk.standing.keys.map { cause in
        Runs.state(.normal, cause.scope, Rule(rawValue: cause.rule)!)
    }
    try runs.run(runs.begin(next), lifted)
    #expect(runs.start().risk.standing.isEmpty)
}

/// Limits that a run was given while it ran are told at the next start where the settings do not have them.
@Test func limitsOfARunThatHasEndedAreTold() throws {
    let runs = try Runs("risk: {max_open_orders: 60}")
    func changed(_ value: Int64) -> Fact {
        var fact = Fact(kind: .limitChanged, sequence: 1)
        fact.detail = UInt32(LimitKind.openOrderCountMax.rawValue)
        fact.quantity = value
        return fact
    }
    func told() throws -> [String] {
        let assembly = EngineAssembly(runs.settings, epoch: 1)
        return runs.start().limitWarnings(
            assembly.limits(strategyNames: []), strategies: [], currency: "USD")
    }
    try runs.run(runs.begin(runs.start()), [changed(50), changed(33)])
    let lines = try told()
    #expect(lines.count == 1 && lines[0].contains("risk.max_open_orders: 33 then, 60 now"), "\(lines)")
    // One that the settings have by now is no news; and the run after it was told.
    try runs.run(runs.begin(runs.start()), [changed(33), changed(60)])
    #expect(try told().isEmpty)
    try runs.run(runs.begin(runs.start()))
    #expect(try told().isEmpty)
}

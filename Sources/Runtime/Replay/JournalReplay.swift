public import Core
public import Feeds
internal import Foundation
public import Journal
public import Memory
internal import Model
internal import Settings

/// Decides a recorded run again and compares: a fresh core and fresh strategies are given every input of a journal, and
/// what they decide must be what was recorded, fact for fact and byte for byte, the digests of the state among them.
///
///     journal ─▶ input, packet ─▶ feed ▸ core ▸ strategies ─▶ facts ─┐
///            └─▶ fact ──────────────────────────────────────────────▶ the same?
///
/// Nothing else comes in: no clock, no network, no topology. A run recorded in one topology therefore replays like one
/// recorded in the other. What was sent, and when, are inputs too.
///
/// - Requires: the strategies of the build that recorded; others decide otherwise, and that is the difference found.
/// - Threads: one.
public struct JournalReplay<Strategies: StrategySet & ~Copyable>: ~Copyable {
    private var core: TradingCore
    private var strategies: Strategies
    private var feeds: FixedList<MarketFeed>
    /// Facts of the last input that the journal has not shown yet.
    private var waiting: [Fact] = []
    private var nextWaiting = 0
    private var lastSequence: UInt64 = 0
    private var lastTimeNs: UInt64 = 0
    public private(set) var outcome = ReplayOutcome()

    public init(
        core: consuming TradingCore, strategies: consuming Strategies, feeds: consuming FixedList<MarketFeed>
    ) {
        self.core = core
        self.strategies = strategies
        self.feeds = feeds
    }

    /// All records of a journal, up to the first difference.
    public mutating func run(_ reader: JournalReader) throws(JournalError) -> ReplayOutcome {
        while let record = try reader.next(), take(record) {}
        return finish()
    }

    /// The next record. `false`: there is a difference, and nothing behind it means anything.
    public mutating func take(_ record: JournalRecord) -> Bool {
        guard outcome.difference == nil, !outcome.isHalted else { return false }
        if let input = record.input {
            // SAFETY: the record stands until the reader is asked for the next.
            unsafe take(input, record.type == .packet ? record.payload : nil)
        } else if let fact = record.fact {
            take(fact)
        }
        return outcome.difference == nil && !outcome.isHalted
    }

    /// Behind the last record.
    ///
    /// - Parameter isCut: The journal ends where its machine did: facts of the last input may be missing.
    public mutating func finish(isCut: Bool = false) -> ReplayOutcome {
        if !isCut { noteMissing() }
        outcome.digest = core.digest()
        return outcome
    }

    // MARK: Facts

    private mutating func take(_ recorded: Fact) {
        guard nextWaiting < waiting.count else {
            return differ(.fact(recorded: recorded, replayed: nil), at: recorded.sequence)
        }
        let replayed = waiting[nextWaiting]
        guard Self.bytes(recorded) == Self.bytes(replayed) else {
            return differ(.fact(recorded: recorded, replayed: replayed), at: recorded.sequence)
        }
        nextWaiting += 1
        outcome.facts += 1
        if recorded.kind == FactKind.digest.rawValue { outcome.digests += 1 }
    }

    /// Facts of the last input that the journal does not have.
    private mutating func noteMissing() {
        guard outcome.difference == nil, !outcome.isHalted, nextWaiting < waiting.count else { return }
        let fact = waiting[nextWaiting]
        differ(.fact(recorded: nil, replayed: fact), at: fact.sequence)
    }

    private mutating func differ(_ what: ReplayDifference.What, at sequence: UInt64) {
        outcome.difference = ReplayDifference(
            sequence: sequence, factNumber: nextWaiting + 1, what: what)
    }

    private static func bytes(_ fact: Fact) -> [UInt8] {
        var copy = fact
        // SAFETY: plain bytes, copied.
        return unsafe withUnsafeBytes(of: &copy) { unsafe Array($0) }
    }

    // MARK: Inputs

    private mutating func take(_ given: Input, _ packet: UnsafeRawBufferPointer?) {
        var input = given
        guard let kind = InputKind(rawValue: input.kind) else {
            return differ(.input(input, "is of no kind"), at: input.sequence)
        }
        // The engine leaves a packet in the middle when its journal takes nothing any more: what it recorded of the last
        // input before is not all that the input brings about.
        if kind == .journalPressure, input.flags & 2 != 0 {
            outcome.isHalted = true
            return
        }
        noteMissing()
        guard outcome.difference == nil else { return }
        guard input.sequence == lastSequence + 1 else {
            return differ(.input(input, "follows input \(lastSequence)"), at: input.sequence)
        }
        guard input.engine_time_ns >= lastTimeNs else {
            return differ(.input(input, "runs back in time"), at: input.sequence)
        }
        guard unsafe (kind == .marketPacket) == (packet != nil) else {
            return differ(.input(input, "has the wrong record"), at: input.sequence)
        }
        lastSequence = input.sequence
        lastTimeNs = input.engine_time_ns
        outcome.inputs += 1
        waiting.removeAll(keepingCapacity: true)
        nextWaiting = 0
        if let packet = unsafe packet {
            // SAFETY: lent on as it was lent.
            unsafe apply(&input, packet)
        } else {
            if kind == .feedRestarted, Int(input.source) < feeds.count {
                feeds[Int(input.source)].resumeAnew()
            }
            core.begin(&input)
            core.input(&input, &strategies)
            collect()
        }
    }

    /// As the engine applies one: message for message, its facts taken after each.
    private mutating func apply(_ input: inout Input, _ packet: UnsafeRawBufferPointer) {
        let stream = Int(input.source)
        guard stream < feeds.count else {
            return differ(.input(input, "is of a stream that the settings do not have"), at: input.sequence)
        }
        // SAFETY: the packet stands until its messages are taken, below.
        guard unsafe feeds[stream].resume(packet, at: input.execution_id) else {
            return differ(
                .input(input, "is a packet without message \(input.execution_id)"), at: input.sequence)
        }
        outcome.packets += 1
        core.begin(&input)
        var event = MarketEvent()
        while feeds[stream].next(&event) {
            core.market(&event, &strategies)
            collect()
        }
    }

    private mutating func collect() {
        for index in 0..<core.facts.count { waiting.append(core.facts[index]) }
        core.facts.clear()
        core.commands.clear()
    }
}

extension JournalReplay where Strategies: ~Copyable & Sendable {
    /// A replay of the run whose journal begins with this text (the first record's), from the settings in it.
    public init(header text: String, _ program: StrategyProgram<Strategies>) throws {
        let header = try JSONDecoder().decode(RunHeader.self, from: Data(text.utf8))
        let settings = try Settings.restored(from: header.settings, strategies: program.descriptions)
        let assembly = EngineAssembly(
            settings, epoch: header.epoch, takenOver: (header.takenOver ?? []).compactMap { Symbol($0) },
            startUtcNs: header.startUtcNs ?? 0)
        self.init(
            core: TradingCore(assembly.core(strategyNames: header.strategies).fitted(to: Strategies.self)),
            strategies: program.make(settings), feeds: assembly.feeds())
    }

    /// Replays the run in a folder.
    public static func run(folder: String, _ program: StrategyProgram<Strategies>) throws -> ReplayOutcome {
        let reader = try JournalReader(folder: folder + "/journal")
        guard let first = try reader.next(), let text = first.text else {
            throw JournalError.unreadable("the journal in \(folder) does not begin with a run's header")
        }
        var replay = try JournalReplay(header: text, program)
        return try replay.run(reader)
    }
}

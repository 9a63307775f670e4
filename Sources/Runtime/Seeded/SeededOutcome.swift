public import Core
public import Simulation

/// What one seeded session came to: two runs of the same seed must agree in all of it.
public struct SeededOutcome: Sendable {
    public var seed: UInt64 = 0
    /// The files of the last start's journal as the disk holds them.
    public var files: [(path: String, bytes: [UInt8])] = []
    /// What the starts before it left.
    public var earlier: [SeededRun] = []
    public var digest: UInt64 = 0
    public var engine = EngineCounters()
    public var core = CoreCounters()
    public var network = NetworkCounters()
    public var tally = SeededTally()
    /// What was found wrong, in words; empty: nothing.
    public var violations: [String] = []
    /// When the session ended, in virtual time.
    public var endNs: UInt64 = 0

    public init() {}
}

/// What the audit counted in the journal and at the venue: proof that the sessions did what they are for.
public struct SeededTally: Sendable, Equatable {
    public var inputs = 0
    public var facts = 0
    public var packets = 0
    public var marketMessages = 0
    public var orders = 0
    public var fills = 0
    public var cancels = 0
    public var venueRejects = 0
    public var riskRejects = 0
    public var sendsFailed = 0
    public var inDoubt = 0
    /// Orders found never to have reached the venue.
    public var neverReceived = 0
    public var drops = 0
    public var recoveries = 0
    public var gaps = 0
    public var gapsMended = 0
    public var duplicates = 0
    public var busts = 0
    public var disputes = 0
    /// Sessions whose journal failed, so that the engine halted.
    public var halts = 0
    /// Orders that were open when the engine learned of it, and those that still were when it ended.
    public var openAtHalt = 0
    public var openAfterHalt = 0
    /// Records of halted engines that only the ring had.
    public var recordsFromRing = 0
    /// Deaths of the engine, and orders that its next starts took over.
    public var deaths = 0
    public var restored = 0
    /// Trades that the venue mended.
    public var corrections = 0
    public var operatorCommands = 0
    /// Of those: the kill switch.
    public var kills = 0
    public var replaces = 0
    public var replacesDone = 0
    public var replacesRefused = 0
    public var held = 0
    public var triggered = 0
    public var timedOut = 0
    public var expired = 0
    public var retries = 0
    public var links = 0
    public var cancelsRefused = 0
    /// Comparisons with the venue's books, and what they found.
    public var reconciliations = 0
    public var reconciliationsFailed = 0
    public var differences = 0

    public init() {}

    /// What only the core counts.
    mutating func take(_ counters: CoreCounters) {
        replaces += Int(counters.replacesSent)
        replacesDone += Int(counters.replacesDone)
        reconciliations += Int(counters.reconciliations)
        differences += Int(counters.differences)
    }

    public mutating func add(_ other: SeededTally) {
        inputs += other.inputs
        facts += other.facts
        packets += other.packets
        marketMessages += other.marketMessages
        orders += other.orders
        fills += other.fills
        cancels += other.cancels
        venueRejects += other.venueRejects
        riskRejects += other.riskRejects
        sendsFailed += other.sendsFailed
        inDoubt += other.inDoubt
        neverReceived += other.neverReceived
        drops += other.drops
        recoveries += other.recoveries
        gaps += other.gaps
        gapsMended += other.gapsMended
        duplicates += other.duplicates
        busts += other.busts
        disputes += other.disputes
        halts += other.halts
        openAtHalt += other.openAtHalt
        openAfterHalt += other.openAfterHalt
        recordsFromRing += other.recordsFromRing
        deaths += other.deaths
        restored += other.restored
        corrections += other.corrections
        operatorCommands += other.operatorCommands
        kills += other.kills
        replaces += other.replaces
        replacesDone += other.replacesDone
        replacesRefused += other.replacesRefused
        held += other.held
        triggered += other.triggered
        timedOut += other.timedOut
        expired += other.expired
        retries += other.retries
        links += other.links
        cancelsRefused += other.cancelsRefused
        reconciliations += other.reconciliations
        reconciliationsFailed += other.reconciliationsFailed
        differences += other.differences
    }
}

public import Core
public import Model
public import Plumbing
public import Matching
public import Simulation

/// What one seeded session is made of, all of it drawn from its seed.
public struct SeededPlan: Sendable, Equatable {
    public enum Level: UInt8, Sendable { case mild, medium, harsh }

    /// Something that goes wrong, or stops going wrong, at a time.
    public enum Action: Sendable, Equatable {
        /// The venue rejects the next so many orders.
        case reject(Int)
        /// The venue holds its reports back.
        case reportDelay(UInt64)
        case outageBegins, outageEnds
        /// Every connection breaks.
        case breakConnections
        /// The venue drops its clients.
        case venueDrops
        /// The venue breaks its latest trade with us.
        case bust
        // From here on each `pick` says which of those that there are, round and round.
        /// The venue breaks one of its trades with us.
        case bustOf(pick: UInt64)
        /// It mends one: the stream tells of a broken trade, and the back office alone of what came in its place.
        case correct(pick: UInt64)
        /// It takes one of our orders off, whole or in part.
        case cancelsUnasked(pick: UInt64, part: Bool)
        case restates(pick: UInt64)
        /// Cancels and replacements wait, or are refused, or are carried out again.
        case handlesCancels(ExchangeCancelHandling, instrument: Int)
        case halts(instrument: Int), resumes(instrument: Int)
        /// The venue rejects the next so many orders and replacements for this reason.
        case rejectFor(reason: UInt16, Int)
        /// An operator speaks.
        case operates(OperatorCommand, pick: UInt64)
        /// The engine is no more. `keepsRing`: the next start finds what its journal had not on the disk yet; else the
        /// machine went with it.
        case engineDies(keepsRing: Bool)
        case engineStarts
        /// Somebody else enters an order in the first instrument.
        case enters(Side, price: Int64, quantity: UInt32)
    }

    public struct Step: Sendable, Equatable {
        public var atNs: UInt64
        public var action: Action
    }

    /// What is wrong with the journal's disk.
    public enum DiskTrouble: Sendable, Equatable {
        case none
        /// One operation (creation, write or sync) goes wrong.
        case fault(operation: Int, SeededDisk.Fault)
        /// There is room for the first segment only.
        case full
    }

    /// What the core is set to.
    public struct Core: Sendable, Equatable {
        public var orderTimeoutNs: UInt64 = 0
        public var timesOutGoodTillCancelled = false
        public var answerTimeoutNs: UInt64 = 5_000_000_000
        public var doubtAlertNs: UInt64 = 0
        public var remainderPolicy = RemainderPolicy.keep
        public var retryCountMax = 0
        public var retryDelayNs: UInt64 = 1_000_000
        public var messagesPerSecond: Int64 = 0
        public var messageBurst: Int64 = 100
        public var reconciliationNs: UInt64 = 0
        public var reconciliationDelayNs: UInt64 = 1_000_000_000
        public var costMethod = CostMethod.average
        public var commissionHundredthBps: Int64 = 0
    }

    /// What the venue is like.
    public struct Venue: Sendable, Equatable {
        public var selfTrade = SelfTrade.allowed
        public var answersLateRequests = false
        public var tellsDeadOrders = false
        public var cancelsOnDisconnect = false
    }

    public let seed: UInt64
    public let level: Level
    public let startNs: UInt64 = 34_200_000_000_000
    /// From here on nothing goes wrong any more.
    public let quietNs: UInt64
    public let faults: NetworkFaults
    public let steps: [Step]
    public let disk: DiskTrouble
    public let messagesPerSecond: UInt64
    public let traderEveryQuotes: UInt64
    public let core: Core
    public let venue: Venue
    /// What the venue's back office does wrong; `nil`: it has none.
    public let backOffice: BackOfficeFaults?
    /// How often the engine dies and is started anew.
    public let deathCount: Int
    /// Nobody else trades but by the steps, and the trader plays its one piece: see ``SeededTrader/init(rehearsing:)``.
    public let isRehearsal: Bool
    /// The market maker and the cross of averages trade beside the others; no seed asks for it.
    public var runsAllExamples = false
    /// What the venue's stream has told before a connection is lost to who has not heard it by the next.
    public let forgetsStream: Bool

    /// The back office vouches for what is not so. Whoever believes it is wrong with it.
    public var backOfficeLies: Bool {
        guard let backOffice else { return false }
        return backOffice.missingEvery + backOffice.wrongQuantityEvery + backOffice.staleUnseenEvery > 0
    }

    public init(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        self.seed = seed
        let level: Level = random.below(3) == 0 ? .mild : random.below(2) == 0 ? .medium : .harsh
        self.level = level
        let lengthNs = 600_000_000 + random.below(1_400_000_000)
        quietNs = startNs + lengthNs
        messagesPerSecond = 1_000 + random.below(2_500)
        traderEveryQuotes = 4 + random.below(16)
        // Chances grow with the level; each is drawn, so that sessions differ in what they suffer from.
        let scale: UInt64 = level == .mild ? 1 : level == .medium ? 4 : 16
        var faults = NetworkFaults()
        faults.lossPerMillion = random.below(6_000 * scale)
        faults.duplicatePerMillion = random.below(6_000 * scale)
        faults.latePerMillion = random.below(10_000 * scale)
        faults.lateNsMax = 200_000 + random.below(6_000_000)
        faults.refusePerMillion = random.below(25_000 * scale)
        faults.silentConnectPerMillion = random.below(10_000 * scale)
        faults.breakPerMillion = random.below(60_000 * scale)
        faults.breakByteMax = 500 + random.below(20_000)
        faults.halfOpenPerMillion = random.below(40_000 * scale)
        faults.shortSendPerMillion = random.below(25_000 * scale)
        faults.fullNsMax = 1_000_000 + random.below(60_000_000)
        faults.splitPerMillion = random.below(60_000 * scale)
        self.faults = faults
        var steps: [Step] = []
        let begin = startNs
        func time(_ random: inout SeededRandom) -> UInt64 {
            begin + 20_000_000 + random.below(lengthNs - 40_000_000)
        }
        for _ in 0..<random.below(2 + scale / 4) {
            steps.append(Step(atNs: time(&random), action: .reject(1 + Int(random.below(5)))))
        }
        for _ in 0..<random.below(2 + scale / 4) {
            let atNs = time(&random)
            steps.append(Step(atNs: atNs, action: .reportDelay(100_000 + random.below(40_000_000))))
            steps.append(Step(atNs: atNs + random.below(200_000_000), action: .reportDelay(0)))
        }
        for _ in 0..<random.below(1 + scale / 4) {
            let atNs = time(&random)
            steps.append(Step(atNs: atNs, action: .outageBegins))
            steps.append(Step(atNs: atNs + 1_000_000 + random.below(120_000_000), action: .outageEnds))
        }
        for _ in 0..<random.below(2 + scale / 3) {
            steps.append(Step(atNs: time(&random), action: .breakConnections))
        }
        for _ in 0..<random.below(1 + scale / 4) {
            steps.append(Step(atNs: time(&random), action: .venueDrops))
        }
        for _ in 0..<random.below(3) { steps.append(Step(atNs: time(&random), action: .bust)) }
        // Drawn behind all before: what came first is the same session with and without it.
        switch random.below(16) {
        case 0: disk = .full
        case 1, 2: disk = .fault(operation: 1 + Int(random.below(900)), .failure(.ioError))
        case 3: disk = .fault(operation: 1 + Int(random.below(900)), .failure(.noSpace))
        case 4, 5: disk = .fault(operation: 1 + Int(random.below(900)), .shortWrite)
        default: disk = .none
        }
        core = Self.core(&random)
        venue = Self.venue(&random)
        let backOffice = Self.backOffice(&random)
        self.backOffice = backOffice
        let lies =
            backOffice.map { $0.missingEvery + $0.wrongQuantityEvery + $0.staleUnseenEvery > 0 } ?? false
        // What only a back office tells, and one that lies may never tell.
        let corrects = backOffice != nil && !lies
        for _ in 0..<random.below(2 + scale / 2) {
            let pick = random.next()
            switch random.below(8) {
            case 0, 1: steps.append(Step(atNs: time(&random), action: .bustOf(pick: pick)))
            case 2, 3: if corrects { steps.append(Step(atNs: time(&random), action: .correct(pick: pick))) }
            case 4, 5:
                let part = random.below(2) == 0
                steps.append(Step(atNs: time(&random), action: .cancelsUnasked(pick: pick, part: part)))
            default: steps.append(Step(atNs: time(&random), action: .restates(pick: pick)))
            }
        }
        for _ in 0..<random.below(1 + scale / 4) {
            let instrument = Int(random.below(3))
            let atNs = time(&random)
            let endNs = atNs + random.below(200_000_000)
            if random.below(3) == 0 {
                steps.append(Step(atNs: atNs, action: .halts(instrument: instrument)))
                steps.append(Step(atNs: endNs, action: .resumes(instrument: instrument)))
            } else {
                let handling: ExchangeCancelHandling = random.below(2) == 0 ? .waits : .refused
                steps.append(Step(atNs: atNs, action: .handlesCancels(handling, instrument: instrument)))
                steps.append(Step(atNs: endNs, action: .handlesCancels(.atOnce, instrument: instrument)))
            }
        }
        for _ in 0..<random.below(2 + scale / 4) {
            let reasons: [UInt16] = [0x000a, 0x0028, 0x0029, 0x0002, 0x0007, 0x000f, 0x0999]
            let reason = reasons[Int(random.below(UInt64(reasons.count)))]
            steps.append(
                Step(atNs: time(&random), action: .rejectFor(reason: reason, 1 + Int(random.below(4)))))
        }
        for _ in 0..<random.below(3 + scale / 2) {
            let commands: [OperatorCommand] = [
                .cancelOrder, .cancelOrder, .replaceOrder, .replaceOrder, .cancelAll, .closePosition,
                .flatten,
                .reconcile, .acceptDispute,
            ]
            let command = commands[Int(random.below(UInt64(commands.count)))]
            steps.append(
                Step(atNs: time(&random), action: .operates(command, pick: random.next())))
        }
        // One in three sessions has starts anew; not where the journal's disk fails, which ends a session by itself.
        var deaths = 0
        if disk == .none, random.below(3) == 0 {
            var atNs = begin + 40_000_000 + random.below(lengthNs / 2)
            for _ in 0..<1 + random.below(2) {
                steps.append(Step(atNs: atNs, action: .engineDies(keepsRing: random.below(2) == 0)))
                atNs += 5_000_000 + random.below(100_000_000)
                steps.append(Step(atNs: atNs, action: .engineStarts))
                atNs += 60_000_000 + random.below(lengthNs / 3)
                deaths += 1
            }
        }
        // One in four sessions is killed for a while; in one of four somebody sets what a scope may do, and lifts it again.
        if random.below(4) == 0 {
            let atNs = time(&random)
            let endNs = min(atNs + 1_000_000 + random.below(150_000_000), quietNs - 1)
            steps.append(Step(atNs: atNs, action: .operates(.kill, pick: 0)))
            steps.append(Step(atNs: endNs, action: .operates(.lift, pick: 0)))
        }
        if random.below(4) == 0 {
            let (atNs, pick) = (time(&random), random.next())
            let endNs = min(atNs + 1_000_000 + random.below(150_000_000), quietNs - 1)
            steps.append(Step(atNs: atNs, action: .operates(.setState, pick: pick)))
            steps.append(Step(atNs: endNs, action: .operates(.lift, pick: pick)))
        }
        deathCount = deaths
        self.steps = steps
        isRehearsal = false
        forgetsStream = false
    }

    /// One order's whole life, entered, partly executed, replaced, executed again, cancelled, over connections that break
    /// where they are told to.
    public init(
        cuts: [NetworkFaults.Cut], seed: UInt64, hasBackOffice: Bool, forgetsStream: Bool, retryCountMax: Int
    ) {
        self.seed = seed
        level = .harsh
        quietNs = startNs + 450_000_000
        var faults = NetworkFaults()
        faults.cuts = cuts
        faults.halfOpenPerMillion = 250_000
        self.faults = faults
        let begin = startNs + 1_000_000
        steps = [
            Step(atNs: begin, action: .enters(.buy, price: 999_000, quantity: 500)),
            Step(atNs: begin, action: .enters(.sell, price: 1_001_000, quantity: 40)),
            Step(atNs: begin, action: .enters(.sell, price: 1_003_000, quantity: 500)),
            Step(atNs: begin + 30_000_000, action: .enters(.sell, price: 1_000_000, quantity: 30)),
        ]
        disk = .none
        messagesPerSecond = 0
        traderEveryQuotes = 1
        var core = Core()
        core.answerTimeoutNs = 30_000_000
        core.retryCountMax = retryCountMax
        core.reconciliationNs = 40_000_000
        core.reconciliationDelayNs = 100_000_000
        self.core = core
        venue = Venue()
        backOffice = hasBackOffice ? BackOfficeFaults() : nil
        deathCount = 0
        isRehearsal = true
        self.forgetsStream = forgetsStream
    }

    private static func core(_ random: inout SeededRandom) -> Core {
        var core = Core()
        if random.below(2) == 0 { core.orderTimeoutNs = 20_000_000 + random.below(600_000_000) }
        core.timesOutGoodTillCancelled = random.below(2) == 0
        core.answerTimeoutNs = 5_000_000 + random.below(random.below(2) == 0 ? 60_000_000 : 1_000_000_000)
        core.doubtAlertNs = random.below(2) == 0 ? 0 : 20_000_000 + random.below(400_000_000)
        core.remainderPolicy = RemainderPolicy.allCases[Int(random.below(3))]
        core.retryCountMax = Int(random.below(4))
        core.retryDelayNs = 500_000 + random.below(60_000_000)
        if random.below(2) == 0 {
            core.messagesPerSecond = 100 + Int64(random.below(2_000))
            core.messageBurst = 8 + Int64(random.below(64))
        }
        core.reconciliationNs = random.below(3) == 0 ? 0 : 30_000_000 + random.below(500_000_000)
        core.reconciliationDelayNs = 150_000_000 + random.below(400_000_000)
        core.costMethod = random.below(2) == 0 ? .average : .firstInFirstOut
        core.commissionHundredthBps = Int64(random.below(3)) * 35
        return core
    }

    private static func venue(_ random: inout SeededRandom) -> Venue {
        var venue = Venue()
        let ways: [SelfTrade] = [.allowed, .cancelNewest, .cancelOldest, .decrementBoth]
        venue.selfTrade = ways[Int(random.below(4))]
        venue.answersLateRequests = random.below(3) == 0
        venue.tellsDeadOrders = random.below(3) == 0
        venue.cancelsOnDisconnect = random.below(4) == 0
        return venue
    }

    private static func backOffice(_ random: inout SeededRandom) -> BackOfficeFaults? {
        guard random.below(3) != 0 else { return nil }
        var faults = BackOfficeFaults()
        faults.seed = random.next()
        func every(_ random: inout SeededRandom) -> UInt64 { random.below(2) == 0 ? 0 : 4 + random.below(40) }
        faults.lateEvery = every(&random)
        faults.lateNs = 1_000_000 + random.below(400_000_000)
        faults.partialEvery = every(&random)
        faults.lostPageEvery = every(&random)
        faults.staleEvery = every(&random)
        faults.dropEvery = every(&random)
        faults.unavailableEvery = every(&random)
        if random.below(4) == 0 {
            faults.missingEvery = every(&random)
            faults.wrongQuantityEvery = every(&random)
            faults.staleUnseenEvery = every(&random)
        }
        return faults
    }
}

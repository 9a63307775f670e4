internal import Model
public import Plumbing
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

    public let seed: UInt64
    public let level: Level
    public let startNs: UInt64 = 34_200_000_000_000
    /// From here on nothing goes wrong any more.
    public let quietNs: UInt64
    public let faults: NetworkFaults
    public let steps: [Step]
    public let disk: DiskTrouble
    /// The venue cancels what works when the connection ends.
    public let cancelsOnDisconnect: Bool
    public let messagesPerSecond: UInt64
    public let traderEveryQuotes: UInt64

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
        self.steps = steps
        // Drawn last: what came before is the same session with and without it.
        switch random.below(16) {
        case 0: disk = .full
        case 1, 2: disk = .fault(operation: 1 + Int(random.below(900)), .failure(.ioError))
        case 3: disk = .fault(operation: 1 + Int(random.below(900)), .failure(.noSpace))
        case 4, 5: disk = .fault(operation: 1 + Int(random.below(900)), .shortWrite)
        default: disk = .none
        }
        cancelsOnDisconnect = random.below(2) == 0
    }
}

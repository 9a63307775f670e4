internal import Journal
public import Model
internal import Plumbing
public import Simulation

/// Compares what the engine recorded with what the venue did: the judge of a seeded session. Everything it looks at
/// is handed in as values, so that a test can hand in something wrong and see it noticed.
public struct SeededAudit {
    /// One execution, as either side has it.
    public struct Execution: Hashable, Sendable, Comparable {
        public var matchNumber: UInt64
        public var userRef: UInt32
        public var side: UInt8
        public var instrument: UInt32
        public var price: Int64
        public var quantity: Int64

        private var order: (UInt64, UInt32, UInt8, UInt32, Int64, Int64) {
            (matchNumber, userRef, side, instrument, price, quantity)
        }
        public static func < (a: Execution, b: Execution) -> Bool { a.order < b.order }
    }

    public var seed: UInt64
    /// Symbol of each instrument, by id.
    public var symbols: [Symbol]
    /// Every side of a trade of our account, as the venue booked it, busts marked.
    public var executions: [ExchangeExecution]
    public var ordersReceived: [ExchangeOrderReceived]
    /// Net position of each instrument at the end, as the engine has it.
    public var positions: [Int64]
    /// What the ring still held when the journal had failed.
    var ring: SalvagedRing?
    /// The engine halted: it has not waited for all that was on its way.
    var isHalted = false
    /// The venue told something that nobody heard, and nobody can be asked.
    var isDeaf = false
    /// What the starts before the last left.
    var earlier: [SeededRun] = []
    /// The back office vouches only for what is so.
    var believesLists = true

    public init(
        seed: UInt64, symbols: [Symbol], executions: [ExchangeExecution],
        ordersReceived: [ExchangeOrderReceived],
        positions: [Int64]
    ) {
        self.seed = seed
        self.symbols = symbols
        self.executions = executions
        self.ordersReceived = ordersReceived
        self.positions = positions
    }

    /// Reads the journal from beginning to end and compares. What is wrong goes into `violations`.
    public func check(
        _ files: [(path: String, bytes: [UInt8])], _ tally: inout SeededTally, _ violations: inout [String]
    ) {
        var walk = JournalWalk(streamCount: 1)
        do throws(JournalError) {
            let reader = RunRecords(segments: files, ring: ring)
            while let record = try reader.next() { walk.take(record) }
            walk.tally.recordsFromRing = reader.fromRingCount
            if ring == nil, reader.ending != .closed {
                walk.violations.append("the journal did not end in order")
            }
            if isHalted, !walk.sawHalt { walk.violations.append("the halt is not in the journal") }
        } catch {
            walk.violations.append("the journal cannot be read: \(error)")
        }
        violations += walk.violations
        tally.add(walk.tally)
        compareExecutions(walk, &violations)
        if isHalted || isDeaf {
            compareOwnPositions(walk, &violations)
        } else {
            comparePositions(&violations)
        }
        var walks = [walk]
        for (number, run) in earlier.enumerated() {
            walks.append(checkEarlier(run, number + 1, &tally, &violations))
        }
        checkOrders(walks, &violations)
    }

    /// What a start that died has on record is true, as far as it goes.
    private func checkEarlier(
        _ run: SeededRun, _ number: Int, _ tally: inout SeededTally, _ violations: inout [String]
    ) -> JournalWalk {
        var walk = JournalWalk(streamCount: 1)
        do throws(JournalError) {
            let reader = RunRecords(segments: run.files, ring: run.ring)
            while let record = try reader.next() { walk.take(record) }
            walk.tally.recordsFromRing = reader.fromRingCount
        } catch {
            walk.violations.append("the journal of start \(number) cannot be read: \(error)")
        }
        let known = Set(executions.map(execution))
        var booked: Set<Execution> = []
        for execution in walk.executions {
            if !known.contains(execution) || !booked.insert(execution).inserted {
                walk.violations.append(
                    "start \(number) booked what the venue does not have, or twice: \(execution)")
            }
        }
        violations += walk.violations
        tally.add(walk.tally)
        return walk
    }

    private func execution(_ theirs: ExchangeExecution) -> Execution {
        Execution(
            matchNumber: theirs.matchNumber, userRef: theirs.userRef, side: theirs.side.rawValue,
            instrument: instrument(theirs.symbol), price: theirs.price.raw, quantity: Int64(theirs.quantity))
    }

    private func instrument(_ symbol: Symbol) -> UInt32 {
        UInt32(symbols.firstIndex(of: symbol) ?? Int(UInt32.max))
    }

    /// Every execution of the venue was booked once, with its price and quantity, and no other.
    private func compareExecutions(_ walk: JournalWalk, _ violations: inout [String]) {
        let theirs = executions.map(execution).sorted()
        let ours = walk.executions.sorted()
        var (a, b) = (0, 0)
        while a < theirs.count || b < ours.count {
            if a < theirs.count, b < ours.count, theirs[a] == ours[b] {
                a += 1
                b += 1
            } else if b == ours.count || a < theirs.count && theirs[a] < ours[b] {
                // A halted engine does not wait for all that is on its way; the next start hears it.
                if !isHalted, !isDeaf { violations.append("execution lost or changed: \(theirs[a])") }
                a += 1
            } else {
                violations.append("execution booked that the venue does not have, or twice: \(ours[b])")
                b += 1
            }
        }
        let theirBusts = executions.filter(\.isBroken).map(\.matchNumber).sorted()
        if !isHalted, !isDeaf, theirBusts != walk.busts.sorted() {
            violations.append("broken trades differ: venue \(theirBusts), engine \(walk.busts.sorted())")
        }
    }

    /// What a halted engine holds is what it has recorded, neither more nor less.
    private func compareOwnPositions(_ walk: JournalWalk, _ violations: inout [String]) {
        var sums = Array(repeating: Int64(0), count: symbols.count)
        for execution in walk.executions where !walk.busts.contains(execution.matchNumber) {
            sums[Int(execution.instrument)] +=
                execution.side == Side.buy.rawValue ? execution.quantity : -execution.quantity
        }
        for (index, sum) in sums.enumerated() where positions[index] != sum {
            violations.append("position of \(symbols[index]): engine \(positions[index]), its journal \(sum)")
        }
    }

    private func comparePositions(_ violations: inout [String]) {
        var sums = Array(repeating: Int64(0), count: symbols.count)
        for execution in executions where !execution.isBroken {
            sums[Int(instrument(execution.symbol))] += execution.side.sign * Int64(execution.quantity)
        }
        for (index, sum) in sums.enumerated() where positions[index] != sum {
            violations.append("position of \(symbols[index]): engine \(positions[index]), venue \(sum)")
        }
    }

    /// No order reached the venue twice, and none that the engine says never went.
    private func checkOrders(_ walks: [JournalWalk], _ violations: inout [String]) {
        var seen = FlagsByNumber()
        var taken = FlagsByNumber()
        for order in ordersReceived {
            if order.fate == .accepted { _ = taken.mark(order.userRef) }
            // A replacement of what is gone leaves its number free, by the protocol.
            if order.fate == .repeated || order.fate != .late && !seen.mark(order.userRef) {
                violations.append("order \(order.userRef) received twice by the venue")
            }
            if walks.contains(where: { $0.notSent.contains(order.userRef) }) {
                violations.append(
                    "order \(order.userRef) is at the venue, the engine said that it was never sent")
            }
            if walks.contains(where: { $0.neverReceived.contains(order.userRef) }) {
                violations.append(
                    "order \(order.userRef) is at the venue, the engine resolved it as never received")
            }
            if believesLists, walks.contains(where: { $0.missingInList.contains(order.userRef) }) {
                violations.append(
                    "order \(order.userRef) is at the venue, the engine resolved it as in no list")
            }
            // What a machine has sent and taken the record of with it, the venue told of.
            let isLost =
                !earlier.isEmpty
                && (order.fate != .accepted || walks.contains { $0.told.contains(order.userRef) })
            if !isLost, !walks.contains(where: { $0.created.contains(order.userRef) }) {
                violations.append("order \(order.userRef) is at the venue, the engine never made it")
            }
        }
        for walk in walks {
            for (new, before) in walk.attempts {
                guard let number = walk.numbers[before], taken.contains(number) else { continue }
                violations.append(
                    "order \(number) was taken by the venue, and made again as \(walk.numbers[new] ?? 0)")
            }
        }
    }
}

/// A set of small numbers without a hash.
struct FlagsByNumber {
    private var flags: [Bool] = []

    /// `false`: it was there already.
    mutating func mark(_ number: UInt32) -> Bool {
        let index = Int(number)
        if index >= flags.count { flags += Array(repeating: false, count: index + 1 - flags.count) }
        defer { flags[index] = true }
        return !flags[index]
    }

    func contains(_ number: UInt32) -> Bool { Int(number) < flags.count && flags[Int(number)] }
}

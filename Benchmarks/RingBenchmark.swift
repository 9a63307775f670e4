import Memory
import Model
import Plumbing

/// What one hop between two cores costs, against the bare cache line.
enum RingBenchmark: Benchmark {
    static let name = "ring"
    static let what = "64-byte messages (56 bytes and their number) between two pinned cores through LineRing"
    static let why = "every thread boundary between a tick and its order costs this once"
    static let leftOut =
        "what is done with a message; the line is one line each way, measured before and after each round"

    private static let farCore = 0
    /// A line there and back takes about 100 ns where two virtual cores lie beside each other, and 400 or more where not.
    private static let nearNsMax = 200.0

    static func run(_ run: BenchmarkRun) throws -> [BenchmarkRow] {
        let clock = Clock.calibrated()
        let rounds = run.count(15, smoke: 1)
        let trips = run.count(100_000, smoke: 100)
        let messages = run.count(8_000_000, smoke: 1_000)
        var lines: [Double] = []
        var shared: [Double] = []
        var hops: [Double] = []
        var ratios: [Double] = []
        var rates: [Double] = []
        var near: [Double] = []
        var far: [Double] = []
        for _ in 0..<rounds {
            // The two cores may be moved apart at any time: each round has its own line, around it.
            let before = try line(clock, trips)
            let hop = try roundTrip(clock, trips)
            let after = try line(clock, trips)
            let line = (before + after) / 2
            lines.append(line)
            hops.append(hop)
            ratios.append(hop / line)
            shared.append(try sharedLine(clock, trips))
            let rate = try stream(clock, messages)
            rates.append(rate)
            // A stream is as fast as the pair of cores it happens to have: the line just before and just behind it.
            let around = max(after, try Self.line(clock, trips))
            if around < nearNsMax { near.append(rate) } else { far.append(rate) }
        }
        return [
            ("line_ns_p50", Figure(value: median(lines), unit: "ns"), nil),
            ("line_shared_ns_p50", Figure(value: median(shared), unit: "ns"), nil),
            ("ring_round_trip_ns_p50", Figure(value: median(hops), unit: "ns"), nil),
            ("ring_over_line", Figure(value: median(ratios), unit: "×"), .atMost(1.45)),
            ("ring_messages_per_s", Figure(value: median(rates), unit: "/s"), .atLeast(138e6)),
            ("ring_messages_per_s_min", Figure(value: quantile(rates, 0), unit: "/s"), nil),
            ("ring_messages_per_s_max", Figure(value: quantile(rates, 1), unit: "/s"), nil),
        ]
            + (near.isEmpty
                ? [] : [("ring_messages_per_s_near", Figure(value: median(near), unit: "/s"), nil)])
            + (far.isEmpty
                ? [] : [("ring_messages_per_s_far", Figure(value: median(far), unit: "/s"), nil)])
    }

    /// The median over forty groups of `trips / 40`: a group in which a core was taken away does not count.
    private static func medianTrip(_ clock: Clock, _ trips: Int, _ group: (Int, Int) -> Void) -> Double {
        let size = max(1, trips / 40)
        var means: [Double] = []
        for index in 0..<trips / size {
            let start = clock.nowNs()
            group(index * size + 1, size)
            means.append(Double(clock.nowNs() - start) / Double(size))
        }
        return median(means)
    }

    /// One line each way, each written by one side only: the least that two one-way channels can cost.
    private static func line(_ clock: Clock, _ trips: Int) throws -> Double {
        let pair = LinePair()
        let far = try EngineThread(name: "line", holding: pair) { pair in
            _ = Threads.pin(core: farCore)
            pair.pong(first: 1, count: trips)
        }
        let mean = medianTrip(clock, trips) { pair.ping(first: $0, count: $1) }
        far.join()
        return mean
    }

    /// One line that both sides write.
    private static func sharedLine(_ clock: Clock, _ trips: Int) throws -> Double {
        let pair = LinePair()
        let far = try EngineThread(name: "line", holding: pair) { pair in
            _ = Threads.pin(core: farCore)
            pair.pongShared(first: 1, count: trips)
        }
        let mean = medianTrip(clock, trips) { pair.pingShared(first: $0, count: $1) }
        far.join()
        return mean
    }

    /// A message there through one ring, and back through another.
    private static func roundTrip(_ clock: Clock, _ trips: Int) throws -> Double {
        let there = try LineRing(capacity: 256)
        let back = try LineRing(capacity: 256)
        var answers = back.reader()
        let size = max(1, trips / 40)
        let total = trips / size * size
        let far = try EngineThread(name: "echo", holding: Ends(reader: there.reader(), ring: back)) { ends in
            _ = Threads.pin(core: farCore)
            echo(&ends, total)
        }
        let mean = medianTrip(clock, trips) { first, count in
            ask(there, &answers, first, count)
        }
        far.join()
        return mean
    }

    @inline(never)
    private static func ask(
        _ there: borrowing LineRing, _ answers: inout LineRingReader, _ first: Int, _ count: Int
    ) {
        var line = RingLine()
        for number in first..<first + count {
            line.words.0 = UInt64(number)
            line.words.6 = UInt64(number)
            while !there.push(&line) {}
            while !answers.pop(into: &line) {}
            precondition(line.words.0 == UInt64(number) && line.words.6 == UInt64(number), "Invariant: ours")
        }
    }

    @inline(never)
    private static func echo(_ ends: inout Ends, _ count: Int) {
        var line = RingLine()
        for _ in 0..<count {
            while !ends.reader.pop(into: &line) {}
            while !ends.ring.push(&line) {}
        }
    }

    /// Messages as fast as they go, taken in batches.
    private static func stream(_ clock: Clock, _ count: Int) throws -> Double {
        let ring = try LineRing(capacity: 256)
        let consumer = try EngineThread(name: "consumer", holding: ring.reader()) { reader in
            _ = Threads.pin(core: farCore)
            take(&reader, count)
        }
        let start = clock.nowNs()
        send(ring, count)
        consumer.join()
        return Double(count) / Double(clock.nowNs() - start) * 1e9
    }

    @inline(never)
    private static func send(_ ring: borrowing LineRing, _ count: Int) {
        var line = RingLine()
        for number in 0..<count {
            line.words.0 = UInt64(number)
            line.words.6 = ~UInt64(number)
            while !ring.push(&line) {}
        }
    }

    @inline(never)
    private static func take(_ reader: inout LineRingReader, _ count: Int) {
        let lines = FixedArray<RingLine>(count: 16, repeating: RingLine(), for: "messages")
        var taken = 0
        while taken < count {
            // SAFETY: there is room for 16.
            let got = unsafe reader.pop(into: lines.unsafeBase, countMax: 16)
            for place in 0..<got {
                let number = UInt64(taken + place)
                precondition(
                    lines[place].words.0 == number && lines[place].words.6 == ~number,
                    "Invariant: every message, whole and in order")
            }
            taken += got
        }
    }
}

private struct Ends: ~Copyable, Sendable {
    var reader: LineRingReader
    let ring: LineRing
}

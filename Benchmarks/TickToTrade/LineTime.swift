import Plumbing

/// How long one cache line takes from this core to another and back: what any answer from there takes at least. Two
/// virtual cores may lie near each other or far apart, and not always where they lay before.
enum LineTime {
    /// Median nanoseconds there and back, of 64 batches of 128.
    static func measure(clock: Clock, peerCore: Int) -> Double {
        let there = SharedFlag()
        let back = SharedFlag()
        let peer = LinePeer(core: peerCore, there: there, back: back)
        guard let thread = try? EngineThread(name: "line", holding: peer, { $0.run() }) else { return .nan }
        var batches: [Double] = []
        var number: UInt64 = 0
        for _ in 0..<72 {
            let before = clock.nowNs()
            for _ in 0..<128 {
                number += 1
                there.value = number
                while back.view.value != number {}
            }
            batches.append(Double(clock.nowNs() - before) / 128)
        }
        there.value = .max
        thread.join()
        return median(Array(batches.dropFirst(8)))
    }
}

private struct LinePeer: Sendable {
    let core: Int
    let there: SharedFlag
    let back: SharedFlag

    func run() {
        _ = Threads.pin(core: core)
        var last: UInt64 = 0
        while true {
            let number = there.value
            guard number != last else { continue }
            if number == .max { return }
            last = number
            back.value = number
        }
    }
}

import Plumbing

/// The driver of the tick-to-trade benchmark, on its own core: sends packets when they are due, whether the last was
/// answered or not, and times each answer from when its packet was due.
struct TradeDriver {
    let clock: Clock
    /// Between two packets; more than an answer takes, so that a queue tells of a stall and not of the pace.
    let intervalNs: UInt64
    /// Bytes of an answer: an order in its frame.
    let answerByteCount: Int

    struct Block {
        var p50Ns: Double
        var p99Ns: Double
        var p999Ns: Double
        var lost: Int
    }

    /// Sends `count` packets.
    ///
    /// - Parameters:
    ///   - send: gives the next packet to the network.
    ///   - poll: bytes that have come.
    ///   - answered: after each answer was timed: what the venue has to say to it.
    func run(
        count: Int, send: () -> Void, poll: () -> Int, answered: () -> Void
    ) -> Block {
        var histogram = LatencyHistogram()
        var sent = 0
        var timed = 0
        var bytes = 0
        let begin = clock.nowNs() + intervalNs
        var giveUpNs = begin + UInt64(count) * intervalNs + 200_000_000
        while timed < count {
            let nowNs = clock.nowNs()
            if sent < count, nowNs >= begin + UInt64(sent) * intervalNs {
                send()
                sent += 1
                continue
            }
            let came = poll()
            if came > 0 {
                let arrivedNs = clock.nowNs()
                bytes += came
                while timed < sent, bytes >= answerByteCount * (timed + 1) {
                    histogram.record(arrivedNs &- (begin + UInt64(timed) * intervalNs))
                    timed += 1
                }
                answered()
            } else if nowNs > giveUpNs {
                break
            }
        }
        giveUpNs = clock.nowNs() + 1_000_000
        // What is still on its way belongs to this block.
        while clock.nowNs() < giveUpNs { if poll() > 0 { answered() } }
        return Block(
            p50Ns: Double(histogram.valueNs(atPercentile: 50)),
            p99Ns: Double(histogram.valueNs(atPercentile: 99)),
            p999Ns: Double(histogram.valueNs(atPercentile: 99.9)), lost: count - timed)
    }
}

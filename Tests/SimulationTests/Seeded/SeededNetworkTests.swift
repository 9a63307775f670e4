import Model
import Plumbing
import TestSupport
import Testing

@testable import Simulation

/// Goal: a connection never invents, doubles or reorders bytes, and after a break it delivers a prefix.
/// Method: for many seeds with every fault of connections, both sides write a counted stream; what each received is
/// a prefix of what the other sent, the whole of it where nothing broke.
@Test func connectionsDeliverPrefixes() {
    var breaks = 0
    for seed in 0..<300 as Range<UInt64> {
        var faults = NetworkFaults()
        faults.breakPerMillion = 600_000
        faults.breakByteMax = 3_000
        faults.splitPerMillion = 400_000
        faults.shortSendPerMillion = 200_000
        faults.halfOpenPerMillion = 300_000
        let network = SeededNetwork(
            seed: TestSeed.current &+ seed, startNs: 0, streamCount: 1, sessionCount: 1, faults: faults)
        var io = SeededIO(network)
        io.connect(session: 0)
        var (sent, atVenue, fromVenue, atClient): ([UInt8], [UInt8], [UInt8], [UInt8]) = ([], [], [], [])
        var venueEnded = false
        var id: Int?
        network.wake(0, atNs: 0)
        for _ in 0..<400 {
            guard let arrival = network.next() else { break }
            switch arrival {
            case .connected(let connection): id = connection
            case .bytes(_, let bytes): atVenue += bytes
            case .ended: venueEnded = true
            case .client, .request: break
            case .wake:
                if io.connection(session: 0) == .open {
                    let bytes = (0..<40).map { UInt8(truncatingIfNeeded: sent.count + $0) }
                    let taken = unsafe bytes.withUnsafeBytes { unsafe io.send(session: 0, $0) }
                    sent += bytes[..<taken]
                }
                if let id, !venueEnded {
                    let bytes = (0..<70).map { UInt8(truncatingIfNeeded: 3 * (fromVenue.count + $0)) }
                    network.send(connection: id, bytes)
                    fromVenue += bytes
                }
                if network.nowNs < 2_000_000 { network.wake(0, atNs: network.nowNs + 25_000) }
            }
            while true {
                let got = io.receive(session: 0)
                if got.isEmpty { break }
                unsafe atClient += Array(got.bytes)
            }
        }
        #expect(sent.starts(with: atVenue), "seed \(TestSeed.current) + \(seed)")
        #expect(fromVenue.starts(with: atClient), "seed \(TestSeed.current) + \(seed)")
        if network.counters.broken == 0 {
            #expect(atVenue == sent && atClient == fromVenue, "seed \(TestSeed.current) + \(seed)")
            #expect(!sent.isEmpty)
        } else {
            breaks += 1
        }
    }
    #expect(breaks > 50 && breaks < 290)
}

/// Goal: datagrams are lost, doubled and overtaken, about as often as asked, and never changed.
@Test func datagramsFailAsAsked() {
    var faults = NetworkFaults()
    faults.lossPerMillion = 100_000
    faults.duplicatePerMillion = 100_000
    faults.latePerMillion = 200_000
    let network = SeededNetwork(
        seed: TestSeed.current, startNs: 0, streamCount: 1, sessionCount: 1, faults: faults)
    var io = SeededIO(network)
    var seen: [Int] = []
    for number in 0..<2_000 {
        network.send(stream: 0, [UInt8(number >> 8), UInt8(number & 255), 7])
        network.wake(0, atNs: network.nowNs + 10_000)
        while let arrival = network.next() {
            if case .wake = arrival { break }
            let got = io.receiveDatagram(stream: 0)
            guard !got.isEmpty else { continue }
            let bytes = unsafe Array(got.bytes)
            #expect(bytes.count == 3 && bytes[2] == 7)
            seen.append(Int(bytes[0]) << 8 | Int(bytes[1]))
        }
    }
    while network.next() != nil {
        let bytes = unsafe Array(io.receiveDatagram(stream: 0).bytes)
        seen.append(Int(bytes[0]) << 8 | Int(bytes[1]))
    }
    var counts = Array(repeating: 0, count: 2_000)
    for number in seen { counts[number] += 1 }
    #expect(counts.allSatisfy { $0 <= 2 })
    #expect((100...320).contains(counts.count { $0 == 0 }))
    #expect((80...300).contains(counts.count { $0 == 2 }))
    #expect(zip(seen, seen.dropFirst()).contains { $0 > $1 })
    #expect(UInt64(seen.count) == 2_000 + network.counters.duplicated - network.counters.lost)
}

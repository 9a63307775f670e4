import Feeds
import Matching
import Model
import TestSupport
import Testing

@testable import Simulation

@Suite struct CaptureSourceTests {
    /// Goal: a survey sees the whole of the real files, and says where the capture is cut.
    @Test func surveysOfRealFiles() throws {
        guard let capture = TestData.file("iex/DEEP10_20170425.pcap.gz"),
            let itch = TestData.file("itch/ritch_synthetic_12012.itch50-zero-lengths")
        else { return }
        let first = try CaptureSource.survey(path: capture.path)
        #expect(first.kind == .deepIexTransport && first.parts == 121_314)
        #expect(first.durationNs == 17_311_150_969_000)
        #expect(first.damage?.fault == .truncated && !first.isCutOff)
        let second = try CaptureSource.survey(path: itch.path)
        #expect(second.kind == .itch && second.parts == 12_012 && second.damage == nil)
        #expect(try CaptureSource.survey(path: capture.path, bytesMax: 10_000).isCutOff)
    }

    /// Goal: the follower understands all of the real capture, and an order at a displayed price is filled. Method: the
    /// whole capture, with the counts of an independent script.
    @Test func followsTheRealCapture() throws {
        guard let capture = TestData.file("iex/DEEP10_20170425.pcap.gz") else { return }
        var source = try CaptureSource(path: capture.path)
        var follower = CaptureFollower()
        var filled: UInt32 = 0
        var packets = 0
        let symbol = Symbol("ZXIET")!
        while let part = source.next() {
            // SAFETY: the part's bytes stand until the next part.
            unsafe follower.apply(deepPacket: part.bytes)
            packets += 1
            guard packets % 50 == 0, let instrument = follower.instrument(symbol),
                let best = follower.best(instrument, .sell)
            else { continue }
            follower.enter(
                OrderEntry(
                    instrument: instrument, side: .buy, price: best.price, quantity: 100,
                    duration: .immediateOrCancel))
            for event in follower.events where event.kind == .executed { filled += event.quantity }
        }
        #expect(follower.messageCount == 391_999)
        #expect(follower.undecodedCount == 0 && follower.unexplainedCount == 0)
        #expect(follower.instrumentCount > 7_000)
        #expect(filled > 100)
    }

    /// Goal: the synthetic ITCH day leaves books that nothing contradicts.
    @Test func followsAnItchFile() throws {
        guard let file = TestData.file("itch/ritch_synthetic_12012.itch50-zero-lengths") else { return }
        var source = try CaptureSource(path: file.path)
        var follower = CaptureFollower()
        while let part = source.next() {
            // SAFETY: the part's bytes stand until the next part.
            unsafe follower.apply(itchMessage: part.bytes)
        }
        #expect(follower.messageCount == 12_012 && follower.undecodedCount == 0)
        #expect(follower.instrumentCount == 3)
    }

    /// Goal: a missing file and one of another kind are refused with a remedy.
    @Test func refusals() {
        #expect(throws: MarketFileError.self) { try CaptureSource.survey(path: "/nonexistent") }
        let error = #expect(throws: MarketFileError.self) { try CaptureSource.survey(path: #filePath) }
        #expect(error?.fault == .notThisFormat && error?.remedy.isEmpty == false)
    }

    /// Goal: a capture keeps its rhythm at any speed, and time never goes back.
    @Test func pace() {
        var slow = FlowPace(.times(2), silences: SilenceTable())
        #expect(slow.dueNs(captureNs: 1_000, nowNs: 50) == 50)
        #expect(slow.dueNs(captureNs: 3_000, nowNs: 999_999) == 1_050)
        #expect(
            slow.dueNs(captureNs: 2_000, nowNs: 0) == 50 || slow.dueNs(captureNs: 2_000, nowNs: 0) == 1_050)
        #expect(slow.dueNs(captureNs: 9_000, nowNs: 0) == 4_050)

        var unlimited = FlowPace(.unlimited, silences: SilenceTable())
        #expect(unlimited.dueNs(captureNs: 0, nowNs: 3) == 3)
        #expect(unlimited.dueNs(captureNs: 1 << 60, nowNs: 3) == 3)

        var empty = FlowPace(.automatic, silences: SilenceTable())
        #expect(empty.dueNs(captureNs: 5, nowNs: 3) == 3)
        #expect(empty.dueNs(captureNs: 5, nowNs: 9) == 3)
        _ = empty.dueNs(captureNs: .max, nowNs: 9)

        #expect(FlowPace.Speed("max") == .unlimited && FlowPace.Speed("2.5") == .times(2.5))
        #expect(FlowPace.Speed("auto") == .automatic && FlowPace.Speed("0") == .automatic)
        #expect(FlowPace.Speed("-1") == nil && FlowPace.Speed("inf") == nil && FlowPace.Speed("fast") == nil)
    }

    /// When each part of a capture is due, in our nanoseconds from the first; the silences between them, in seconds.
    private func played(_ seconds: [Double], _ speed: FlowPace.Speed = .automatic) -> [Double] {
        var table = SilenceTable()
        for silence in seconds { table.add(UInt64(silence * 1e9)) }
        var pace = FlowPace(speed, silences: table)
        var captureNs: UInt64 = 34_200_000_000_000
        var due = [pace.dueNs(captureNs: captureNs, nowNs: 1_000)]
        for silence in seconds {
            captureNs += UInt64(silence * 1e9)
            due.append(pace.dueNs(captureNs: captureNs, nowNs: 0))
        }
        return due.map { Double($0 - due[0]) / 1e9 }
    }

    /// Goal: by itself a capture ends within the time it is given, plays no silence for long, and is never slowed down;
    /// a speed that was named is kept to the letter. Method: a day, a sample with hours of nothing in it, a short file.
    @Test func automaticPace() {
        let day = played(Array(repeating: 0.5, count: 34_622))
        #expect(day.last! > 39.9 && day.last! < 40.1)
        // What is between is in proportion.
        #expect(abs(day[17_311] - day.last! / 2) < 0.01)

        let sample = Array(repeating: 0.001, count: 500) + [19_000.0] + Array(repeating: 0.001, count: 500)
        let cut = played(sample)
        #expect(
            cut.last! < 1.6 && cut.last! > 1.4, "its own pace, and half a second of silence: \(cut.last!)")
        #expect(abs(cut[501] - cut[500] - 0.5) < 1e-6)
        let literal = played(sample, .times(10))
        #expect(abs(literal.last! - 1_900.1) < 1e-3)

        let short = played([1, 0.25, 0.25])
        #expect(short == [0, 0.5, 0.75, 1.0])

        // Many long silences: all of them are shortened in one proportion, and the whole still ends in time.
        let night = played((0..<1_000).map { $0 % 10 == 0 ? 900 : 0.1 })
        #expect(night.last! < 40.1 && night.last! > 20, "\(night.last!)")
        for (before, after) in zip(night, night.dropFirst()) { #expect(after - before <= 0.500_001) }
    }
}

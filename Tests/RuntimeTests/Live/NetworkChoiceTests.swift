import Plumbing
import Reporting
import Settings
import Testing

@testable import Runtime

private func settings(_ overrides: [String]) throws -> Settings {
    try Settings.load(file: nil, environment: [:], overrides: overrides).settings
}

/// Goal: a named backend is taken without a trial, `auto` takes one by trial, and the banner and report say which and why.
/// Method: each name; what the ring is told of the settings.
@Test func theBackendIsAsSetOrByTrial() throws {
    let clock = Clock.calibrated()
    for (name, backend) in [
        ("sockets", NetworkBackend.sockets), ("uring", .uring), ("uring_single_shot", .uringSingleShot),
        ("uring_sqpoll", .uringPolled),
    ] {
        let choice = NetworkChoice(
            try settings([
                "network.backend=\(name)", "network.datagram_buffers=64", "network.kernel_timestamps=true",
                "network.sqpoll_idle_ms=7",
            ]), clock: clock)
        #expect(choice.backend == backend && backend.name == name)
        #expect(choice.calibration == nil)
        #expect(choice.options.stamps)
        #expect(choice.options.uring.datagramBufferCount == 64 && choice.options.uring.pollingIdleMs == 7)
        #expect(choice.summary(backend) == name)
    }
    let choice = NetworkChoice(
        try settings(["threads.hot_core=-1", "threads.journal_core=-1"]), clock: clock)
    let calibration = try #require(choice.calibration)
    #expect(calibration.figures.count == NetworkBackend.allCases.count)
    #expect(choice.summary(choice.backend).contains("by trial"))
    var report = RunReport(
        version: "1", ending: "complete", mode: "paper", folder: "f", runID: "r", epoch: 1, seconds: 1)
    var warnings: [String] = []
    let io = try choice.open(streams: [], sessions: [], clock: clock, warnings: &warnings)
    report.take(io, choice)
    #expect(report.network?.backend == choice.backend.name)
    #expect(report.network?.calibration.count == NetworkBackend.allCases.count)
    #expect(report.text().contains("the fastest by trial"))
}

/// Goal: where the kernel refuses io_uring the run goes on over plain sockets, and the warning says what was refused and
/// what to do.
/// Method: a polling thread on a core that there is not.
@Test func refusedRingFallsBackToSockets() throws {
    let clock = Clock.calibrated()
    let choice = NetworkChoice(
        try settings(["network.backend=uring_sqpoll", "network.sqpoll_core=1000"]), clock: clock)
    var warnings: [String] = []
    let io = try choice.open(
        streams: [StreamSettings(listen: .loopback(0), receiveBufferBytes: 65_536)], sessions: [],
        clock: clock,
        warnings: &warnings)
    let used = io.backend
    #expect(used == .sockets)
    #expect(warnings.count == 1)
    #expect(warnings.first?.contains("the run uses plain sockets") == true, "\(warnings)")
}

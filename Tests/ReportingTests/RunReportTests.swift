import Foundation
import Testing

@testable import Reporting

private func sample() -> RunReport {
    var report = RunReport(
        version: "9.9", ending: "complete", mode: "paper", folder: "runs/x", runID: "ab", epoch: 3,
        seconds: 1.25)
    report.packets = 1_234_567
    report.fills = 42
    report.positions = (0..<25).map { index in
        RunReport.Position(
            symbol: "SYM\(index)", quantity: -Int64(index), averagePrice: "1.0000", lastPrice: "2.0000",
            realisedPnl: "-3.00", unrealisedPnl: "4.00")
    }
    report.latencies = [
        RunReport.Latency(
            stage: "engine, in all", count: 2, p50Ns: 150, p90Ns: 200, p99Ns: 400, p999Ns: 1_500,
            maxNs: 12_000)
    ]
    report.warnings = ["core 9 refused"]
    var account = RunReport.Account(currency: "USD", costMethod: "fifo")
    account.equity = "1000123.45"
    account.dayPnl = "-12.30"
    account.drawdownBps = 17
    account.currencies = [
        RunReport.Account.Currency(
            currency: "EUR", rate: "1.084200001", cash: "500000.00", marketValue: "-1234.50",
            equity: "498765.50",
            fees: "-0.20")
    ]
    report.account = account
    return report
}

/// Goal: the report on a terminal says everything it has and stays within 100 columns.
@Test func reportFitsTheTerminal() {
    let text = sample().text()
    for expected in [
        "equity 1000123.45", "day -12.30", "(17 bps)", "EUR at 1.084200001: equity 498765.50", "method fifo",
        "1,234,567", "42", "SYM19", "… and 5 more", "12,000", "warning: core 9 refused", "paper, epoch 3",
    ] {
        #expect(text.contains(expected), "\(expected)")
    }
    #expect(!text.contains("SYM20"))
    for line in text.split(separator: "\n") { #expect(line.count <= 110, "\(line)") }
}

/// Goal: the report's JSON is read back as the same report.
@Test func reportComesBackFromJSON() throws {
    let report = sample()
    let back = try JSONDecoder().decode(RunReport.self, from: Data(report.json().utf8))
    #expect(try back.json() == report.json())
    #expect(back.positions.count == 25)
    #expect(!back.isFailure)
    var failed = report
    failed.ending = "failed: disk full"
    #expect(failed.isFailure)
}

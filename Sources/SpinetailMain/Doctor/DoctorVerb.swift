import Foundation
import Settings

extension Verb {
    /// `spinetail doctor`: is this machine fit to trade on?
    static let doctor = Verb(
        name: "doctor", summary: "looks whether this machine is fit for the engine, and says what mends it",
        options: .settings + [.flag("json", "print the findings as one JSON object")],
        notes: """
            Reads /proc and /sys, measures a cache line between the threads' cores and the disk of the journal's folder, and
            judges all of it by the settings: which cores, which priority, which folder. About two seconds; changes nothing.
            Exit codes: 0 nothing is bad, 1 something is bad, 2 the command line or the settings are wrong.
            All that it looks at: Documentation/doctor.md.
            """
    ) { arguments in
        let subject = DoctorSubject(try arguments.settings().settings)
        let files = MachineFiles()
        let measured = MachineMeasurements.take(subject, files)
        let report = DoctorReport(
            subject, Diagnosis(subject: subject, files: files, measured: measured).findings)
        arguments.output.line(arguments.flag("json") ? try report.json() : report.text())
        return report.exitCode
    }
}

/// The findings as they are shown.
struct DoctorReport: Encodable {
    /// The worst of the findings.
    let state: Finding.State
    let hotCore: Int?
    let journalCore: Int?
    let journalFolder: String
    let findings: [Finding]

    init(_ subject: DoctorSubject, _ findings: [Finding]) {
        self.findings = findings
        hotCore = subject.hotCore
        journalCore = subject.journalCore
        journalFolder = subject.journalFolder
        let states = Set(findings.map(\.state.rawValue))
        let worst: [Finding.State] = [.bad, .couldBeBetter, .good]
        state = worst.first { states.contains($0.rawValue) } ?? .unknown
    }

    var exitCode: Int32 { state == .bad ? 1 : 0 }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    func text() -> String {
        func place(_ core: Int?) -> String { core.map { "core \($0)" } ?? "any core" }
        var lines = [
            "hot thread on \(place(hotCore)), journal's on \(place(journalCore)), journal in \(journalFolder)",
            "",
        ]
        let width = findings.map(\.title.count).max() ?? 0
        for finding in findings {
            lines.append(
                Self.padded(finding.state.word, 17) + Self.padded(finding.title, width + 2) + finding.value)
            if !finding.why.isEmpty { lines.append(Self.padded("", 17) + finding.why) }
            if !finding.command.isEmpty { lines.append(Self.padded("", 17) + "$ " + finding.command) }
        }
        let counts = [Finding.State.good, .couldBeBetter, .bad, .unknown].compactMap { state -> String? in
            let count = findings.filter { $0.state == state }.count
            return count > 0 || state == .bad ? "\(count) \(state.word.lowercased())" : nil
        }
        return (lines + ["", counts.joined(separator: ", ")]).joined(separator: "\n")
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

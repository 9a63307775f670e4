import Foundation
import Plumbing
import Reporting
public import Core
public import Runtime
import Settings

extension Verb {
    /// `spinetail run` over a program's strategies.
    public static func run<Strategies: StrategySet & ~Copyable & Sendable>(
        _ program: StrategyProgram<Strategies>
    ) -> Verb {
        .run { arguments in try runEngine(program, arguments) }
    }
}

private func runEngine<Strategies: StrategySet & ~Copyable & Sendable>(
    _ program: StrategyProgram<Strategies>, _ arguments: ParsedArguments
) throws -> Int32 {
    let loaded = try arguments.settings(strategies: program.descriptions)
    let secondsMax = try arguments.whole("seconds", in: 1...1_000_000)
    let output = arguments.output
    let permission = try loaded.start(live: arguments.flag("live"))
    try Interrupt.install()
    let source = SettingsSource(
        file: loaded.file, overrides: arguments.list("set"), strategies: program.descriptions)
    let run = try LiveRun(
        loaded.settings, program, version: Spinetail.version, permission: permission, source: source)
    let warnings = loaded.warnings.map(\.description) + run.warnings
    for warning in warnings { output.note("warning: \(warning)") }
    output.note(run.banner)
    if permission.mode == .live, !warnings.isEmpty, !arguments.flag("accept-warnings") {
        run.cancel()
        output.note(
            "spinetail run: \(warnings.count == 1 ? "1 warning stands" : "\(warnings.count) warnings stand") above, and live trading does not begin over unread ones: mend what "
                + "they name, or add --accept-warnings; nothing was sent")
        return 2
    }
    let line = ProgressLine(output, quiet: arguments.flag("quiet"))
    let venue = loaded.settings.routedVenues.map { "\($0.ouch.host):\($0.ouch.port)" }.joined(separator: ", ")
    var isVenueMissed = true
    var holdsTold: UInt64 = 0
    var killTold: UInt64 = 0
    let notices = run.notices
    let report = try run.run { progress, seconds in
        for notice in notices.take() { line.say(notice) }
        line.show(progress, seconds: seconds)
        if progress[.sessionsUp] > 0 { isVenueMissed = false }
        if isVenueMissed, seconds > 2 {
            isVenueMissed = false
            line.say(
                "warning: the venue at \(venue) has not let us in yet; trying on. Where none runs: `spinetail venue` is one, "
                    + "and tools/run starts both")
        }
        let isKilled: UInt64 = progress[.kill] == 0 ? 0 : 1
        if isKilled != killTold {
            killTold = isKilled
            line.say(
                isKilled == 1
                    ? "KILL SWITCH ON: nothing but cancels leaves until `spinetail lift --by NAME`"
                    : "the kill switch was lifted")
        }
        if progress[.holds] != holdsTold {
            holdsTold = progress[.holds]
            line.say(
                "WATCHDOG: the hot thread has not come back for \(progress[.awayNs] / 1_000_000) ms; nothing leaves any more, "
                    + "and the venue sessions were ended. When it comes back the run ends; ctrl-C twice ends it without it"
            )
        }
        // While the hot thread is away an orderly end waits for it, perhaps for ever: the second ctrl-C is ours.
        let isAway = progress[.awayNs] != 0
        Interrupt.takeSecond(isAway)
        if isAway, Interrupt.count >= 2 { return .abandon }
        if Interrupt.isRequested { return .stop }
        if let secondsMax, seconds >= Double(secondsMax) { return .stop }
        return .goOn
    }
    for notice in notices.take() { line.say(notice) }
    line.end()
    let json = try report.json()
    if let path = arguments.text("report") {
        do {
            try Data((json + "\n").utf8).write(to: URL(fileURLWithPath: path))
        } catch {
            throw CommandFailure(
                "cannot write the report to \(path): \(error.localizedDescription)",
                remedy: "the run itself is whole; its report is also in \(report.folder)/report.json")
        }
    }
    output.line(arguments.flag("json") ? json : report.text())
    return report.isFailure ? 1 : 0
}

/// One line about the running engine: rewritten in place on a terminal, once in five seconds elsewhere.
final class ProgressLine {
    private let output: CommandOutput
    private let quiet: Bool
    private let isTerminal = isatty(STDERR_FILENO) != 0
    private var shownAt = -1.0
    private var packetsBefore: UInt64 = 0
    private var width = 0

    init(_ output: CommandOutput, quiet: Bool) {
        self.output = output
        self.quiet = quiet
    }

    func show(_ progress: EngineProgress, seconds: Double) {
        guard !quiet, seconds - shownAt >= (isTerminal ? 0.5 : 5) else { return }
        let packets = progress[.packets]
        let rate = Double(packets - packetsBefore) / max(seconds - max(shownAt, 0), 0.001)
        packetsBefore = packets
        shownAt = seconds
        let venue = progress[.sessionsUp] > 0 ? "venue up" : "venue DOWN"
        let isStopping = progress[.state] == UInt64(EngineState.stopping.rawValue)
        // The most wanted first: what a narrow terminal has no room for is left out.
        let parts = [
            "\(Int(seconds)) s",
            progress[.awayNs] != 0
                ? "HOT THREAD AWAY" : progress[.kill] != 0 ? "KILLED" : isStopping ? "stopping" : venue,
            "packets \(packets) (\(Int(rate))/s)",
            "orders \(progress[.orders])", "fills \(progress[.fills])", "rejects \(progress[.rejects])",
            "gaps \(progress[.feedGaps])", "messages \(progress[.messages])",
        ]
        let text = Self.line(parts, columns: isTerminal ? Self.columns : .max)
        if isTerminal {
            let padding = String(repeating: " ", count: max(0, width - text.count))
            FileHandle.standardError.write(Data("\r\(text)\(padding)".utf8))
            width = text.count
        } else {
            output.note(text)
        }
    }

    /// A line that stays, between two of the rewritten one.
    func say(_ text: String) {
        if isTerminal, width > 0 {
            FileHandle.standardError.write(Data(("\r" + String(repeating: " ", count: width) + "\r").utf8))
            width = 0
        }
        output.note(text)
    }

    /// As many of the parts as fit, from the first; a line that wrapped could not be rewritten in place.
    static func line(_ parts: [String], columns: Int) -> String {
        var text = ""
        for part in parts {
            let longer = text.isEmpty ? part : text + "  " + part
            if longer.count >= columns { break }
            text = longer
        }
        return text
    }

    /// Columns of the terminal; 80 where it does not say.
    private static var columns: Int {
        var size = winsize()
        // SAFETY: the call writes one `winsize` and nothing else.
        let result = unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size)
        return result == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }

    func end() {
        if isTerminal, width > 0 { FileHandle.standardError.write(Data("\n".utf8)) }
    }
}

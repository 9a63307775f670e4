import Foundation
import Plumbing
import Runtime
import Settings

extension Verb {
    /// `spinetail top`: a running engine, live.
    static let top = Verb(
        name: "top", summary: "shows a running engine live: rates, latency by stage, journal ring, sessions",
        positionals: [
            PositionalArgument(
                "RUN", required: false,
                "its process, folder or first digits of its id; not needed where one runs")
        ],
        options: [
            .flag("once", "print one page and end; rates are those of one second"),
            .flag("json", "one JSON object a line, two a second, or one with --once"),
        ],
        notes: """
            Twice a second on a terminal; q or ctrl-C ends. Several engines and no RUN: they are listed. The engine pays
            nothing for being looked at: it keeps its figures in a file in /dev/shm, which an orderly end removes. A process
            that died leaves it; that is told, and RUN then shows its last figures, with exit code 1.
            """
    ) { arguments in
        try showTop(arguments, EngineListing())
    }
}

/// - Parameter waitNs: Between the two samples of `--once`.
func showTop(_ arguments: ParsedArguments, _ listing: EngineListing, waitNs: UInt64 = 1_000_000_000) throws
    -> Int32
{
    let json = arguments.flag("json")
    let reader: LiveReader
    switch try listing.choose(arguments.positionals.first) {
    case .one(let found): reader = found
    case .several(let found):
        for reader in found { arguments.output.line(try listed(reader, json: json)) }
        arguments.output.note(
            "top: \(found.count) engines; name one of them: spinetail top \(found[0].about.process)")
        return 0
    }
    guard reader.about.isAlive else {
        let view = TopView([TopSample(reader)])
        arguments.output.line(json ? try view.json() : TopScreen.lines(view).joined(separator: "\n"))
        arguments.output.note("top: " + EngineListing.obituary(reader))
        return 1
    }
    for dead in listing.dead where arguments.positionals.isEmpty {
        arguments.output.note("top: " + EngineListing.obituary(dead))
    }
    if !arguments.flag("once"), json || Terminal.isThere {
        try Interrupt.install()
        let ending: FollowEnding
        if json {
            ending = try follow(reader) { view in
                arguments.output.line(try view.json())
                Clock.sleep(ns: 500_000_000)
                return true
            }
        } else if let terminal = Terminal() {
            ending = try follow(reader) { view in
                let page = TopScreen.lines(view, columns: terminal.columns, colour: true)
                terminal.draw(TopScreen.page(page, rows: terminal.rows))
                return terminal.key(within: 0.5) != UInt8(ascii: "q")
            }
        } else {
            ending = .asked
        }
        // The terminal is its own again here.
        return told(ending, reader, arguments.output)
    }
    let first = TopSample(reader)
    Clock.sleep(ns: waitNs)
    let view = TopView([first, TopSample(reader)])
    arguments.output.line(json ? try view.json() : TopScreen.lines(view).joined(separator: "\n"))
    return 0
}

private enum FollowEnding {
    /// By a key or ctrl-C.
    case asked
    /// The run ended in order.
    case over
    case died
}

/// Shows sample after sample until `show` has enough, ctrl-C comes, or the run is over.
private func follow(_ reader: LiveReader, show: (TopView) throws -> Bool) throws -> FollowEnding {
    // Ten seconds of samples: what is "lately".
    var samples: [TopSample] = []
    while !Interrupt.isRequested {
        let sample = TopSample(reader)
        samples.append(sample)
        if samples.count > 21 { samples.removeFirst() }
        let isThere = FileManager.default.fileExists(atPath: reader.path)
        guard try show(TopView(samples)) else { return .asked }
        if !isThere { return .over }
        if !sample.isAlive { return .died }
    }
    return .asked
}

private func told(_ ending: FollowEnding, _ reader: LiveReader, _ output: CommandOutput) -> Int32 {
    switch ending {
    case .asked: return 0
    case .over:
        output.note("top: run \(reader.about.folder) has ended; its report is report.json there")
        return 0
    case .died:
        output.note("top: " + EngineListing.obituary(reader))
        return 1
    }
}

private func listed(_ reader: LiveReader, json: Bool) throws -> String {
    guard json else { return EngineListing.line(reader.about) }
    let about = reader.about
    return JsonObject().add("run", about.runID.description).add("process", about.process).add(
        "epoch", about.epoch
    )
    .add("folder", about.folder).add("alive", about.isAlive).text
}

import Foundation
import Plumbing
import Runtime

extension Verb {
    /// `spinetail reload`.
    static let reload = Verb(
        name: "reload", summary: "gives a running engine the limits that its settings have now",
        options: [
            .value("run", "RUN", "the engine, where several run"),
            .value("config", "FILE", "settings file; otherwise the one that the engine was started with"),
            .list("set", "KEY=VALUE", "one setting; otherwise those that the engine was started with"),
            .flag("json", "print what was changed as one JSON object"),
        ],
        notes: """
            The engine reads file, environment (its own) and overrides anew. Limits, breakers and switches of risk are taken
            over, all of them or none, between two inputs, and are written down as an input: a replay has them at the same
            place. Anything else that has changed needs a restart, is named, and then nothing is changed. SIGHUP to the engine
            does the same with what it was started with.
            """
    ) { try reloadLimits($0, EngineListing()) }
}

private struct Reloaded: Encodable {
    let command = "reload"
    let run: String
    let sequence: UInt64?
    let changes: [String]
    let limits: [LimitChange]
}

func reloadLimits(_ arguments: ParsedArguments, _ listing: EngineListing) throws -> Int32 {
    let engine = try listing.connect(arguments.text("run"), verb: "reload")
    let overrides = arguments.list("set")
    let last = try engine.ask(.reload) {
        // The engine's own folder may be another.
        $0.config = arguments.text("config").map { URL(fileURLWithPath: $0).standardizedFileURL.path }
        if !overrides.isEmpty { $0.overrides = overrides.joined(separator: "\n") }
    }
    if let refused = try refusal(last, arguments.output, verb: "reload") { return refused }
    let changes = last.changes ?? []
    if arguments.flag("json") {
        let done = Reloaded(
            run: engine.about.runID.description, sequence: last.sequence, changes: changes,
            limits: last.limits ?? [])
        arguments.output.line(try jsonLine(done))
    } else if changes.isEmpty {
        arguments.output.line("no limit has changed")
    } else {
        for change in changes { arguments.output.line(change) }
    }
    return 0
}

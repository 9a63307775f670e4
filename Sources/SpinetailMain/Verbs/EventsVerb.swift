import Foundation
import Journal
import Model
import Plumbing
import Runtime

extension Verb {
    /// `spinetail events`: a run's journal in words.
    static let events = Verb(
        name: "events", summary: "prints the inputs and facts of a run's journal, in order",
        positionals: [
            PositionalArgument(
                "RUN", required: false,
                "the run's folder, as in runs/20261121T143000Z-1a2b3c4d; otherwise the newest below journal.folder"
            )
        ],
        options: [
            .value("order", "ID|REF", "only this order: its id, or its number on the venue session"),
            .value("instrument", "SYM", "only this symbol"),
            .list("kind", "K", "only this kind, such as order_filled or market_packet"),
            .value(
                "from", "T", "from this UTC time on: 2026-11-21T14:30:00.5, or 14:30:00.5 of the run's day"),
            .value("to", "T", "up to this UTC time"),
            .value("limit", "N", "stop after N events"),
            .flag("json", "one JSON object a line; prices are text"),
        ] + .settings,
        notes: """
            Every record is checked on the way. Of a run whose process died, the records that its ring in memory still held are
            shown behind those of the files; that, and a torn end (the machine died), is told on standard error and is no
            failure. Damage to what was durable is told with file and offset, and the exit code is 1. With --limit
            nothing behind the last event shown is checked.
            """
    ) { arguments in
        var filter = try EventFilter(arguments)
        let limit = try arguments.whole("limit", in: 1...Int.max) ?? .max
        let place = try place(try arguments.positionals.first ?? newestRun(arguments))
        let remainder = try LeftoverRings.find(folder: place.run)
        var ring: (records: SalvagedRing, path: String)?
        if case .left(let records, let path) = remainder { ring = (records, path) }
        let reader = try RunRecords(
            folder: place.journal, ring: ring?.records, ringPlace: ring?.path ?? "")
        let json = arguments.flag("json")
        var narrator = EventNarrator()
        var lines = EventLines(arguments.output)
        var shown = 0
        var unknown = 0
        defer { lines.flush() }
        var seen = false
        while shown < limit, let record = try reader.next() {
            seen = true
            let event: ShownEvent?
            switch record.type {
            case .input, .packet: event = record.input.flatMap { narrator.take($0) }
            case .fact: event = record.fact.flatMap { narrator.take($0) }
            case .text: event = record.text.map { narrator.take(text: $0) }
            case .mark:
                // SAFETY: a mark is one line, and a line may be read as any record of its size.
                if unsafe record.content.count >= 64 {
                    narrator.take(unsafe record.content.loadUnaligned(as: MarketEvent.self))
                }
                continue
            case .command: continue  // told by the facts
            }
            guard let event else {
                unknown += 1
                continue
            }
            guard filter.wants(event) else { continue }
            shown += 1
            lines.add(json ? event.json : event.line)
        }
        lines.flush()
        if unknown > 0 {
            arguments.output.note("events: \(unknown) records are of kinds that this version does not know")
        }
        if case .torn(let file, let offset, let fault) = reader.ending, offset == 0, !seen {
            // Not one block of a journal: whatever this is, it is not a run that was torn at its end.
            throw CommandFailure(
                "\(file) at byte 0: \(fault)",
                remedy: "it is no journal, or its beginning is damaged: restore it from a copy")
        }
        for line in ending(reader, remainder) { arguments.output.note("events: \(line)") }
        return 0
    }

    /// How the run ended, in words for a person; nothing where it ended in order.
    private static func ending(_ reader: RunRecords, _ remainder: LeftoverRings.Remainder) -> [String] {
        if reader.ending == nil || reader.ending == .closed { return [] }
        switch remainder {
        case .inUse: return ["the run goes on; this is what is durable of it so far"]
        case .left(_, let path):
            var lines = [
                "the process of the run died; its last \(reader.fromRingCount) records are in no file of the journal and "
                    + "were read from what its ring still held, \(path)"
            ]
            if path.hasPrefix("/dev/shm") {
                lines.append(
                    "the next `spinetail run` with the same journal.folder saves them in the run's folder")
            }
            return lines
        case .none: break
        }
        switch reader.ending {
        case .torn(let file, let offset, let fault):
            return [
                "the journal has a torn end, as after a crash: \(file) at byte \(offset): \(fault); all before it is whole"
            ]
        case .unfinished: return ["the run did not end in order; what it wrote is whole"]
        case .closed, nil: return []
        }
    }

    /// The run's folder and that of its segments, from either of them.
    private static func place(_ given: String) throws(CommandFailure) -> (run: String, journal: String) {
        var isFolder: ObjCBool = false
        // SAFETY: Foundation writes one boolean there during the call.
        let isThere = unsafe FileManager.default.fileExists(atPath: given, isDirectory: &isFolder)
        guard isThere, isFolder.boolValue else {
            throw CommandFailure(
                "\(given): \(isThere ? "no folder" : "no such folder")",
                remedy: "name a run's folder; `ls runs` shows them")
        }
        let inner = given + "/journal"
        if FileManager.default.fileExists(atPath: inner) {
            return (URL(fileURLWithPath: given).standardized.path, inner)
        }
        return (URL(fileURLWithPath: given).standardized.deletingLastPathComponent().path, given)
    }
}

/// Lines on their way out, many at a time: a journal has millions.
private struct EventLines {
    private let output: CommandOutput
    private var text = ""

    init(_ output: CommandOutput) { self.output = output }

    mutating func add(_ line: String) {
        text += line
        text += "\n"
        if text.utf8.count > 1 << 16 { flush() }
    }

    mutating func flush() {
        if !text.isEmpty { output.text(text) }
        text = ""
    }
}

import Foundation
import Plumbing
import Runtime

/// Talks to one running engine: a request, then its answer line by line.
final class ControlConnection {
    let about: LiveAbout
    private let connection: LocalConnection
    private var inbound: [UInt8] = []
    private var nextID: Int64 = 1

    /// - Parameter reader: The engine's figures, beside which it listens.
    init(_ reader: LiveReader) throws(CommandFailure) {
        about = reader.about
        let folder = URL(fileURLWithPath: reader.path).deletingLastPathComponent().path
        let path = ControlPath.of(reader.about.runID, in: folder)
        do {
            connection = try LocalConnection(to: path)
        } catch {
            throw CommandFailure(
                "the engine of \(reader.about.folder) cannot be talked to: \(error.why) (\(path))",
                remedy: error.reason == .permissionDenied
                    ? "only the user who started it may"
                    : "it has just ended, or said at its start why it listens to nobody")
        }
    }

    /// Asks, and hands out the records of the answer as they come.
    ///
    /// - Returns: The last line of the answer, whether it was done or refused.
    /// - Throws: `CommandFailure` where the engine went away, or says nothing for `secondsMax`.
    func ask(
        _ command: ControlRequest.Command, secondsMax: UInt64 = 15,
        _ fill: (inout ControlRequest) -> Void = { _ in }, records: (ControlLine) -> Void = { _ in }
    ) throws -> ControlLine {
        try finish(
            try begin(command, fill), untilNs: Clock.kernel.nowNs() + secondsMax * 1_000_000_000,
            extendNs: secondsMax * 1_000_000_000, records: records)
    }

    /// Asks, and does not wait for the answer: see ``finish(_:untilNs:extendNs:records:)``.
    func begin(_ command: ControlRequest.Command, _ fill: (inout ControlRequest) -> Void = { _ in }) throws
        -> Int64
    {
        var request = ControlRequest(id: nextID, command)
        nextID += 1
        fill(&request)
        try send(Array(request.line().utf8))
        return request.id
    }

    /// The answer to what was begun.
    ///
    /// - Parameters:
    ///   - untilNs: Of the kernel's clock: then it is given up.
    ///   - extendNs: So long it may be silent between two lines; 0: the end stands.
    func finish(
        _ id: Int64, untilNs: UInt64, extendNs: UInt64 = 0, records: (ControlLine) -> Void = { _ in }
    ) throws -> ControlLine {
        let begunNs = Clock.kernel.nowNs()
        var untilNs = untilNs
        while true {
            while let line = try nextLine() {
                // Of an earlier request that was given up.
                guard line.id == id || line.id == nil else { continue }
                if extendNs > 0 { untilNs = Clock.kernel.nowNs() + extendNs }
                if line.done == true { return line }
                records(line)
            }
            guard connection.isOpen, !connection.hasEnded else { throw gone }
            let nowNs = Clock.kernel.nowNs()
            guard nowNs < untilNs else {
                throw CommandFailure(
                    "the engine of \(about.folder) has said nothing for \((nowNs - begunNs + 500_000_000) / 1_000_000_000) s",
                    remedy: "`spinetail top` shows whether it is alive")
            }
            Descriptors.wait(
                readable: [connection.descriptor], writable: [],
                timeoutNs: min(100_000_000, untilNs - nowNs))
            receive()
        }
    }

    private var gone: CommandFailure {
        CommandFailure(
            "the engine of \(about.folder) has ended before it answered",
            remedy: "`spinetail events \(about.folder)` shows what it did")
    }

    private func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            // SAFETY: the array stands still during the call.
            rest = rest.dropFirst(unsafe rest.withUnsafeBytes { unsafe connection.send($0) })
            guard connection.isOpen else { throw gone }
            if !rest.isEmpty {
                Descriptors.wait(readable: [], writable: [connection.descriptor], timeoutNs: 100_000_000)
            }
        }
    }

    private func receive() {
        var room = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            // SAFETY: the array stands still during the call.
            let count = unsafe room.withUnsafeMutableBytes { unsafe connection.receive(into: $0) }
            guard count > 0 else { return }
            inbound += room[..<count]
        }
    }

    private var taken = 0

    private func nextLine() throws -> ControlLine? {
        guard let end = inbound[taken...].firstIndex(of: UInt8(ascii: "\n")) else {
            inbound.removeFirst(taken)
            taken = 0
            return nil
        }
        defer { taken = end + 1 }
        do {
            return try ControlLine(json: inbound[taken..<end])
        } catch {
            throw CommandFailure(
                "the engine of \(about.folder) answers in words that this program does not know",
                remedy: "talk to it with the version that runs, \(about.version)")
        }
    }
}

extension EngineListing {
    /// The engine that a command is for.
    ///
    /// - Parameter name: As given on the command line; `nil`: the only one there is.
    func connect(_ name: String?, verb: String) throws -> ControlConnection {
        switch try choose(name) {
        case .one(let reader):
            guard reader.about.isAlive else { throw CommandFailure(Self.obituary(reader)) }
            return try ControlConnection(reader)
        case .several(let readers): throw Self.ambiguous(readers)
        }
    }

    static func ambiguous(_ readers: [LiveReader]) -> CommandFailure {
        CommandFailure(
            "\(readers.count) engines:\n  " + readers.map { line($0.about) }.joined(separator: "\n  "),
            remedy: "name one of them by its process, its folder or the first digits of its id")
    }
}

import Plumbing
import Runtime

/// The engines of this machine, by the files of figures that they keep in shared memory.
struct EngineListing {
    /// What writes its file.
    private(set) var living: [LiveReader] = []
    /// What died without an orderly end and left its file.
    private(set) var dead: [LiveReader] = []
    /// Files that cannot be read, in words.
    private(set) var unreadable: [String] = []

    init(folder: String = LiveFigures.folder) {
        for path in LiveFigures.paths(in: folder) {
            do {
                let reader = try LiveReader(path: path)
                if reader.about.isAlive { living.append(reader) } else { dead.append(reader) }
            } catch {
                unreadable.append("\(error)")
            }
        }
    }

    /// Those alone: a test must not see the engines of others.
    init(living: [LiveReader]) { self.living = living }

    /// Whether `name` means this run: its process, its folder, the folder's name, or the first digits of its id.
    static func matches(_ name: String, _ about: LiveAbout) -> Bool {
        if name == "\(about.process)" { return true }
        let name = name.hasSuffix("/") ? String(name.dropLast()) : name
        if name.contains("-") || name.contains("/") {
            return about.folder == name
                || about.folder.split(separator: "/").last == name.split(separator: "/").last
        }
        return name.count >= 2 && about.runID.description.hasPrefix(name.lowercased())
    }

    /// What `spinetail top` is to show.
    enum Choice {
        case one(LiveReader)
        case several([LiveReader])
    }

    /// - Parameter name: As given on the command line; `nil`: the only one there is.
    func choose(_ name: String?) throws(CommandFailure) -> Choice {
        guard let name else {
            if living.count == 1 { return .one(living[0]) }
            if living.count > 1 { return .several(living) }
            var message = "no engine runs on this machine"
            for reader in dead { message += "\n  " + Self.obituary(reader) }
            for text in unreadable { message += "\n  " + text }
            throw CommandFailure(message, remedy: "`spinetail run` starts one")
        }
        let found = (living + dead).filter { Self.matches(name, $0.about) }
        if let first = found.first {
            // A process has one run; the digits of an id may be too few.
            return found.count == 1 ? .one(first) : .several(found)
        }
        let known = (living + dead).map { Self.line($0.about) }
        throw CommandFailure(
            "no engine runs as \"\(name)\"",
            remedy: known.isEmpty
                ? "none runs at all; `spinetail run` starts one"
                : "there are:\n    " + known.joined(separator: "\n    "))
    }

    /// One line about a run, in a list.
    static func line(_ about: LiveAbout) -> String {
        "\(about.runID.description.prefix(8))  process \(about.process)  epoch \(about.epoch)  \(about.folder)"
            + (about.isAlive ? "" : "  (dead)")
    }

    /// What is to be said of a file whose process is gone.
    static func obituary(_ reader: LiveReader) -> String {
        "process \(reader.about.process) of run \(reader.about.folder) died without an orderly end and left "
            + "\(reader.path); the next `spinetail run` removes it, `spinetail events \(reader.about.folder)` shows what "
            + "was recorded"
    }
}

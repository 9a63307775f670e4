import Foundation

/// The files of a package for a strategy of one's own.
struct NewPackage {
    enum Example: String, CaseIterable {
        case imbalance, maker, cross, blank
    }

    struct File {
        /// Below the package's folder.
        let path: String
        let text: String
    }

    /// The line that every file of the package begins with.
    let imports = "import SpinetailMain"

    let name: PackageName
    let example: Example
    let source: SpinetailSource

    func files() throws -> [File] {
        let sources = "Sources/\(name.text)"
        var files = [
            File(path: "Package.swift", text: manifest),
            File(path: "\(sources)/main.swift", text: main),
            File(path: "\(sources)/\(name.typeName)+Settings.swift", text: settings),
            File(path: "Tests/\(name.text)Tests/\(name.typeName)Tests.swift", text: tests),
            File(path: "spinetail.yaml", text: yaml),
            File(path: "README.md", text: readme),
            File(path: ".gitignore", text: "/.build/\n/runs/\n/ports\n"),
        ]
        for (file, text) in try strategy() { files.append(File(path: "\(sources)/\(file)", text: text)) }
        return files
    }

    /// All or nothing: a folder that is there is left alone, and one that could not be filled is taken away again.
    static func write(_ files: [File], to folder: URL) throws(CommandFailure) {
        let manager = FileManager.default
        guard !manager.fileExists(atPath: folder.path) else {
            throw CommandFailure(
                "\(folder.path) is there already",
                remedy: "name another folder with --path; nothing was written")
        }
        do {
            for file in files {
                let place = folder.appendingPathComponent(file.path)
                try manager.createDirectory(
                    at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(file.text.utf8).write(to: place)
            }
        } catch {
            try? manager.removeItem(at: folder)
            throw CommandFailure(
                "cannot write to \(folder.path): \(error.localizedDescription)",
                remedy: "look at the rights and the space there; nothing was left behind")
        }
    }

    /// The strategy's own files by their names.
    private func strategy() throws -> [(String, String)] {
        let type = name.typeName
        switch example {
        case .blank: return [("\(type).swift", blank)]
        case .imbalance: return [("\(type).swift", try copy("OrderBookImbalance", as: type))]
        case .cross: return [("\(type).swift", try copy("EmaCross", as: type))]
        case .maker:
            return [
                ("\(type).swift", try copy("MarketMaker", as: type)),
                ("MakerSide.swift", try copy("MakerSide", as: "MakerSide")),
                ("MakerLine.swift", try copy("MakerLine", as: "MakerLine")),
            ]
        }
    }

    /// An example of the engine as a file of this package: within one module nothing need be said about inlining.
    private func copy(_ example: String, as type: String) throws(CommandFailure) -> String {
        let path = try source.clone() + "/Sources/Core/Strategy/Examples/\(example).swift"
        guard var text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw CommandFailure(
                "cannot read the example \(path)",
                remedy: "give --example blank, or a whole clone with --spinetail")
        }
        for line in ["public import Memory\n", "public import Model\n"] {
            text = text.replacingOccurrences(of: line, with: "")
        }
        for word in ["@inlinable ", "@inline(__always) ", "@usableFromInline ", "@frozen "] {
            text = text.replacingOccurrences(of: word, with: "")
        }
        text = text.replacingOccurrences(of: example, with: type)
        return imports + "\n" + (text.hasPrefix("\n") ? "" : "\n") + text
    }
}

import Foundation

/// Where a new package finds Spinetail.
enum SpinetailSource {
    /// A clone on this machine.
    case folder(String)
    /// A repository that the package manager fetches.
    case url(String)

    /// The clone that this program was built from, as the compiler saw it; `nil`: it is not there any more.
    static var built: String? {
        var folder = URL(fileURLWithPath: #filePath)
        // Sources/SpinetailMain/New/SpinetailSource.swift
        for _ in 0..<4 { folder.deleteLastPathComponent() }
        return isClone(folder.path) ? folder.path : nil
    }

    /// - Parameter told: of the command line; `nil`: nothing was told.
    init(_ told: String?) throws(CommandFailure) {
        if let told, told.contains("://") || told.hasPrefix("git@") {
            self = .url(told)
            return
        }
        if let told {
            let path = URL(fileURLWithPath: told).standardizedFileURL.path
            guard Self.isClone(path) else {
                throw CommandFailure(
                    "\(path) is no clone of Spinetail: it has no Package.swift that makes SpinetailMain",
                    remedy:
                        "name the folder of a clone, or the address of a repository with --spinetail https://…"
                )
            }
            self = .folder(path)
            return
        }
        guard let built = Self.built else {
            throw CommandFailure(
                "the clone that this program was built from is not there any more",
                remedy: "say where one is: --spinetail FOLDER, or --spinetail https://… for a repository")
        }
        self = .folder(built)
    }

    private static func isClone(_ folder: String) -> Bool {
        let manifest = try? String(contentsOfFile: folder + "/Package.swift", encoding: .utf8)
        return manifest?.contains("SpinetailMain") ?? false
    }

    /// As a manifest names it.
    var dependency: String {
        switch self {
        case .folder(let path): ".package(name: \"spinetail\", path: \(Self.quoted(path)))"
        case .url(let url): ".package(url: \(Self.quoted(url)), branch: \"main\")"
        }
    }

    /// What the package manager calls it.
    var identity: String {
        switch self {
        case .folder: return "spinetail"
        case .url(let url):
            let last = url.split(separator: "/").last.map(String.init) ?? url
            return last.hasSuffix(".git") ? String(last.dropLast(4)) : last
        }
    }

    /// The clone whose examples can be copied.
    func clone() throws(CommandFailure) -> String {
        if case .folder(let path) = self { return path }
        if let built = Self.built { return built }
        throw CommandFailure(
            "the examples are copied from a clone, and there is none here",
            remedy: "give --example blank, or clone the repository and name its folder with --spinetail")
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
            + "\""
    }
}

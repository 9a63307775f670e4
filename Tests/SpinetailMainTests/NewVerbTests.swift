import Core
import Foundation
import Model
import Runtime
import Settings
import TestSupport
import Testing

@testable import SpinetailMain

/// A folder that is gone again behind the test.
private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("new-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
}

private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

private struct Still: Strategy {}

/// What a program of one's own can be asked.
private let programVerbs: [Verb] = {
    let description = StrategyDescription(name: "still", help: "Does nothing", parameters: [])
    let program = StrategyProgram([description], make: { _ in Still() }, turns: { $0.run(turns: $1) })
    return [Verb.run(program)] + Spinetail.verbs
}()

/// Goal: each example is written whole, over this clone, under the names that follow from NAME, with nothing of the engine's own
/// inlining in it. That it builds, runs and trades is the step `outside-strategy` of tools/test.
@Test(arguments: ["imbalance", "maker", "cross", "blank"])
func aNewPackageIsWhole(_ example: String) throws {
    try inFolder { folder in
        let path = folder + "/mine"
        let result = run(["new", "my_idea", "--path", path, "--example", example])
        #expect(result.code == 0, "\(result.err)")
        #expect(result.out.contains("swift build -c release"))
        let manifest = try text(path + "/Package.swift")
        let root = try #require(SpinetailSource.built)
        #expect(manifest.contains(".package(name: \"spinetail\", path: \"\(root)\")"))
        #expect(FileManager.default.fileExists(atPath: root + "/Sources/SpinetailMain"))
        let strategy = try text(path + "/Sources/my_idea/MyIdea.swift")
        #expect(strategy.hasPrefix("import SpinetailMain\n\n"))
        #expect(strategy.contains("public struct MyIdea: Strategy"))
        for word in ["@inlinable", "@usableFromInline", "@frozen", "@inline", "import Model", "MarketMaker"] {
            #expect(!strategy.contains(word), "\(word)")
        }
        let main = try text(path + "/Sources/my_idea/main.swift")
        #expect(main.contains("@_noLocks"))
        #expect(main.contains("func turns(_ engine: inout LiveEngine<MyIdea>, _ count: Int) -> Int"))
        let test = try text(path + "/Tests/my_ideaTests/MyIdeaTests.swift")
        #expect(test.contains("import my_idea\n") && test.contains("StrategyRehearsal"))
        #expect(try text(path + "/.gitignore").contains("/.build/"))
        let readme = try text(path + "/README.md")
        #expect(readme.contains(".build/release/my_idea venue"))
        // Every command of it is one that the program takes.
        let commands = readme.split(whereSeparator: { "`&;\n".contains($0) }).compactMap {
            piece -> [String]? in
            let words = piece.split(separator: " ").map(String.init)
            guard words.first == ".build/release/my_idea" else { return nil }
            return Array(words.dropFirst())
        }
        #expect(commands.count >= 4, "\(commands)")
        for words in commands where words != ["--help"] {
            let verb = try #require(
                programVerbs.first { $0.name == words[0] }, "\(words)")
            // What the shell makes of it: a setting for each line of the file.
            let line = words.joined(separator: " ").replacingOccurrences(
                of: "$(sed 's/^/--set /' ports)", with: "--set a=1 --set b=2")
            #expect(!line.contains("*"), "\(line): a shell makes any number of words of it")
            #expect(throws: Never.self) {
                _ = try CommandLineParser.parse(
                    line.split(separator: " ").dropFirst().map(String.init)[...], for: verb,
                    output: .standard)
            }
        }
        let settings = try text(path + "/Sources/my_idea/MyIdea+Settings.swift")
        #expect(settings.contains("name: \"my_idea\""))
        // Every parameter of the file is one of the description, and the other way round.
        let yaml = try text(path + "/spinetail.yaml")
        let inFile = yaml.split(separator: "\n").filter { $0.hasPrefix("    ") && !$0.contains("enabled:") }
            .map { $0.trimmingCharacters(in: .whitespaces).prefix { $0 != ":" } }
        let declared = settings.split(separator: "\n").compactMap { line -> Substring? in
            let line = line.trimmingCharacters(in: .whitespaces)
            guard line.hasPrefix("."), let quote = line.firstIndex(of: "\"") else { return nil }
            return Substring(line[line.index(after: quote)...].prefix { $0 != "\"" })
        }
        #expect(inFile.map(String.init) == declared.map(String.init))
    }
}

/// Goal: names that Swift or the engine could not live with are refused with the reason, and nothing is written.
@Test(arguments: [
    ("", "it is empty"), ("9lives", "it does not begin with a letter"),
    ("my-strategy", "the character \"-\""),
    ("a/b", "the character \"/\""), ("größe", "the character \"ö\""),
    ("class", "a word of the Swift language"),
    ("Core", "a module or program of that name"), ("spinetail", "a module or program of that name"),
    (String(repeating: "a", count: 41), "more than 40 characters"),
])
func badNamesAreRefused(_ name: String, _ why: String) throws {
    try inFolder { folder in
        let result = run(["new", name, "--path", folder + "/it"])
        #expect(result.code == 2)
        #expect(result.err.contains(why), "\(result.err)")
        #expect(!FileManager.default.fileExists(atPath: folder + "/it"))
    }
}

/// Goal: what is there stays as it is; wrong options say what would be right.
@Test func whatIsThereIsLeftAlone() throws {
    try inFolder { folder in
        try Data("mine".utf8).write(to: URL(fileURLWithPath: folder + "/note"))
        var result = run(["new", "idea", "--path", folder])
        #expect(result.code == 1)
        #expect(result.err.contains("is there already") && result.err.contains("--path"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["note"])
        result = run(["new", "idea", "--path", folder + "/it", "--example", "magic"])
        #expect(result.code == 2)
        #expect(result.err.contains("imbalance, maker, cross, blank"))
        result = run(["new", "idea", "--path", folder + "/it", "--spinetail", folder])
        #expect(result.code == 1)
        #expect(result.err.contains("is no clone of Spinetail"))
        result = run(["new", "idea", "--path", folder + "/note/it"])
        #expect(result.code == 1)
        #expect(result.err.contains("cannot write"))
        #expect(!FileManager.default.fileExists(atPath: folder + "/it"))
    }
}

/// Goal: a repository is named as the package manager wants it.
@Test func aRepositoryIsNamedByItsAddress() throws {
    try inFolder { folder in
        let result = run([
            "new", "idea", "--path", folder + "/it", "--spinetail", "https://example.org/some/tail.git",
        ])
        #expect(result.code == 0, "\(result.err)")
        let manifest = try text(folder + "/it/Package.swift")
        #expect(manifest.contains(".package(url: \"https://example.org/some/tail.git\", branch: \"main\")"))
        #expect(manifest.contains(".product(name: \"SpinetailMain\", package: \"tail\")"))
    }
}

/// Goal: the strategy that the README shows is the one that `spinetail new reversal --example blank` writes.
@Test func theReadmeShowsTheBlankExample() throws {
    let root = try #require(SpinetailSource.built)
    let package = NewPackage(
        name: try PackageName("reversal"), example: .blank, source: try SpinetailSource(nil))
    #expect(try text(root + "/README.md").contains("```swift\n" + package.blank + "```\n"))
}

private func narrated(_ fact: Fact, _ narrator: inout EventNarrator) throws -> ShownEvent {
    let shown = narrator.take(fact)
    return try #require(shown)
}

/// Goal: what a strategy said about a signal is read under the names it gave, in `events`.
@Test func metadataIsShownByItsNames() throws {
    var narrator = EventNarrator()
    var named = Fact(kind: .signalMetadata, sequence: 3)
    named.detail = 5
    named.price = Int64(bitPattern: (0.55).bitPattern)
    named.execution_id = (0.75).bitPattern
    let line = try narrated(named, &narrator).line
    #expect(line.contains("win_rate=0.55") && line.contains("avg_loss_pct=0.75"))
    #expect(!line.contains("avg_win_pct"))
    var own = Fact(kind: .signalMetadata, sequence: 3)
    own.execution_id = MetadataName("edge_bps").raw
    own.price = Int64(bitPattern: (-1.5).bitPattern)
    #expect(try narrated(own, &narrator).line.contains("edge_bps=-1.5"))
}

import Foundation

extension Verb {
    /// `spinetail new`: a package for a strategy of one's own.
    static let new = Verb(
        name: "new", summary: "writes a package for a strategy of your own, with every command",
        positionals: [
            PositionalArgument("NAME", "of the package, the program and the strategy, such as my_strategy")
        ],
        options: [
            .value("path", "FOLDER", "where it is written; it must not be there yet (default ./NAME)"),
            .value(
                "spinetail", "WHERE",
                "folder of a clone, or address of a repository (default: the clone that this program was built from)"
            ),
            .value("example", "KIND", "what it begins with: imbalance (default), maker, cross or blank"),
        ],
        notes: """
            The package's own program has every command of this one, over its strategy, and the concrete entry at which the
            compiler proves that nothing from packet to order, the strategy included, locks, allocates or counts references.
            It is yours: nothing in Spinetail's clone is changed. The README in it has the two commands that build and run it.
            """
    ) { arguments in
        let name = try PackageName(arguments.positionals[0])
        let kinds = NewPackage.Example.allCases.map(\.rawValue)
        let told = arguments.text("example") ?? NewPackage.Example.imbalance.rawValue
        guard let example = NewPackage.Example(rawValue: told) else {
            throw UsageError("--example is \"\(told)\", expected one of \(kinds.joined(separator: ", "))")
        }
        let folder = URL(fileURLWithPath: arguments.text("path") ?? name.text).standardizedFileURL
        let source = try SpinetailSource(arguments.text("spinetail"))
        let package = NewPackage(name: name, example: example, source: source)
        let files = try package.files()
        try NewPackage.write(files, to: folder)
        arguments.output.line("\(folder.path): \(files.count) files")
        arguments.output.line("  cd \(folder.path)")
        arguments.output.line("  swift build -c release")
        arguments.output.line(
            "  .build/release/\(name.text) run     # against a venue: .build/release/\(name.text) venue")
        return 0
    }
}

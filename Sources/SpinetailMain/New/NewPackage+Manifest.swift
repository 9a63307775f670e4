// What is the same for every example but for the names in it.
extension NewPackage {
    var manifest: String {
        """
        // swift-tools-version: 6.2
        import PackageDescription

        // A program of your own: every command of `spinetail`, over your strategy.
        let package = Package(
            name: "\(name.text)",
            dependencies: [
                \(source.dependency)
            ],
            targets: [
                // The strategy stands in the program's own module: there the compiler sees all of it, and proves that its
                // callbacks take no lock and allocate nothing.
                .executableTarget(
                    name: "\(name.text)",
                    dependencies: [.product(name: "SpinetailMain", package: "\(source.identity)")]),
                .testTarget(
                    name: "\(name.text)Tests",
                    dependencies: [
                        "\(name.text)", .product(name: "SpinetailMain", package: "\(source.identity)"),
                    ]),
            ],
            swiftLanguageModes: [.v6]
        )

        """
    }

    var main: String {
        """
        \(imports)

        // Here your type meets the engine, and `@_noLocks` has the compiler prove that nothing from packet to order locks,
        // allocates or counts references, your callbacks included. It needs the optimiser: build with `-c release`. Several
        // strategies are one `Both<First, Second>`, with a description each.
        #if !DEBUG
        @_noLocks
        #endif
        func turns(_ engine: inout LiveEngine<\(name.typeName)>, _ count: Int) -> Int { engine.run(turns: count) }

        Spinetail.main(
            StrategyProgram(
                [\(name.valueName)Description], make: { \(name.typeName)(settings: $0) }, turns: turns))

        """
    }

    var readme: String {
        """
        # \(name.text)

        A strategy for Spinetail, in a program of its own. Build it, and run it for twenty seconds against an exchange on this
        machine:

        ```sh
        swift build -c release
        .build/release/\(name.text) venue --ports-file ports & sleep 1; .build/release/\(name.text) run $(sed 's/^/--set /' ports)
        ```

        `.build/release/\(name.text) --help` tells the other commands. `.build/release/\(name.text) events` shows what the last
        run did, signal by signal. `swift test` runs the strategy over a few steps of a market, without a venue.

        | file | what it is |
        | --- | --- |
        | `Sources/\(name.text)/\(name.typeName).swift` | the strategy |
        | `Sources/\(name.text)/\(name.typeName)+Settings.swift` | its parameters |
        | `Sources/\(name.text)/main.swift` | the program: every command over the strategy |
        | `Tests/\(name.text)Tests` | what it must do |
        | `spinetail.yaml` | settings; what is not in it has its default |

        All that a strategy can see and say: Documentation/strategies.md in Spinetail's repository.

        """
    }

    /// As the settings take it, with the lines of the strategy's own parameters.
    var yaml: String {
        """
        # Settings of \(name.text). What is not here has its default: Documentation/settings.md of Spinetail has them all. The
        # environment (SPINETAIL_RISK__MAX_OPEN_ORDERS=50) and the command line (--set risk.max_open_orders=50) win over it.

        strategies:
          - name: \(name.text)
            enabled: true
        \(yamlParameters)

        """
    }
}

// swift-tools-version: 6.2
import PackageDescription

// Every module is held to strict memory safety, and a warning is an error, from the first file on.
let swift: [SwiftSetting] = [.strictMemorySafety(), .treatAllWarnings(as: .error)]
let c: [CSetting] = [.treatAllWarnings(as: .error)]

/// A module of the engine. The layers it may import are drawn in README.md and held by `tools/check-layers`.
func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: swift)
}

/// C that we wrote: layouts, atomics and system calls.
func ours(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "CSources/\(name)", cSettings: c)
}

/// A C library from apt, installed by `tools/setup`.
func library(_ name: String, _ pkgConfig: String, apt: String) -> Target {
    .systemLibrary(
        name: name, path: "CSources/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies + ["TestSupport"], swiftSettings: swift)
}

/// A sanitizer brings its own allocator, and aborts at start beside jemalloc: `tools/test` sets this for those builds.
let isSanitized = Context.environment["SPINETAIL_SANITIZED"] != nil

let package = Package(
    name: "spinetail",
    products: [
        .executable(name: "spinetail", targets: ["spinetail"]),
        .library(name: "SpinetailMain", targets: ["SpinetailMain"]),
    ],
    targets: [
        // C
        ours("CSpinetailRecords"),
        ours("CSpinetailMemory", ["CSpinetailRecords"] + (isSanitized ? [] : ["CJemalloc"])),
        ours("CSpinetailPlumbing", ["CSpinetailRecords", "CUring"]),
        ours("CSpinetailWire", ["CSpinetailRecords"]),
        library("CJemalloc", "jemalloc", apt: "libjemalloc-dev"),
        library("CUring", "liburing", apt: "liburing-dev"),
        library("CYaml", "yaml-0.1", apt: "libyaml-dev"),
        library("CZlib", "zlib", apt: "zlib1g-dev"),
        library("CCrypto", "libcrypto", apt: "libssl-dev"),

        // The engine, lowest layer first
        module("Model", ["CSpinetailRecords"]),
        module("Memory", ["CSpinetailMemory"]),
        module("Core", ["Model", "Memory"]),
        module("Plumbing", ["Model", "Memory", "CSpinetailPlumbing"]),
        module("Wire", ["Model", "Memory", "CSpinetailWire"]),
        module("Journal", ["Model", "Memory", "Plumbing", "CCrypto"]),
        module("Matching", ["Model", "Memory"]),
        module("Feeds", ["Model", "Memory", "Wire", "CZlib"]),
        module("Venues", ["Model", "Memory", "Wire"]),
        module("Settings", ["Model", "CYaml"]),
        module(
            "Simulation",
            ["Model", "Memory", "Plumbing", "Wire", "Matching", "Feeds", "Venues", "Settings"]),
        module("Reporting", ["Model", "Memory", "Core", "Plumbing", "Journal", "Settings"]),
        module(
            "Runtime",
            [
                "Model", "Memory", "Core", "Plumbing", "Wire", "Journal", "Feeds", "Venues", "Settings",
                "Simulation", "Reporting",
            ]),
        // The benchmarks, a command of the program; bare C echoes to hold the engine against
        .target(
            name: "CSpinetailEchoes", dependencies: ["CUring"], path: "Benchmarks/CEchoes", cSettings: c),
        .target(
            name: "SpinetailBenchmarks",
            dependencies: [
                "Model", "Memory", "Core", "Plumbing", "Wire", "Journal", "Matching", "Feeds", "Venues",
                "Simulation", "Runtime", "CSpinetailEchoes",
            ],
            path: "Benchmarks", exclude: ["CEchoes", "figures.jsonl"], swiftSettings: swift),
        module(
            "SpinetailMain",
            [
                "Model", "Memory", "Core", "Plumbing", "Wire", "Journal", "Feeds", "Settings", "Simulation",
                "Reporting", "Runtime", "SpinetailBenchmarks",
            ]),
        .executableTarget(
            name: "spinetail",
            dependencies: [
                "SpinetailMain",
                // Named although only re-exported: the hot path is specialised here from their inlinable code, and a
                // build that does not know them would keep what was made for an older layout.
                "Model", "Memory", "Core", "Plumbing", "Wire", "Feeds", "Venues", "Runtime",
            ], swiftSettings: swift),

        // Tests: `tools/test`
        .target(
            name: "TestSupport", dependencies: ["Model"], path: "Tests/TestSupport", swiftSettings: swift),
        tests("Model", ["Model"]),
        tests("Memory", ["Memory"]),
        tests("Core", ["Model", "Memory", "Core"]),
        tests("Plumbing", ["Model", "Memory", "Plumbing"]),
        tests("Wire", ["Model", "Memory", "Wire"]),
        tests("Journal", ["Model", "Memory", "Plumbing", "Journal"]),
        tests("Matching", ["Model", "Memory", "Matching"]),
        tests("Feeds", ["Model", "Memory", "Core", "Wire", "Feeds"]),
        tests("Venues", ["Model", "Memory", "Wire", "Venues"]),
        tests("Settings", ["Model", "Settings"]),
        tests(
            "Simulation",
            ["Model", "Memory", "Plumbing", "Wire", "Matching", "Feeds", "Venues", "Settings", "Simulation"]),
        tests("Reporting", ["Model", "Memory", "Core", "Plumbing", "Journal", "Reporting"]),
        tests(
            "Runtime",
            [
                "Model", "Memory", "Core", "Plumbing", "Wire", "Journal", "Feeds", "Venues", "Settings",
                "Simulation", "Reporting", "Runtime",
            ]),
        tests(
            "SpinetailMain",
            ["Model", "Core", "Plumbing", "Settings", "Simulation", "Runtime", "SpinetailMain"]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c11
)

// `SPINETAIL_TESTS="WireTests FeedsTests"`: the package is only those tests and what they need, so that a sanitizer's
// build takes seconds and not minutes.
if let wanted = Context.environment["SPINETAIL_TESTS"] {
    var kept: Set<String> = []
    var waiting = wanted.split(separator: " ").map(String.init)
    while let name = waiting.popLast() {
        guard kept.insert(name).inserted else { continue }
        for dependency in package.targets.first(where: { $0.name == name })?.dependencies ?? [] {
            if case .byNameItem(let name, _) = dependency { waiting.append(name) }
        }
    }
    package.targets.removeAll { !kept.contains($0.name) }
    package.products = []
}

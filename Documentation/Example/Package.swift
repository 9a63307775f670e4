// swift-tools-version: 6.2
import PackageDescription

// A program of your own: every command of `spinetail`, over your strategy. Where your package is not inside Spinetail's
// clone, name the clone's folder in `path`.
let package = Package(
    name: "reversal",
    dependencies: [.package(name: "spinetail", path: "../..")],
    targets: [
        .executableTarget(
            name: "reversal", dependencies: [.product(name: "SpinetailMain", package: "spinetail")])
    ],
    swiftLanguageModes: [.v6]
)

import Model
import Testing

@testable import Settings

private let mine = StrategyDescription(
    name: "mine", help: "Mine",
    parameters: [
        .text("note", "plain", bytesMax: 8, "said"),
        .choice("mode", "slow", of: ["slow", "fast"], "how"),
        .symbols("symbols", [Symbol("AAA")!], countMax: 2, "which"),
        .milliseconds("pause_ms", 5_000_000, in: 0...1_000_000_000, "how long"),
        .percent(
            "share_pct", Percent(partsPerMillion: 20_000),
            in: Percent(partsPerMillion: 0)...Percent(partsPerMillion: 500_000), "of what"),
    ])

private func load(_ text: String, overrides: [String] = []) throws(SettingsError) -> StrategySettings {
    let loaded = try Settings.load(
        text: Array(text.utf8), name: "test.yaml", environment: [:], overrides: overrides, strategies: [mine])
    return loaded.settings.strategies[0]
}

/// Goal: text, choices, lists of symbols, durations and percent are read exactly, from the file and from the command line, and are
/// what they were before where nothing is told.
@Test func parametersOfEveryKindAreRead() throws {
    var own = try load("strategies: [{name: mine}]")
    #expect(own.text("note") == "plain" && own.choice("mode") == "slow")
    #expect(own.symbols("symbols") == [Symbol("AAA")!])
    #expect(own.durationNs("pause_ms") == 5_000_000)
    #expect(own.percent("share_pct").partsPerMillion == 20_000)
    own = try load(
        "strategies: [{name: mine, note: \"\", mode: fast, symbols: [B, C], pause_ms: 0.25, share_pct: 12.3456}]"
    )
    #expect(own.text("note") == "" && own.choice("mode") == "fast")
    #expect(own.symbols("symbols") == [Symbol("B")!, Symbol("C")!])
    #expect(own.durationNs("pause_ms") == 250_000)
    #expect(own.percent("share_pct").partsPerMillion == 123_456)
    own = try load(
        "strategies: [{name: mine}]",
        overrides: ["strategies.mine.symbols=X", "strategies.mine.pause_ms=7", "strategies.mine.mode=fast"])
    #expect(own.symbols("symbols") == [Symbol("X")!])
    #expect(own.durationNs("pause_ms") == 7_000_000 && own.choice("mode") == "fast")
}

/// Goal: what is out of bounds is refused, and the refusal says what would have been taken.
@Test(arguments: [
    ("note: too long to be", "0 to 8 bytes"), ("mode: quick", "slow or fast"),
    ("symbols: [A, B, C]", "at most 2"), ("symbols: [TOOLONGNAME]", "1 to 8 characters"),
    ("pause_ms: 1001", "milliseconds from 0 to 1000"), ("pause_ms: 5s", "milliseconds"),
    ("share_pct: 50.1", "percent from 0 to 50"), ("share_pct: 1.23456", "at most 4 digits"),
])
func parametersAreHeldToTheirBounds(_ line: String, _ expected: String) {
    #expect {
        try load("strategies: [{name: mine, \(line)}]")
    } throws: { error in
        "\(error)".contains(expected)
    }
}

/// Goal: the examples' own parameters have defaults that their bounds allow, and names of their own.
@Test func theExamplesDescribeThemselves() {
    for description in StrategyDescription.examples {
        #expect(Set(description.parameters.map(\.key)).count == description.parameters.count)
        #expect(description.enabledByDefault)
        for parameter in description.parameters {
            switch parameter.standard {
            case .whole(let value):
                #expect(Double(value) >= parameter.lowest && Double(value) <= parameter.highest)
            case .ratio(let value): #expect(value >= parameter.lowest && value <= parameter.highest)
            case .duration(let ns):
                #expect(Double(ns) >= parameter.lowest && Double(ns) <= parameter.highest)
            case .percent(let value):
                #expect(Double(value.partsPerMillion) <= parameter.highest)
            case .choice(let word): #expect(parameter.choices.contains(word))
            case .symbols(let symbols): #expect(Double(symbols.count) <= parameter.highest)
            case .flag, .text: break
            }
        }
    }
}

/// One figure of a benchmark.
struct Figure: Codable {
    var value: Double
    var unit: String
}

/// A figure by its name, and the bound that it is to reach, where there is one.
typealias BenchmarkRow = (name: String, figure: Figure, reach: Reach?)

/// One benchmark: `spinetail bench NAME` runs it.
protocol Benchmark {
    /// As on the command line.
    static var name: String { get }
    /// One line each, shown with the figures.
    static var what: String { get }
    static var why: String { get }
    static var leftOut: String { get }
    static func run(_ run: BenchmarkRun) throws -> [BenchmarkRow]
}

/// What a benchmark is told.
struct BenchmarkRun {
    /// Just enough work to show that it runs; otherwise enough for a figure.
    let isSmoke: Bool
    /// A line between the figures: what could not be done, and why.
    let say: (String) -> Void

    func count(_ full: Int, smoke: Int) -> Int { isSmoke ? smoke : full }
}

/// The bound that a figure is to reach.
enum Reach {
    case atMost(Double)
    case atLeast(Double)

    func holds(_ value: Double) -> Bool {
        switch self {
        case .atMost(let bound): value <= bound
        case .atLeast(let bound): value >= bound
        }
    }

    var text: String {
        switch self {
        case .atMost(let bound): "≤ \(number(bound))"
        case .atLeast(let bound): "≥ \(number(bound))"
        }
    }
}

/// Without needless digits; large numbers in groups of three.
func number(_ value: Double) -> String {
    if value < 100, value != value.rounded() { return String((value * 100).rounded() / 100) }
    let digits = String(Int64(value.rounded()))
    var text = ""
    for (place, digit) in digits.reversed().enumerated() {
        if place > 0, place % 3 == 0, digit != "-" { text.append(",") }
        text.append(digit)
    }
    return String(text.reversed())
}

/// The median of an odd or even number of runs.
func median(_ values: [Double]) -> Double { quantile(values, 0.5) }

/// The value below which `part` of the values lie, between two of them in proportion.
func quantile(_ values: [Double], _ part: Double) -> Double {
    guard !values.isEmpty else { return .nan }
    let sorted = values.sorted()
    let place = part * Double(sorted.count - 1)
    let low = Int(place)
    let high = min(low + 1, sorted.count - 1)
    return sorted[low] + (sorted[high] - sorted[low]) * (place - Double(low))
}

/// One figure of a benchmark.
struct Figure: Codable {
    var value: Double
    var unit: String
}

/// One benchmark: `tools/bench NAME` runs it.
protocol Benchmark {
    /// As on the command line.
    static var name: String { get }
    /// One line each, shown with the figures.
    static var what: String { get }
    static var why: String { get }
    static var leftOut: String { get }
    /// Figures by name, and the bound that each is to reach, where there is one.
    static func run(_ scale: Scale) throws -> [(name: String, figure: Figure, reach: Reach?)]
}

/// How much work: enough for a figure, or just enough to show that it runs.
enum Scale {
    case full
    case smoke

    func count(_ full: Int, smoke: Int) -> Int {
        switch self {
        case .full: full
        case .smoke: smoke
        }
    }
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
func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

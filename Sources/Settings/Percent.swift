/// A percentage, exact to a ten-thousandth of a percent.
///
/// Every setting whose name ends in `_pct` is one, and always percent: `0.005` is five thousandths of one percent,
/// never half a percent.
public struct Percent: Sendable, Hashable, Comparable {
    /// Parts of a million: 1% is 10,000.
    public let partsPerMillion: Int64

    public init(partsPerMillion: Int64) { self.partsPerMillion = partsPerMillion }

    public static func < (a: Percent, b: Percent) -> Bool { a.partsPerMillion < b.partsPerMillion }
}

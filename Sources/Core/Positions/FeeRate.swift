/// What executions cost; a rebate is negative.
@frozen public struct FeeRate: BitwiseCopyable, Sendable, Equatable {
    /// Hundredths of a basis point of price times quantity times multiplier (50: 0.005%).
    public var notionalHundredthBps: Int64
    /// For each share or contract, in millionths of the money unit: at four decimals of price, 0.0030 a share is
    /// 30,000,000.
    public var perUnitMillionths: Int64

    @inlinable public init(notionalHundredthBps: Int64 = 0, perUnitMillionths: Int64 = 0) {
        self.notionalHundredthBps = notionalHundredthBps
        self.perUnitMillionths = perUnitMillionths
    }

    /// Beyond these no sum of fees could be kept: a tenth of the notional, and 10⁸ of the currency a unit.
    static var notionalHundredthBpsMax: Int64 { 100_000 }
    static var perUnitMillionthsMax: Int64 { 1_000_000_000_000_000_000 }

    var isWithinBounds: Bool {
        abs(notionalHundredthBps) <= Self.notionalHundredthBpsMax
            && abs(perUnitMillionths) <= Self.perUnitMillionthsMax
    }
}

/// What the instruments of one currency come to, in that currency, and its rate: units of the base in 10⁻⁹.
struct ForeignExposure: BitwiseCopyable {
    var sums = ExposureSums()
    var rate: Int64 = 0

    /// What a money unit is worth, in units of ``BaseMoney``.
    @inline(__always) var worth: Int128 { Int128(rate) &* 1_000_000 }
}

/// What the instruments of one currency come to, in that currency, and its rate: units of the base in 10⁻⁹.
struct ForeignGross: BitwiseCopyable {
    var gross: Int128 = 0
    var rate: Int64 = 0

    @inline(__always) var worth: Int128 { Int128(rate) &* 1_000_000 }
}

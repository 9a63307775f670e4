/// A rank in whole ticks of 100: cents, where prices are in ten thousandths.
///
/// Not the instrument's tick: prices off it are as good, only slower.
struct Tick: BitwiseCopyable {
    /// Of 100, rising with the rank.
    var number: UInt64
    /// Whether the rank is a whole number of them.
    var isWhole: Bool

    /// A multiple of 100 that makes every rank positive; ranks lie strictly within it.
    @inline(__always) static var bias: Int64 { 4_611_686_018_427_387_900 }

    @inline(__always) init(_ rank: Int64) {
        let positive = UInt64(bitPattern: rank &+ Self.bias)
        number = positive / 100
        isWhole = number &* 100 == positive
    }

    @inline(__always) static func rank(_ number: UInt64) -> Int64 {
        Int64(bitPattern: number &* 100) &- bias
    }
}

/// A generator of random numbers that a seed repeats exactly, on every machine: SplitMix64.
///
/// - Source: G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
@frozen public struct SeededRandom: RandomNumberGenerator, Sendable, BitwiseCopyable {
    public var state: UInt64

    @inlinable public init(seed: UInt64) { state = seed }

    @inlinable public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }

    /// A whole number in `0 ..< bound` (Lemire's multiply-shift; its bias is below 2⁻⁶⁴ · bound).
    ///
    /// The standard library's own `random(in:using:)` may change how many numbers it draws between releases;
    /// a seed must not.
    @inlinable public mutating func below(_ bound: UInt64) -> UInt64 {
        precondition(bound > 0, "Caller: a bound is positive")
        return next().multipliedFullWidth(by: bound).high
    }

    /// A whole number in the closed `range`.
    @inlinable public mutating func within(_ range: ClosedRange<Int64>) -> Int64 {
        let span = UInt64(bitPattern: range.upperBound &- range.lowerBound)
        return range.lowerBound &+ Int64(bitPattern: span == .max ? next() : below(span + 1))
    }

    /// `true` in `perMillion` of 1,000,000 draws.
    @inlinable public mutating func chance(perMillion: UInt64) -> Bool { below(1_000_000) < perMillion }

    /// A generator of its own, for a part whose draws must not depend on how often others draw.
    @inlinable public mutating func split() -> SeededRandom { SeededRandom(seed: next()) }
}

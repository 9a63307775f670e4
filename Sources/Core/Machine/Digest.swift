/// A running 64-bit digest: each word is mixed in by the finaliser of SplitMix64. For finding differences between
/// replays, not for defence: the journal's chain is that.
struct Digest {
    private(set) var value: UInt64 = 0x9e37_79b9_7f4a_7c15

    mutating func add(_ word: UInt64) {
        var z = (value ^ word) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 30) &* 0x94d0_49bb_1331_11eb
        value = z ^ z >> 31
    }

    mutating func add(_ wide: Int128) {
        add(UInt64(truncatingIfNeeded: wide))
        add(UInt64(truncatingIfNeeded: wide >> 64))
    }
}

internal import Model

/// What one execution opened and nothing has closed yet; one cache line.
struct Lot: BitwiseCopyable {
    /// Signed as the position is.
    var cost: Int128 = 0
    /// The execution that opened it; its side is `.none` where nobody said, or where lots were merged.
    var key = ExecutionKey.none
    /// What is left of it, never negative.
    var quantity: Int64 = 0
    /// ``merged``: the cost is a sum of several.
    var price: Int64 = 0
    var next: UInt32 = .max
    var previous: UInt32 = .max
    /// Next lot whose key falls in the same bucket.
    var nextInBucket: UInt32 = .max
    var instrument: UInt32 = .max

    /// No price: none has this size.
    @inline(__always) static var merged: Int64 { .min }

    /// Order says nothing and sums lose nothing: a lot adds its digest when it comes, and takes it off when it goes.
    var digest: UInt64 {
        var digest = Digest()
        digest.add(UInt64(instrument))
        digest.add(key.executionID)
        digest.add(key.word)
        digest.add(UInt64(bitPattern: quantity))
        digest.add(cost)
        return digest.value
    }
}

extension ExecutionKey {
    /// No execution.
    static var none: ExecutionKey {
        ExecutionKey(venue: 0, tradingDay: 0, executionID: 0, userRef: 0, side: .none, kind: .new)
    }

    /// Everything beside the execution's id; 0 where there is no side.
    var word: UInt64 {
        UInt64(userRef) | UInt64(tradingDay) << 32 | UInt64(venue) << 48 | UInt64(sideAndKind) << 56
    }

    var isNone: Bool { sideAndKind >> 4 == 0 }
}

/// What a strategy knows about a signal beside what it wants: recorded with it, for people and for sizing.
///
/// - Bounds: three figures with a name of their own, and ``pairCountMax`` that the strategy names itself.
@frozen public struct SignalMetadata: BitwiseCopyable, Sendable {
    /// Pairs that one signal can carry.
    @inlinable public static var pairCountMax: Int { 4 }

    /// How often such signals won, between 0 and 1.
    @inlinable public var winRate: Double? { told & 1 != 0 ? rate : nil }
    /// What those that won brought on average, in percent.
    @inlinable public var averageWinPct: Double? { told & 2 != 0 ? win : nil }
    /// What those that lost cost on average, in percent.
    @inlinable public var averageLossPct: Double? { told & 4 != 0 ? loss : nil }
    /// Pairs in use.
    @inlinable public var pairCount: Int { Int(pairs) }

    @usableFromInline var rate = 0.0
    @usableFromInline var win = 0.0
    @usableFromInline var loss = 0.0
    @usableFromInline var names: InlineArray<4, UInt64> = .init(repeating: 0)
    @usableFromInline var values: InlineArray<4, Double> = .init(repeating: 0)
    /// Bit 0: the win rate was told; 1: the average win; 2: the average loss.
    @usableFromInline var told: UInt8 = 0
    @usableFromInline var pairs: UInt8 = 0

    @inlinable public init() {}

    /// The figures that sizing asks for.
    @inlinable public init(winRate: Double, averageWinPct: Double, averageLossPct: Double) {
        rate = winRate
        win = averageWinPct
        loss = averageLossPct
        told = 7
    }

    @inlinable public mutating func setWinRate(_ value: Double) {
        rate = value
        told |= 1
    }
    @inlinable public mutating func setAverageWinPct(_ value: Double) {
        win = value
        told |= 2
    }
    @inlinable public mutating func setAverageLossPct(_ value: Double) {
        loss = value
        told |= 4
    }

    /// Adds a figure of the strategy's own. `false`: there are ``pairCountMax`` already, and nothing was added.
    @discardableResult
    @inlinable public mutating func add(_ name: MetadataName, _ value: Double) -> Bool {
        guard pairCount < Self.pairCountMax else { return false }
        names[pairCount] = name.raw
        values[pairCount] = value
        pairs += 1
        return true
    }

    /// Traps outside `0 ..< pairCount`.
    @inlinable public func pair(_ place: Int) -> (name: MetadataName, value: Double) {
        precondition(place >= 0 && place < pairCount, "Caller: a pair is read where there is one")
        return (MetadataName(raw: names[place]), values[place])
    }

    /// As a fact carries them: the figures with a name of their own, and which of them were told.
    @inlinable public var named: (told: UInt32, rate: UInt64, win: UInt64, loss: UInt64) {
        (UInt32(told), rate.bitPattern, win.bitPattern, loss.bitPattern)
    }
}

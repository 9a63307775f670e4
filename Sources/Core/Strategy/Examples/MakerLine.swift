/// What a ``MarketMaker`` keeps of one instrument.
@frozen public struct MakerLine: BitwiseCopyable, Sendable {
    @usableFromInline var bid = MakerSide()
    @usableFromInline var ask = MakerSide()
    /// Core time before which nothing new is quoted: something was refused.
    @usableFromInline var notBeforeNs: UInt64 = 0
    @usableFromInline var choice = MakerChoice.undecided

    @inlinable init() {}
}

/// Whether an instrument is one that a ``MarketMaker`` quotes.
@frozen public enum MakerChoice: UInt8, BitwiseCopyable, Sendable {
    case undecided, quoted, left
}

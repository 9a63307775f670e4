public import Model

/// What a ``MarketMaker`` knows of its quote on one side of one instrument.
@frozen public struct MakerSide: BitwiseCopyable, Sendable {
    /// Names the order once the venue has it.
    @usableFromInline var handle = OrderHandle.none
    /// Where it stands, as far as was told, and where it was asked to stand: a replacement on its way may have either.
    @usableFromInline var price: Int64 = 0
    @usableFromInline var asked: Int64 = 0
    /// An answer to a replacement or cancel is owed.
    @usableFromInline var isAsked = false

    @inlinable init() {}

    /// Nothing is there.
    @inlinable mutating func clear() {
        handle = .none
        price = 0
        asked = 0
        isAsked = false
    }

    /// Best and worst of where it may stand now; 0: nowhere.
    @inlinable var lowest: Int64 { price == 0 ? asked : asked == 0 ? price : min(price, asked) }
    @inlinable var highest: Int64 { max(price, asked) }
}

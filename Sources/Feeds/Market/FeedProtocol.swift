/// What a market data stream speaks.
public enum FeedProtocol: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// NASDAQ TotalView-ITCH 5.0 in MoldUDP64: every order.
    case itch50
    /// IEX DEEP 1.0 in IEX-TP: price levels.
    case deep10
}

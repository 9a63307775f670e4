/// DEEP 1.0: IEX's book by price level, and its trades. Rides in IEX-TP packets (``IexTransport``).
///
/// Numbers are little-endian, prices signed in 10⁻⁴ dollars, text space padded on the right. A message may grow at
/// its end, so what is longer than it should be is read, and its end left alone. These types are the complete messages;
/// the engine reads with ``DeepDecoder``.
///
/// - Source: IEX, "DEEP Specification", version 1.0.
public enum Deep10 {
    /// No message is longer.
    @inlinable public static var byteCountMax: Int { 80 }

    /// How long a message of `type` is at least, or `nil` where there is no such type.
    #if !DEBUG
    @_noLocks
    #endif
    public static func byteCount(ofType type: UInt8) -> Int? {
        switch type {
        case PriceLevelBuy.type: PriceLevelBuy.byteCount
        case PriceLevelSell.type: PriceLevelSell.byteCount
        case TradeReport.type: TradeReport.byteCount
        case TradingStatus.type: TradingStatus.byteCount
        case OperationalHalt.type: OperationalHalt.byteCount
        case ShortSaleStatus.type: ShortSaleStatus.byteCount
        case SecurityEvent.type: SecurityEvent.byteCount
        case SecurityDirectory.type: SecurityDirectory.byteCount
        case SystemEvent.type: SystemEvent.byteCount
        case RetailInterest.type: RetailInterest.byteCount
        case OfficialPrice.type: OfficialPrice.byteCount
        case TradeBreak.type: TradeBreak.byteCount
        case AuctionInformation.type: AuctionInformation.byteCount
        default: nil
        }
    }
}

/// TotalView-ITCH 5.0: NASDAQ's book, order by order. Rides in MoldUDP64 or SoupBinTCP packets, or in files with
/// two bytes of length (big-endian) before each message.
///
/// Numbers are big-endian, prices unsigned in 10⁻⁴ dollars (circuit breaker levels: 10⁻⁸), text space padded on the
/// right. These types are the complete messages, for the exchange's side and for tools; the engine reads with
/// ``ItchDecoder``.
///
/// - Source: NASDAQ, "Nasdaq TotalView-ITCH 5.0".
public enum Itch50 {
    /// No message is longer.
    @inlinable public static var byteCountMax: Int { 50 }

    /// How long a message of `type` is, or `nil` where there is no such type.
    #if !DEBUG
    @_noLocks
    #endif
    public static func byteCount(ofType type: UInt8) -> Int? {
        switch type {
        case AddOrder.type: AddOrder.byteCount
        case AddOrderWithParticipant.type: AddOrderWithParticipant.byteCount
        case OrderExecuted.type: OrderExecuted.byteCount
        case OrderExecutedWithPrice.type: OrderExecutedWithPrice.byteCount
        case OrderCancel.type: OrderCancel.byteCount
        case OrderDelete.type: OrderDelete.byteCount
        case OrderReplace.type: OrderReplace.byteCount
        case Trade.type: Trade.byteCount
        case CrossTrade.type: CrossTrade.byteCount
        case BrokenTrade.type: BrokenTrade.byteCount
        case NetOrderImbalance.type: NetOrderImbalance.byteCount
        case RetailInterest.type: RetailInterest.byteCount
        case DirectListing.type: DirectListing.byteCount
        case SystemEvent.type: SystemEvent.byteCount
        case StockDirectory.type: StockDirectory.byteCount
        case TradingAction.type: TradingAction.byteCount
        case ShortSaleRestriction.type: ShortSaleRestriction.byteCount
        case ParticipantPosition.type: ParticipantPosition.byteCount
        case CircuitBreakerLevels.type: CircuitBreakerLevels.byteCount
        case CircuitBreakerStatus.type: CircuitBreakerStatus.byteCount
        case IpoQuotingPeriod.type: IpoQuotingPeriod.byteCount
        case AuctionCollar.type: AuctionCollar.byteCount
        case OperationalHalt.type: OperationalHalt.byteCount
        default: nil
        }
    }
}

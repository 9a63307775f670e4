import Wire

/// Every message of each protocol: what the tests walk. A message that is missing here is found by
/// `everyTypeLetterIsListed`.
enum Families {
    static let itch: [any WireMessage.Type] = [
        Itch50.SystemEvent.self, Itch50.StockDirectory.self, Itch50.TradingAction.self,
        Itch50.ShortSaleRestriction.self, Itch50.ParticipantPosition.self, Itch50.CircuitBreakerLevels.self,
        Itch50.CircuitBreakerStatus.self, Itch50.IpoQuotingPeriod.self, Itch50.AuctionCollar.self,
        Itch50.OperationalHalt.self, Itch50.AddOrder.self, Itch50.AddOrderWithParticipant.self,
        Itch50.OrderExecuted.self, Itch50.OrderExecutedWithPrice.self, Itch50.OrderCancel.self,
        Itch50.OrderDelete.self, Itch50.OrderReplace.self, Itch50.Trade.self, Itch50.CrossTrade.self,
        Itch50.BrokenTrade.self, Itch50.NetOrderImbalance.self, Itch50.RetailInterest.self,
        Itch50.DirectListing.self,
    ]

    static let deep: [any WireMessage.Type] = [
        Deep10.SystemEvent.self, Deep10.SecurityDirectory.self, Deep10.TradingStatus.self,
        Deep10.RetailInterest.self, Deep10.OperationalHalt.self, Deep10.ShortSaleStatus.self,
        Deep10.SecurityEvent.self, Deep10.PriceLevelBuy.self, Deep10.PriceLevelSell.self,
        Deep10.TradeReport.self, Deep10.OfficialPrice.self, Deep10.TradeBreak.self,
        Deep10.AuctionInformation.self,
    ]

    static let ouchInbound: [any OuchMessage.Type] = [
        Ouch50.EnterOrder.self, Ouch50.ReplaceOrder.self, Ouch50.CancelOrder.self, Ouch50.ModifyOrder.self,
        Ouch50.MassCancel.self, Ouch50.DisableOrderEntry.self, Ouch50.EnableOrderEntry.self,
        Ouch50.AccountQuery.self,
    ]

    static let ouchOutbound: [any OuchMessage.Type] = [
        Ouch50.SystemEvent.self, Ouch50.OrderAccepted.self, Ouch50.OrderReplaced.self,
        Ouch50.OrderCanceled.self, Ouch50.AiqCanceled.self, Ouch50.OrderExecuted.self,
        Ouch50.BrokenTrade.self, Ouch50.Rejected.self, Ouch50.CancelPending.self, Ouch50.CancelReject.self,
        Ouch50.OrderPriorityUpdate.self, Ouch50.OrderModified.self, Ouch50.OrderRestated.self,
        Ouch50.MassCancelResponse.self, Ouch50.DisableResponse.self, Ouch50.EnableResponse.self,
        Ouch50.AccountQueryResponse.self,
    ]

    static var ouch: [any OuchMessage.Type] { ouchInbound + ouchOutbound }
    static var all: [any WireMessage.Type] { itch + deep + ouch }
}

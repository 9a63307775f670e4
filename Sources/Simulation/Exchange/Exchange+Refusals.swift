import Matching
import Model
import Wire

/// Why the exchange does not take an order; prices on the tick and pools are the matching engine's to judge.
extension Exchange {
    /// Whether the fault script rejects the order that was just counted.
    func rejectsByScript() -> Bool {
        if faults.rejectNext > 0 {
            faults.rejectNext -= 1
            return true
        }
        return faults.rejectEvery > 0 && counters.ordersEntered % faults.rejectEvery == 0
    }

    func refusal(
        _ order: Ouch50.EnterOrder, _ options: Ouch50.Options, _ account: ExchangeAccountState
    ) -> UInt16? {
        if rejectsByScript() { return faults.rejectReason }
        if isClosed { return Ouch50.RejectReason.destinationClosed.rawValue }
        if account.isDisabled { return Ouch50.RejectReason.firmNotAuthorized.rawValue }
        if let firm = options.firm, firm != account.firm {
            return Ouch50.RejectReason.firmNotAuthorized.rawValue
        }
        guard let index = instrumentIndex(order.symbol) else {
            return Ouch50.RejectReason.invalidSymbol.rawValue
        }
        if halted.contains(index) { return Ouch50.RejectReason.halted.rawValue }
        switch order.side {
        case UInt8(ascii: "B"), UInt8(ascii: "S"), UInt8(ascii: "T"), UInt8(ascii: "E"): break
        default: return Ouch50.RejectReason.invalidSide.rawValue
        }
        switch order.display {
        case UInt8(ascii: "Y"), UInt8(ascii: "N"), UInt8(ascii: "A"): break
        default: return Ouch50.RejectReason.invalidDisplay.rawValue
        }
        if order.intermarketSweep == UInt8(ascii: "Y") { return Ouch50.RejectReason.sweepNotAllowed.rawValue }
        if order.crossType != UInt8(ascii: "N") { return Ouch50.RejectReason.invalidCrossOrder.rawValue }
        return refusal(
            ofDetails: options, timeInForce: order.timeInForce, quantity: order.quantity,
            price: order.price)?.rawValue
    }

    /// What an order and a replacement have in common.
    ///
    /// - Parameter quantity: What would be left of it.
    func refusal(
        ofDetails options: Ouch50.Options, timeInForce: UInt8, quantity: UInt32, price: UInt64
    ) -> Ouch50.RejectReason? {
        guard let duration = Ouch50.TimeInForce(rawValue: timeInForce) else { return .other }
        if let reason = refusal(ofHours: duration) { return reason }
        if duration == .time, (options.expireTime ?? 0) == 0 { return .other }
        if quantity == 0 || quantity >= Ouch50.quantityEnd { return .invalidQuantity }
        if price == 0 || price > Ouch50.marketPriceOfCross && price != Ouch50.marketPrice {
            return .invalidPrice
        }
        if let reason = refusal(ofKind: options) { return reason }
        let isPostOnly = options.postOnly == UInt8(ascii: "P")
        if let least = options.minimumQuantity, least > 0 {
            // One that waits for enough to come at once is not offered here.
            guard duration == .immediate, least <= quantity else { return .invalidMinimumQuantity }
        }
        if isPostOnly, duration == .immediate || isMarketPrice(price) { return .other }
        return nil
    }

    /// Kinds of orders that this exchange does not have: none is quietly taken for a plain one.
    private func refusal(ofKind options: Ouch50.Options) -> Ouch50.RejectReason? {
        if let type = options.priceType, type != UInt8(ascii: "L") {
            let known: [Unicode.Scalar] = ["P", "M", "R", "Q", "m"]
            return known.contains { UInt8(ascii: $0) == type } ? .peggingNotAllowed : .invalidPegType
        }
        if let offset = options.pegOffset, offset != 0 { return .invalidPegType }
        if options.discretionPrice != nil || options.discretionPriceType != nil
            || options.discretionPegOffset != nil
        {
            return .peggingNotAllowed
        }
        if let floor = options.maximumFloor, floor != 0 { return .invalidMaximumFloor }
        if let reserve = options.randomReserve, reserve != 0 { return .invalidMaximumFloor }
        if let route = options.route, route != 0x2020_2020 { return .routingNotAllowed }
        if options.customerType == UInt8(ascii: "R") { return .retailNotAllowed }
        switch options.handleInstruction {
        case nil, 0x20: break
        case UInt8(ascii: "O"), UInt8(ascii: "T"), UInt8(ascii: "Q"): return .retailNotAllowed
        default: return .invalidCrossOrder
        }
        if options.tradeNow == UInt8(ascii: "Y") { return .other }
        return nil
    }

    private func refusal(ofHours duration: Ouch50.TimeInForce) -> Ouch50.RejectReason? {
        guard let hours = configuration.hours else { return nil }
        let time = market.timestamp(nowNs)
        if time >= hours.extendedClosesNs { return .destinationClosed }
        // Day orders that come late are taken and cancelled, where there is a closing cross; here there is none.
        if time >= hours.closesNs { return duration == .day ? .destinationClosed : nil }
        return duration == .afterHours ? .destinationClosed : nil
    }

    /// OUCH's number for a reason of the matching engine.
    static func ouchReason(_ reason: MatchReason) -> UInt16 {
        let found: Ouch50.RejectReason =
            switch reason {
            case .unknownInstrument: .invalidSymbol
            case .badSide: .invalidSide
            case .badQuantity: .invalidQuantity
            case .badPrice: .invalidPrice
            case .orderPoolFull, .levelPoolFull: .processingError
            case .wouldTrade, .none, .asked, .immediate, .selfTrade, .tooManyFills, .notFillable,
                .unknownOrder, .nothingToCancel:
                .other
            }
        return found.rawValue
    }
}

internal import Model
internal import Wire

/// What OUCH 5.0's reasons mean for what is done next. The table for people is in Documentation/orders.md.
enum OuchReasons {
    /// Whether an order ended by its own time, not by somebody's hand.
    ///
    /// - Source: NASDAQ, "O*U*C*H 5.0", appendix B.
    static func isExpiry(_ reason: UInt8) -> Bool {
        reason == Ouch50.CancelReason.timeout.rawValue || reason == Ouch50.CancelReason.closed.rawValue
    }

    /// Whether an order that was rejected so may be made again.
    ///
    /// - Source: NASDAQ, "O*U*C*H 5.0", appendix C.
    static func refusalClass(_ reason: UInt16) -> RefusalClass {
        guard let reason = Ouch50.RejectReason(rawValue: reason) else { return .unknown }
        switch reason {
        // The venue was overloaded, or a rate was passed: another moment, another answer.
        case .processingError, .riskSymbolMessageRate, .riskPortMessageRate, .riskDuplicateMessageRate:
            return .retry
        // The venue does not say.
        case .other: return .unknown
        // The order itself, the instrument, the market's hours or the account: the same order gets the same answer.
        case .quoteUnavailable, .destinationClosed, .invalidDisplay, .invalidMaximumFloor, .invalidPegType,
            .fatFinger,
            .halted, .sweepNotAllowed, .invalidSide, .cancelPending, .firmNotAuthorized,
            .invalidMinimumQuantity,
            .noClosingReferencePrice, .cancelNotAllowed, .peggingNotAllowed, .crossedMarket, .invalidQuantity,
            .invalidCrossOrder, .replaceNotAllowed, .routingNotAllowed, .invalidSymbol, .test,
            .lateLimitOnCloseTooAggressive, .retailNotAllowed, .invalidMidpointPostOnlyPrice,
            .invalidDestination,
            .invalidPrice, .sharesExceedThreshold, .notionalExceedsMaximum, .riskAggregateExposure,
            .riskMarketImpact,
            .riskRestrictedStock, .riskShortSellRestricted, .riskSweepNotAllowed, .riskExceedsDailyVolume,
            .riskFatFinger, .riskLocateRequired, .riskShortSellNotAllowed, .riskMarketOrderNotAllowed,
            .riskPreMarketNotAllowed, .riskPostMarketNotAllowed, .riskShortSellExemptNotAllowed,
            .riskSingleOrderNotional, .riskMaximumQuantity, .shortSaleStateNotAvailable,
            .riskOfferingMarketBuyNotAllowed:
            return .never
        }
    }
}

extension Ouch50 {
    /// Why an order was not taken: the number in ``Rejected``. From ``riskAggregateExposure`` on it is the venue's own
    /// pre-trade risk check that refused.
    ///
    /// - Source: NASDAQ, "O*U*C*H 5.0", appendix C.
    @frozen public enum RejectReason: UInt16, BitwiseCopyable, Sendable, CaseIterable {
        case quoteUnavailable = 0x0001
        case destinationClosed = 0x0002
        case invalidDisplay = 0x0003
        case invalidMaximumFloor = 0x0004
        case invalidPegType = 0x0005
        case fatFinger = 0x0006
        case halted = 0x0007
        case sweepNotAllowed = 0x0008
        case invalidSide = 0x0009
        case processingError = 0x000a
        case cancelPending = 0x000b
        case firmNotAuthorized = 0x000c
        case invalidMinimumQuantity = 0x000d
        case noClosingReferencePrice = 0x000e
        case other = 0x000f
        case cancelNotAllowed = 0x0010
        case peggingNotAllowed = 0x0011
        case crossedMarket = 0x0012
        case invalidQuantity = 0x0013
        case invalidCrossOrder = 0x0014
        case replaceNotAllowed = 0x0015
        case routingNotAllowed = 0x0016
        case invalidSymbol = 0x0017
        case test = 0x0018
        case lateLimitOnCloseTooAggressive = 0x0019
        case retailNotAllowed = 0x001a
        case invalidMidpointPostOnlyPrice = 0x001b
        case invalidDestination = 0x001c
        case invalidPrice = 0x001d
        case sharesExceedThreshold = 0x001e
        case notionalExceedsMaximum = 0x001f
        case riskAggregateExposure = 0x0020
        case riskMarketImpact = 0x0021
        case riskRestrictedStock = 0x0022
        case riskShortSellRestricted = 0x0023
        case riskSweepNotAllowed = 0x0024
        case riskExceedsDailyVolume = 0x0025
        case riskFatFinger = 0x0026
        case riskLocateRequired = 0x0027
        case riskSymbolMessageRate = 0x0028
        case riskPortMessageRate = 0x0029
        case riskDuplicateMessageRate = 0x002a
        case riskShortSellNotAllowed = 0x002b
        case riskMarketOrderNotAllowed = 0x002c
        case riskPreMarketNotAllowed = 0x002d
        case riskPostMarketNotAllowed = 0x002e
        case riskShortSellExemptNotAllowed = 0x002f
        case riskSingleOrderNotional = 0x0030
        case riskMaximumQuantity = 0x0031
        case shortSaleStateNotAvailable = 0x0032
        case riskOfferingMarketBuyNotAllowed = 0x0033
    }

    /// Why shares left an order: the letter in ``OrderCanceled``.
    ///
    /// - Source: NASDAQ, "O*U*C*H 5.0", appendix B.
    @frozen public enum CancelReason: UInt8, BitwiseCopyable, Sendable, CaseIterable {
        /// A regulatory restriction, such as trading through another market.
        case regulatory = 0x44
        /// A day order that came after the close.
        case closed = 0x45
        /// A post-only order that would have been moved because of another market.
        case postOnlyProtected = 0x46
        /// A post-only order that would have traded, or been moved, because of an order of the other side.
        case postOnlyContra = 0x47
        /// The instrument stayed halted after the opening cross.
        case halted = 0x48
        /// What was left of an immediate-or-cancel order.
        case immediate = 0x49
        /// Outside of the price band of market orders.
        case marketCollar = 0x4b
        /// It would have met an order of the same firm.
        case selfMatch = 0x51
        /// By the venue's own hand.
        case supervisory = 0x53
        /// Its time in force is over.
        case timeout = 0x54
        /// The client asked.
        case user = 0x55
        /// The price protection of the opening.
        case openProtection = 0x58
        /// By the venue's system.
        case system = 0x5a
        /// A direct listing's order beyond its shares.
        case exceedsAllowableShares = 0x65
    }

    /// How long an order stands.
    @frozen public enum TimeInForce: UInt8, BitwiseCopyable, Sendable, CaseIterable {
        /// `0`: until the close of regular hours.
        case day = 0x30
        /// `3`: what does not trade at once is cancelled.
        case immediate = 0x33
        /// `5`, GTX: until the end of extended hours.
        case extendedHours = 0x35
        /// `6`, GTT: until its ``Options/expireTime`` is over, which has to be there.
        case time = 0x36
        /// `E`: after regular hours only.
        case afterHours = 0x45
    }

    /// The price that means "no limit".
    @inlinable public static var marketPrice: UInt64 { 0x7fff_ffff }
    /// $200,000.0000, which means "no limit" too. The highest limit is a cent below it.
    @inlinable public static var marketPriceOfCross: UInt64 { 2_000_000_000 }
    /// Shares of one order are fewer than this.
    @inlinable public static var quantityEnd: UInt32 { 1_000_000 }
}

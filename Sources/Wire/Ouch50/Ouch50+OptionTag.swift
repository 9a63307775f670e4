extension Ouch50 {
    /// What an option is: its number on the wire. 8 and 19 to 21 are not in use.
    @frozen public enum OptionTag: UInt8, BitwiseCopyable, Sendable, CaseIterable {
        case secondaryOrderReferenceNumber = 1
        case firm = 2
        case minimumQuantity = 3
        case customerType = 4
        case maximumFloor = 5
        case priceType = 6
        case pegOffset = 7
        case discretionPrice = 9
        case discretionPriceType = 10
        case discretionPegOffset = 11
        case postOnly = 12
        case randomReserve = 13
        case route = 14
        case expireTime = 15
        case tradeNow = 16
        case handleInstruction = 17
        case bboWeightIndicator = 18
        case displayQuantity = 22
        case displayPrice = 23
        case groupID = 24
        case sharesLocated = 25
        case locateBroker = 26
        case side = 27
        case userRefIndex = 28

        /// The length of the value, in bytes.
        @inlinable public var valueByteCount: Int {
            switch self {
            case .customerType, .priceType, .discretionPriceType, .postOnly, .tradeNow, .handleInstruction,
                .bboWeightIndicator, .sharesLocated, .side, .userRefIndex:
                1
            case .groupID:
                2
            case .firm, .minimumQuantity, .maximumFloor, .pegOffset, .discretionPegOffset, .randomReserve,
                .route, .expireTime, .displayQuantity, .locateBroker:
                4
            case .secondaryOrderReferenceNumber, .discretionPrice, .displayPrice:
                8
            }
        }
    }
}

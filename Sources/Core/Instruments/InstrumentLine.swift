internal import Model

/// An instrument's definition as the hot path keeps it: no optionals, limits filled in.
struct InstrumentLine: BitwiseCopyable {
    var symbol: Symbol
    /// Below 0: the account's.
    var positionMax: Int64
    var rare = RareTerms()
    var hasRareTerms: Bool
    var tick: Int32
    var lot: Int32
    var multiplier: Int32
    var currency: UInt8
    var stream: UInt8
    var session: UInt8
    var isRestricted: Bool
    /// 255: none.
    var calendar: UInt8

    init(_ definition: InstrumentDefinition) {
        precondition(definition.tick > 0, "Caller: a tick is positive")
        precondition(definition.lot > 0, "Caller: a lot is positive")
        precondition(definition.multiplier > 0, "Caller: a multiplier is positive")
        symbol = definition.symbol
        precondition(
            definition.averageDailyVolume.raw >= 0, "Caller: the volume of a day is not negative")
        positionMax = definition.positionMax?.raw ?? -1
        rare.orderQuantityMax = definition.orderQuantityMax?.raw ?? .max
        rare.orderNotionalMax = definition.orderNotionalMax.map { Int64(clamping: $0.raw) } ?? .max
        rare.dailyVolume = definition.averageDailyVolume.raw
        hasRareTerms =
            definition.marginPpm != nil || definition.locatedQuantity != nil || definition.isMargined
            || definition.ordersPerSecond != 0
        rare.marginPpm = definition.marginPpm ?? -1
        rare.locatedQuantity = definition.locatedQuantity?.raw ?? .max
        rare.isMargined = definition.isMargined
        rare.rate = OrderRate(perSecond: definition.ordersPerSecond, burst: definition.orderBurst)
        tick = definition.tick
        lot = definition.lot
        multiplier = definition.multiplier
        currency = definition.currency
        stream = definition.stream
        session = definition.session
        isRestricted = definition.isRestricted
        calendar = definition.calendar ?? .max
    }
}

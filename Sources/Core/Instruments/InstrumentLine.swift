internal import Model

/// An instrument's definition as the hot path keeps it: no optionals, limits filled in.
struct InstrumentLine: BitwiseCopyable {
    var symbol: Symbol
    var positionMax: Int64
    var tick: Int32
    var lot: Int32
    var multiplier: Int32
    var currency: UInt8
    var stream: UInt8
    var session: UInt8
    var isRestricted: Bool
    /// 255: none.
    var calendar: UInt8

    init(_ definition: InstrumentDefinition, _ limits: RiskLimits) {
        precondition(definition.tick > 0, "Caller: a tick is positive")
        precondition(definition.lot > 0, "Caller: a lot is positive")
        precondition(definition.multiplier > 0, "Caller: a multiplier is positive")
        symbol = definition.symbol
        positionMax = (definition.positionMax ?? limits.positionMax).raw
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

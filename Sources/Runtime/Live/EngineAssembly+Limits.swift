internal import Core
internal import Model

extension InstrumentDefinition {
    /// One limit of its own, as ``LimitKind`` has it and ``LimitValue`` says that there is none.
    mutating func set(_ kind: LimitKind, _ value: Int64) {
        let isNone = value == .max
        switch kind {
        case .positionMax: positionMax = isNone ? nil : Quantity(raw: value)
        case .orderQuantityMax: orderQuantityMax = isNone ? nil : Quantity(raw: value)
        case .orderNotionalMax: orderNotionalMax = isNone ? nil : Money(raw: Int128(value))
        case .ordersPerSecond: ordersPerSecond = value
        case .orderBurst: orderBurst = value
        case .marginPpm: marginPpm = value < 0 ? nil : value
        case .isRestricted: isRestricted = value != 0
        case .locatedQuantity: locatedQuantity = isNone ? nil : Quantity(raw: value)
        case .averageDailyVolume: averageDailyVolume = Quantity(raw: value)
        case .positionEquityPpm, .orderQuantityMin, .orderCapitalPpm, .grossNotionalMax, .netNotionalMax,
            .openOrderCountMax, .openNotionalMax, .collarPpm, .lastCollarPpm, .dailyVolumePpm,
            .requiresDailyVolume, .duplicateOrderMax, .duplicateWindowNs, .preventsSelfTrade, .requiresCash,
            .allowsShortSales, .dayNotionalMax, .dayLossMax, .dayLossPpm, .drawdownPpm, .sessionDrawdownPpm,
            .rejectCountMax, .staleDataNs, .executionCountMax, .executionWindowNs, .cancelRatioHundredths,
            .flattensInLiquidation, .guardsDayTrades, .dayTradeEquityMin, .dayTradeCount, .dayTradeDays:
            preconditionFailure("Invariant: \(kind) is no limit of an instrument")
        }
    }
}

internal import Core
internal import Model

// One limit each, from what the settings came to.

extension RiskLimits {
    mutating func set(_ kind: LimitKind, _ value: Int64) {
        switch kind {
        case .positionMax: positionMax = Quantity(raw: value)
        case .positionEquityPpm: positionEquityPpm = value
        case .orderQuantityMax: orderQuantityMax = Quantity(raw: value)
        case .orderQuantityMin: orderQuantityMin = Quantity(raw: value)
        case .orderNotionalMax: orderNotionalMax = Money(raw: Int128(value))
        case .orderCapitalPpm: orderCapitalPpm = value
        case .grossNotionalMax: grossNotionalMax = Money(raw: Int128(value))
        case .netNotionalMax: netNotionalMax = Money(raw: Int128(value))
        case .openOrderCountMax: openOrderCountMax = Int(value)
        case .openNotionalMax: openNotionalMax = Money(raw: Int128(value))
        case .collarPpm: collarPpm = value
        case .lastCollarPpm: lastCollarPpm = value
        case .dailyVolumePpm: dailyVolumePpm = value
        case .requiresDailyVolume: requiresDailyVolume = value != 0
        case .ordersPerSecond: ordersPerSecond = value
        case .orderBurst: orderBurst = value
        case .duplicateOrderMax: duplicateOrderMax = value
        case .duplicateWindowNs: duplicateWindowNs = UInt64(value)
        case .preventsSelfTrade: preventsSelfTrade = value != 0
        case .requiresCash: requiresCash = value != 0
        case .marginPpm: marginPpm = value
        case .allowsShortSales: allowsShortSales = value != 0
        case .dayNotionalMax: dayNotionalMax = Money(raw: Int128(value))
        case .dayLossMax: dayLossMax = Money(raw: Int128(value))
        case .dayLossPpm: dayLossPpm = value
        case .drawdownPpm: drawdownPpm = value
        case .sessionDrawdownPpm: sessionDrawdownPpm = value
        case .rejectCountMax: rejectCountMax = value
        case .staleDataNs: staleDataNs = UInt64(value)
        case .executionCountMax: executionCountMax = value
        case .executionWindowNs: executionWindowNs = UInt64(value)
        case .cancelRatioHundredths: cancelRatioHundredths = value
        case .flattensInLiquidation: flattensInLiquidation = value != 0
        case .guardsDayTrades: guardsDayTrades = value != 0
        case .dayTradeEquityMin: dayTradeEquityMin = Money(raw: Int128(value))
        case .dayTradeCount: dayTradeCount = value
        case .dayTradeDays: dayTradeDays = value
        case .isRestricted, .locatedQuantity, .averageDailyVolume:
            preconditionFailure("Invariant: \(kind) is no limit of an account")
        }
    }
}

extension StrategyLimits {
    mutating func set(_ kind: LimitKind, _ value: Int64) {
        switch kind {
        case .positionMax: positionMax = Quantity(raw: value)
        case .orderQuantityMax: orderQuantityMax = Quantity(raw: value)
        case .orderNotionalMax: orderNotionalMax = Money(raw: Int128(value))
        case .openOrderCountMax: openOrderCountMax = Int(Int32(clamping: value))
        case .openNotionalMax: openNotionalMax = Money(raw: Int128(value))
        case .ordersPerSecond: ordersPerSecond = value
        case .orderBurst: orderBurst = value
        case .dayLossMax: dayLossMax = Money(raw: Int128(value))
        case .executionCountMax: executionCountMax = value
        case .executionWindowNs: executionWindowNs = UInt64(value)
        case .positionEquityPpm, .orderQuantityMin, .orderCapitalPpm, .grossNotionalMax, .netNotionalMax,
            .collarPpm, .lastCollarPpm, .dailyVolumePpm, .requiresDailyVolume, .duplicateOrderMax,
            .duplicateWindowNs, .preventsSelfTrade, .requiresCash, .marginPpm, .allowsShortSales,
            .dayNotionalMax, .dayLossPpm, .drawdownPpm, .sessionDrawdownPpm, .rejectCountMax, .staleDataNs,
            .cancelRatioHundredths, .flattensInLiquidation, .guardsDayTrades, .dayTradeEquityMin,
            .dayTradeCount, .dayTradeDays, .isRestricted, .locatedQuantity, .averageDailyVolume:
            preconditionFailure("Invariant: \(kind) is no limit of a strategy")
        }
    }
}

extension InstrumentDefinition {
    mutating func set(_ kind: LimitKind, _ value: Int64) {
        let isNone = value == .max
        switch kind {
        case .positionMax: positionMax = isNone ? nil : Quantity(raw: value)
        case .orderQuantityMax: orderQuantityMax = isNone ? nil : Quantity(raw: value)
        case .orderNotionalMax: orderNotionalMax = isNone ? nil : Money(raw: Int128(value))
        case .ordersPerSecond: ordersPerSecond = value
        case .orderBurst: orderBurst = value
        case .marginPpm: marginPpm = value == 0 ? nil : value
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

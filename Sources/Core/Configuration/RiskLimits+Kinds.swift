public import Model

// Limits by their kind: how settings and inputs name them.
extension RiskLimits {
    /// The account's limit of a kind, as ``LimitKind`` has it; 0 for those that only instruments have.
    public subscript(kind: LimitKind) -> Int64 {
        get {
            switch kind {
            case .positionMax: positionMax.raw
            case .positionEquityPpm: positionEquityPpm
            case .orderQuantityMax: orderQuantityMax.raw
            case .orderQuantityMin: orderQuantityMin.raw
            case .orderNotionalMax: Int64(clamping: orderNotionalMax.raw)
            case .orderCapitalPpm: orderCapitalPpm
            case .grossNotionalMax: Int64(clamping: grossNotionalMax.raw)
            case .netNotionalMax: Int64(clamping: netNotionalMax.raw)
            case .openOrderCountMax: Int64(openOrderCountMax)
            case .openNotionalMax: Int64(clamping: openNotionalMax.raw)
            case .collarPpm: collarPpm
            case .lastCollarPpm: lastCollarPpm
            case .dailyVolumePpm: dailyVolumePpm
            case .ordersPerSecond: ordersPerSecond
            case .orderBurst: orderBurst
            case .duplicateOrderMax: duplicateOrderMax
            case .duplicateWindowNs: Int64(clamping: duplicateWindowNs)
            case .preventsSelfTrade: preventsSelfTrade ? 1 : 0
            case .requiresCash: requiresCash ? 1 : 0
            case .marginPpm: marginPpm
            case .allowsShortSales: allowsShortSales ? 1 : 0
            case .dayNotionalMax: Int64(clamping: dayNotionalMax.raw)
            case .requiresDailyVolume: requiresDailyVolume ? 1 : 0
            case .dayLossMax: Int64(clamping: dayLossMax.raw)
            case .dayLossPpm: dayLossPpm
            case .drawdownPpm: drawdownPpm
            case .sessionDrawdownPpm: sessionDrawdownPpm
            case .rejectCountMax: rejectCountMax
            case .staleDataNs: Int64(clamping: staleDataNs)
            case .executionCountMax: executionCountMax
            case .executionWindowNs: Int64(clamping: executionWindowNs)
            case .cancelRatioHundredths: cancelRatioHundredths
            case .flattensInLiquidation: flattensInLiquidation ? 1 : 0
            case .guardsDayTrades: guardsDayTrades ? 1 : 0
            case .dayTradeEquityMin: Int64(clamping: dayTradeEquityMin.raw)
            case .dayTradeCount: dayTradeCount
            case .dayTradeDays: dayTradeDays
            case .isRestricted, .locatedQuantity, .averageDailyVolume: 0
            }
        }
        set {
            switch kind {
            case .positionMax: positionMax = Quantity(raw: newValue)
            case .positionEquityPpm: positionEquityPpm = newValue
            case .orderQuantityMax: orderQuantityMax = Quantity(raw: newValue)
            case .orderQuantityMin: orderQuantityMin = Quantity(raw: newValue)
            case .orderNotionalMax: orderNotionalMax = Money(raw: Int128(newValue))
            case .orderCapitalPpm: orderCapitalPpm = newValue
            case .grossNotionalMax: grossNotionalMax = Money(raw: Int128(newValue))
            case .netNotionalMax: netNotionalMax = Money(raw: Int128(newValue))
            case .openOrderCountMax: openOrderCountMax = Int(newValue)
            case .openNotionalMax: openNotionalMax = Money(raw: Int128(newValue))
            case .collarPpm: collarPpm = newValue
            case .lastCollarPpm: lastCollarPpm = newValue
            case .dailyVolumePpm: dailyVolumePpm = newValue
            case .ordersPerSecond: ordersPerSecond = newValue
            case .orderBurst: orderBurst = newValue
            case .duplicateOrderMax: duplicateOrderMax = newValue
            case .duplicateWindowNs: duplicateWindowNs = UInt64(clamping: newValue)
            case .preventsSelfTrade: preventsSelfTrade = newValue != 0
            case .requiresCash: requiresCash = newValue != 0
            case .marginPpm: marginPpm = newValue
            case .allowsShortSales: allowsShortSales = newValue != 0
            case .dayNotionalMax: dayNotionalMax = Money(raw: Int128(newValue))
            case .requiresDailyVolume: requiresDailyVolume = newValue != 0
            case .dayLossMax: dayLossMax = Money(raw: Int128(newValue))
            case .dayLossPpm: dayLossPpm = newValue
            case .drawdownPpm: drawdownPpm = newValue
            case .sessionDrawdownPpm: sessionDrawdownPpm = newValue
            case .rejectCountMax: rejectCountMax = newValue
            case .staleDataNs: staleDataNs = UInt64(clamping: newValue)
            case .executionCountMax: executionCountMax = newValue
            case .executionWindowNs: executionWindowNs = UInt64(clamping: newValue)
            case .cancelRatioHundredths: cancelRatioHundredths = newValue
            case .flattensInLiquidation: flattensInLiquidation = newValue != 0
            case .guardsDayTrades: guardsDayTrades = newValue != 0
            case .dayTradeEquityMin: dayTradeEquityMin = Money(raw: Int128(newValue))
            case .dayTradeCount: dayTradeCount = newValue
            case .dayTradeDays: dayTradeDays = newValue
            case .isRestricted, .locatedQuantity, .averageDailyVolume: break
            }
        }
    }

    /// The first kind whose value is none; `nil`: all can be held.
    public var disagreement: LimitKind? {
        for kind in LimitKind.allCases where !kind.allows(self[kind]) { return kind }
        return nil
    }
}

public import Model

extension StrategyLimits {
    /// The strategy's limit of a kind, as ``LimitKind`` has it; 0 for those that strategies do not have.
    public subscript(kind: LimitKind) -> Int64 {
        get {
            switch kind {
            case .positionMax: positionMax.raw
            case .orderQuantityMax: orderQuantityMax.raw
            case .orderNotionalMax: Int64(clamping: orderNotionalMax.raw)
            case .openOrderCountMax: Int64(openOrderCountMax)
            case .openNotionalMax: Int64(clamping: openNotionalMax.raw)
            case .ordersPerSecond: ordersPerSecond
            case .orderBurst: orderBurst
            case .dayLossMax: Int64(clamping: dayLossMax.raw)
            case .executionCountMax: executionCountMax
            case .executionWindowNs: Int64(clamping: executionWindowNs)
            case .positionEquityPpm, .orderQuantityMin, .orderCapitalPpm, .grossNotionalMax, .netNotionalMax,
                .collarPpm, .lastCollarPpm, .dailyVolumePpm, .duplicateOrderMax, .duplicateWindowNs,
                .preventsSelfTrade, .requiresCash, .marginPpm, .allowsShortSales, .dayNotionalMax,
                .requiresDailyVolume, .dayLossPpm, .drawdownPpm, .sessionDrawdownPpm, .rejectCountMax,
                .staleDataNs, .cancelRatioHundredths, .flattensInLiquidation, .guardsDayTrades,
                .dayTradeEquityMin, .dayTradeCount, .dayTradeDays, .isRestricted, .locatedQuantity,
                .averageDailyVolume:
                0
            }
        }
        set {
            switch kind {
            case .positionMax: positionMax = Quantity(raw: newValue)
            case .orderQuantityMax: orderQuantityMax = Quantity(raw: newValue)
            case .orderNotionalMax: orderNotionalMax = Money(raw: Int128(newValue))
            case .openOrderCountMax: openOrderCountMax = Int(newValue)
            case .openNotionalMax: openNotionalMax = Money(raw: Int128(newValue))
            case .ordersPerSecond: ordersPerSecond = newValue
            case .orderBurst: orderBurst = newValue
            case .dayLossMax: dayLossMax = Money(raw: Int128(newValue))
            case .executionCountMax: executionCountMax = newValue
            case .executionWindowNs: executionWindowNs = UInt64(clamping: newValue)
            case .positionEquityPpm, .orderQuantityMin, .orderCapitalPpm, .grossNotionalMax, .netNotionalMax,
                .collarPpm, .lastCollarPpm, .dailyVolumePpm, .duplicateOrderMax, .duplicateWindowNs,
                .preventsSelfTrade, .requiresCash, .marginPpm, .allowsShortSales, .dayNotionalMax,
                .requiresDailyVolume, .dayLossPpm, .drawdownPpm, .sessionDrawdownPpm, .rejectCountMax,
                .staleDataNs, .cancelRatioHundredths, .flattensInLiquidation, .guardsDayTrades,
                .dayTradeEquityMin, .dayTradeCount, .dayTradeDays, .isRestricted, .locatedQuantity,
                .averageDailyVolume:
                break
            }
        }
    }
}

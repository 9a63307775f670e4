internal import Foundation
public import Model

/// Names and numbers as everything outside the engine writes them.
public enum Words {
    /// Prices and money of this version's instruments have four digits behind the point.
    public static var scale: Int { 4 }

    /// `2026-11-23T14:30:00Z`, to the second.
    static func utc(_ nsSince1970: UInt64) -> String {
        Date(timeIntervalSince1970: Double(nsSince1970 / 1_000_000_000)).formatted(.iso8601)
    }

    public static func price(_ raw: Int64) -> String { DecimalText.string(raw, scale: scale) }

    /// The limit of an order; `nil`: it is at the market.
    public static func price(_ raw: Int64, of type: OrderType) -> String? {
        switch type {
        case .limit, .stopLimit: price(raw)
        case .market, .stop, .trailingStop: nil
        }
    }

    /// What one of a currency is worth: nine digits behind the point.
    public static func rate(_ raw: Int64) -> String { DecimalText.string(raw, scale: 9) }

    public static func money(_ raw: Int128) -> String { DecimalText.string(raw, scale: scale) }

    /// `partiallyFilled` as `partially_filled`.
    public static func snakeCase(_ text: String) -> String {
        text.reduce(into: "") { out, letter in
            out += letter.isUppercase ? "_" + letter.lowercased() : String(letter)
        }
    }

    /// `reduce_only`, `liquidation_only`.
    public static func name(_ state: TradingState) -> String { snakeCase("\(state)") }

    /// As settings and the command line write it.
    public static func name(_ timeInForce: TimeInForce) -> String {
        switch timeInForce {
        case .day: "day"
        case .immediateOrCancel: "ioc"
        case .goodTillCancelled: "gtc"
        case .goodTillDate: "gtd"
        case .fillOrKill: "fok"
        }
    }

    /// What a rule says, to somebody whose command it refused.
    public static func refusal(_ rule: Rule) -> String {
        let measure = RuleMeasure.ofState(rule) ?? RuleMeasure.ofRefusal(rule, .account)
        return words(rule) + (measure?.path(0, .account, "").map { " (\($0))" } ?? "")
    }

    private static func words(_ rule: Rule) -> String {
        switch rule {
        case .none: "nothing stands against it"
        case .noQuote: "there is no quote of the instrument"
        case .staleBook: "market data of the instrument is missing: its book is stale"
        case .notTrading: "the venue does not trade the instrument now"
        case .sizedToZero: "nothing is held, and no order is open"
        case .unknownInstrument: "no such instrument"
        case .signalBufferFull: "too much was asked at once"
        case .orderQuantity: "more than one order may have"
        case .orderNotional: "worth more than one order may be"
        case .positionLimit: "the position could grow beyond its limit"
        case .grossNotional: "all positions together could pass their limit"
        case .openOrderCount: "as many orders are open as may be"
        case .priceCollar: "the price is too far from the market"
        case .offTick: "the price is between two ticks"
        case .offLot: "the quantity is no whole number of lots"
        case .reduceOnly: "it would not bring the position nearer to zero"
        case .restrictedSymbol: "the instrument is restricted (risk.restricted_symbols, instruments.symbols)"
        case .orderPoolFull: "there is no room for another order"
        case .noCredit: "as many messages wait for the venue as may"
        case .sessionDown: "the venue session is down"
        case .stopped: "trading is stopped"
        case .journalPressure: "the journal cannot keep up: nothing that adds risk is let through"
        case .instrumentReduceOnly: "only orders that bring the position nearer to zero are let through"
        case .residueFull: "there is no room to remember another ended order"
        case .executionSetNearFull: "there is hardly room to remember further executions"
        case .rateLimit: "the venue's message rate is used up"
        case .noSuchOrder: "no such order, or it has ended"
        case .requestPending: "a cancel or a change of it waits for the venue's answer"
        case .badTerms: "its terms exclude each other"
        case .wouldTrade: "a post-only order that would trade at once"
        case .timerQueueFull: "too many timers are pending"
        case .noChange: "nothing would change"
        case .unknownCurrency: "the account has no such currency (account.currencies), or it is its base"
        case .badRate: "a rate is above 0, and at most 1000000"
        case .nameless: "the name of the person who does it is wanted"
        case .orderQuantityMin: "less than an order must have"
        case .orderCapital: "more of the capital than one order may have"
        case .positionEquity:
            "the position could come to more of the equity than it may"
        case .netNotional: "longs less shorts could pass their limit"
        case .openNotional: "all open orders would come to more than they may"
        case .lastCollar: "the price is too far from the last trade"
        case .dailyVolume:
            "more of an average day's volume than one order may have"
        case .selfTrade: "it would trade with an order of our own"
        case .duplicateOrder: "the same order again, too often and too soon"
        case .cash: "there is not so much cash behind what open orders may take"
        case .margin: "the equity does not carry so much margin"
        case .shortSale: "it would sell what is not there"
        case .orderRate: "too many orders in too short a time"
        case .dayNotional: "what a day may come to is used up"
        case .marketClosed: "outside the instrument's hours, or a holiday"
        case .patternDayTrader: "it could be the day trade too many"
        case .dayLoss: "the day's loss has reached its limit"
        case .drawdown: "the equity is too far below its peak"
        case .sessionDrawdown:
            "the equity is too far below the peak of this run"
        case .consecutiveRejects:
            "the venue refused too many orders in a row"
        case .staleData: "market data has not come for too long"
        case .repeatedExecutions:
            "the strategy executed too often in too short a time"
        case .cancelRatio: "too many cancels for what was executed"
        case .killed: "the kill switch is on; `spinetail lift` ends it"
        case .operatorSaid: "an operator has said so; `spinetail lift` ends it"
        case .engineHeld: "the hot thread did not come back in time"
        case .journalFailed: "nothing more can be recorded"
        case .closing: "the position is being closed"
        case .statesUnknown:
            "the journal of the run before is damaged or cut, and with it what was halted; `spinetail lift` ends it"
        case .noBackOffice: "nobody can be asked for the venue's books (broker.back_office.port)"
        }
    }
}

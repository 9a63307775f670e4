import Foundation
import Model

extension SettingsSchema {
    static let instruments: [Field<InstrumentSettings>] = [
        .values(
            "symbols", \.symbols, .symbol, countMax: 16_384,
            "The symbols to trade; empty: all that are discovered"),
        .value("discover", \.discover, .flag, "Trade what the feeds tell of, when no symbols are named"),
        .value("max_count", \.countMax, .whole(1...65_536), "Room of the instrument table"),
        .value(
            "source", \.source, .text(0...1024, "a file name"),
            "File with a list like `definitions`, relative to the settings file; empty: `instruments.yaml` beside the settings file where there is one; `none`: no file"
        ),
        definitions,
    ]

    static let definitions = Field<InstrumentSettings>.sections(
        "definitions", \.definitions, countMax: 16_384,
        "What the feeds do not tell of an instrument; its values go before those of `source`, key by key",
        name: \.symbol.description,
        make: { name, node, path, binder in
            guard let symbol = Symbol(name) else {
                binder.refuse(node, path, expected: Codec<Symbol>.symbol.expected)
                return nil
            }
            guard let known = binder.master[symbol] else { return InstrumentTerms(symbol: symbol) }
            let place = path.dropLast(".name".count)
            for (key, origin) in known.origins { binder.origins["\(place).\(key)"] = origin }
            return known.terms
        },
        fields: { _ in terms })

    private static let terms: [Field<InstrumentTerms>] = [
        .value("name", .symbol, "Its symbol", get: { $0.symbol }, set: { $0.symbol = $1 }),
        .value(
            "currency", \.currency, .currency(emptyAllowed: true),
            "Of the account's; empty: the base currency"),
        .value(
            "multiplier", \.multiplier, .whole(1...1_000_000),
            "Value of one point of price: 50 of an ES future"),
        .value("tick", \.tick, .tick, "Smallest step of an order's price"),
        .value("lot", \.lot, .shares(1...1_000_000), "Smallest step of an order's quantity"),
        .value("kind", \.kind, .choice, "future: held on margin alone, no cash changes hands for it"),
        .value(
            "calendar", \.calendar, .text(0...64, "a calendar's name"),
            "Its hours; empty: whenever its venue trades"),
        .value(
            "venue", \.venue, .text(0...32, "a venue's name"),
            "Where its orders go, one of `venues`; empty: the first"),
        .value("sector", \.sector, .text(0...64), "For reports"),
        .value("beta", \.beta, .ratio(-100...100), "Against its market, for reports"),
        .value(
            "average_daily_volume", \.averageDailyVolume, .shares(0...1_000_000_000_000),
            "Shares or contracts of a usual day, for risk.max_daily_volume_pct; 0: unknown"),
        .value(
            "margin_pct", \.marginPct,
            .percent(Percent(partsPerMillion: 0)...Percent(partsPerMillion: 10_000_000)),
            "What the equity must carry of it, percent of its value; 0: risk.initial_margin_pct"),
        .value(
            "located_units", \.locatedUnits, .optional(.shares(0...1_000_000_000)),
            "What may be sold short of it; none: no locate is needed"),
        .value("restricted", \.isRestricted, .flag, "Never traded"),
        .value(
            "max_position_units", \.positionUnitsMax, .optional(.shares(0...1_000_000_000)),
            "Goes before risk.max_position_units; none: that"),
        .value(
            "max_order_quantity", \.orderQuantityMax, .optional(.shares(0...1_000_000)),
            "Beside risk.max_order_quantity"),
        .value(
            "max_order_notional", \.orderNotionalMax, .optional(.dollars(upTo: 1_000_000_000)),
            "Beside risk.max_order_notional, in the base currency"),
        .value(
            "max_orders_per_second", \.ordersPerSecond, .count(0...1_000_000),
            "Orders and replacements in it a second; 0: no limit of its own"),
        .value(
            "order_burst", \.orderBurst, .count(1...1_000_000),
            "How many of them may come at once, while that is on"),
    ]

    static let calendar: [Field<CalendarSettings>] = [
        .value("name", \.name, .text(1...64), "What instruments call it"),
        .value("time_zone", \.timeZone, .timeZone, "Of its clocks; daylight saving is followed"),
        .records(
            "sessions", \.sessions, countMax: 32, "When it is open",
            make: { SessionHours() },
            fields: [
                .values("days", \.days, .choice, countMax: 7, "Days that it opens on"),
                .value("open", \.open, .time, "When it opens"),
                .value("close", \.close, .time, "When it closes; not after the opening: on the next day"),
            ]),
        .values(
            "holidays", \.holidays, .day, countMax: 4_096,
            "Days that no session closes on: those are left out"),
        .records(
            "early_closes", \.earlyCloses, countMax: 4_096, "Days that close earlier",
            make: { EarlyClose() },
            fields: [
                .value("date", \.date, .day, "The day that it closes on"),
                .value("close", \.close, .time, "When"),
            ]),
    ]
}

extension Codec where Value == String {
    /// A zone of the IANA database that this machine knows.
    fileprivate static var timeZone: Codec<String> {
        Codec(expected: "a time zone such as America/New_York or UTC") { text, _ in
            text == "UTC" || text.contains("/") && TimeZone(identifier: text) != nil ? text : nil
        } show: {
            $0
        }
    }
}

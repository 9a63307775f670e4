/// What one value alone cannot tell: rules between settings. They run when every value is right by itself.
enum SettingsRules {
    static func check(_ settings: Settings, _ binder: inout Binder) {
        func refuse(_ path: String, with other: String, _ message: String) {
            binder.refuse(path, with: other, message)
        }
        if settings.risk.openOrdersMax > settings.pools.orderCountMax {
            refuse(
                "risk.max_open_orders", with: "pools.order_count_max",
                "is \(settings.risk.openOrdersMax), expected at most pools.order_count_max (\(settings.pools.orderCountMax))"
            )
        }
        if settings.risk.orderQuantityMin > settings.risk.orderQuantityMax {
            refuse(
                "risk.min_order_quantity", with: "risk.max_order_quantity",
                "is \(settings.risk.orderQuantityMin.raw), expected at most max_order_quantity (\(settings.risk.orderQuantityMax.raw))"
            )
        }
        checkVenues(settings, &binder)
        checkCalendars(settings, &binder)
        checkInstruments(settings, &binder)
        let threads = settings.threads
        if (1..<100_000_000).contains(threads.watchdogNs) {
            refuse(
                "threads.watchdog_seconds", with: "threads.watchdog_seconds",
                "is less than 0.1, expected 0 or at least that: a hot thread may sleep for a hundredth")
        }
        checkMoney(settings, &binder)
        let network = settings.network
        if network.backend == .uringPolled, network.sqpollCore >= 0,
            network.sqpollCore == settings.threads.hotCore
        {
            refuse(
                "network.sqpoll_core", with: "threads.hot_core",
                "is the core of the hot thread too (\(network.sqpollCore)), expected another: both spin")
        }
        for (index, feed) in settings.feeds.enumerated() {
            let same = settings.feeds[..<index].firstIndex {
                $0.port == feed.port && $0.address == feed.address && $0.multicastGroup == feed.multicastGroup
            }
            if let same {
                refuse(
                    "feeds.\(index).port", with: "feeds.\(index)",
                    "is the port of feeds.\(same) too, expected one port a feed")
            }
        }
        for (index, strategy) in settings.strategies.enumerated() where strategy.name == "ema_cross" {
            guard case .whole(let fast) = strategy.parameters["fast_period"],
                case .whole(let slow) = strategy.parameters["slow_period"], fast >= slow
            else { continue }
            refuse(
                "strategies.\(index).fast_period", with: "strategies.\(index).slow_period",
                "is \(fast), expected less than slow_period (\(slow))")
        }
    }

    private static func checkMoney(_ settings: Settings, _ binder: inout Binder) {
        func refuse(_ path: String, _ other: String, _ message: String) {
            binder.refuse(path, with: other, message)
        }
        let account = settings.account
        for (index, currency) in account.currencies.enumerated() {
            let path = "account.currencies.\(index)"
            if currency.name == account.baseCurrency {
                refuse(
                    path + ".name", "account.base_currency",
                    "is the base currency (\(currency.name)), expected another")
            }
            if currency.rate == 0 {
                refuse(
                    path + ".rate", path,
                    "is not told, expected what one \(currency.name) is worth in \(account.baseCurrency)")
            }
        }
        let known = [account.baseCurrency] + account.currencies.map(\.name)
        for (index, terms) in settings.instruments.definitions.enumerated()
        where !terms.currency.isEmpty && !known.contains(terms.currency) {
            refuse(
                "instruments.definitions.\(index).currency", "account.currencies",
                "is \(terms.currency), expected one of the account's (\(known.joined(separator: ", ")))")
        }
        let commission = settings.broker.commissionPct.partsPerMillion
        for (key, fee) in [
            ("maker_pct", settings.broker.fees.makerPct), ("taker_pct", settings.broker.fees.takerPct),
        ] where abs(fee.partsPerMillion + commission) > 100_000 {
            refuse(
                "broker.fees.\(key)", "broker.commission_pct",
                "is more than 10 percent with broker.commission_pct, expected at most that")
        }
        var named = Set(settings.instruments.symbols + settings.risk.restrictedSymbols)
        named.formUnion(settings.instruments.definitions.map(\.symbol))
        if named.count > settings.instruments.countMax {
            refuse(
                "instruments.max_count", "instruments.symbols",
                "is \(settings.instruments.countMax), expected at least \(named.count): so many symbols are named"
            )
        }
    }
}

extension Binder {
    /// Places a problem with `path` where it or the other value was told; two defaults agree.
    mutating func refuse(_ path: String, with other: String, _ message: String) {
        refuse(toldOrigin(path) ?? toldOrigin(other) ?? .standard, "\(path) \(message)")
    }
}

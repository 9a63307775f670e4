internal import Model
internal import Settings

/// What a run says of itself before it begins: whether orders are real, whose they are, where they go, and within which limits.
struct RunBanner {
    private let settings: Settings
    private let header: RunHeader
    private let mode: TradingMode

    init(_ settings: Settings, _ header: RunHeader, mode: TradingMode) {
        self.settings = settings
        self.header = header
        self.mode = mode
    }

    func text(
        folder: String, feeds: [String], network: String, threads: String, strategies: [String]
    ) -> String {
        var lines: [String] = []
        switch mode {
        case .paper:
            lines.append(
                "spinetail \(header.spinetail), PAPER trading, epoch \(header.epoch), run folder \(folder)")
        case .live:
            lines.append("*** LIVE TRADING: orders are real ***")
            lines.append("spinetail \(header.spinetail), LIVE, epoch \(header.epoch), run folder \(folder)")
        }
        lines.append("  build \(header.build ?? ""), settings \(header.settingsHash ?? "")")
        lines.append("  market data \(feeds.joined(separator: ", "))")
        for venue in settings.routedVenues {
            let name = settings.venues.isEmpty ? "" : "\(venue.name) "
            lines.append(
                "  orders to \(name)\(venue.ouch.host):\(venue.ouch.port) as \(venue.ouch.username), "
                    + (venue.ouch.cancelOnDisconnect
                        ? "which is to cancel all when the session ends"
                        : "which leaves them when the session ends"))
        }
        lines.append("  network \(network); threads \(threads)")
        lines.append("  strategies \(strategies.isEmpty ? "none" : strategies.joined(separator: ", "))")
        lines.append("  account \(settings.account.type.rawValue), \(cash)")
        lines += limits.map { "  " + $0 }
        return lines.joined(separator: "\n")
    }

    private var cash: String {
        let account = settings.account
        return
            ([(account.baseCurrency, account.startCash)] + account.currencies.map { ($0.name, $0.startCash) })
            .map { "\($0.0) \($0.1.decimal(scale: 4))" }.joined(separator: ", ")
            + " before the first execution"
    }

    /// The limits that matter most; in live mode each setting of risk.
    private var limits: [String] {
        switch mode {
        case .paper:
            let shown = [
                "max_position_units", "max_order_quantity", "max_order_notional", "max_order_capital_pct",
                "max_gross_notional", "max_open_orders", "max_daily_loss", "max_drawdown_pct",
            ]
            return [
                "limits "
                    + shown.map { "\($0) \(header.settings["risk.\($0)"] ?? "")" }.joined(separator: ", ")
            ]
        case .live:
            return header.settings.filter { $0.key.hasPrefix("risk.") }.sorted { $0.key < $1.key }
                .map { "\($0.key): \($0.value)" }
        }
    }
}

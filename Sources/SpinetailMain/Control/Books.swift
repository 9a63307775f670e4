import Foundation
import Model
import Runtime

/// Orders and positions of a run, from its engine or from its journal.
struct Books {
    var orders: [OrderRow] = []
    var positions: [PositionRow] = []

    /// The order that a word on the command line means: its id, the first digits of it where no other begins so, or its
    /// number on the venue session.
    func order(_ word: String) throws(CommandFailure) -> OrderRow {
        if let number = UInt32(word), word.first != "0" {
            let found = orders.filter { $0.userRef == number }
            if found.count == 1 { return found[0] }
        }
        let wanted = word.lowercased()
        let found = orders.filter { $0.id.hasPrefix(wanted) }
        if found.count == 1 { return found[0] }
        if found.isEmpty {
            throw CommandFailure(
                "no order \(word)", remedy: "`spinetail orders` shows them; what has closed is gone")
        }
        let some = found.prefix(5).map { "\($0.id)  \($0.symbol) \($0.side) \($0.quantity), \($0.status)" }
        throw CommandFailure(
            "\(found.count) orders begin with \(word):\n  " + some.joined(separator: "\n  ")
                + (found.count > 5 ? "\n  …" : ""),
            remedy: "give more digits, or the number on the venue session")
    }

    static func table(_ orders: [OrderRow]) -> [String] {
        var table = TextTable([
            "time, UTC", "id", "symbol", "side", "type", "tif", ">quantity", ">filled", ">leaves", ">limit",
            ">stop", ">average", "status", "strategy", ">number", ">venue id", "refused by",
        ])
        for order in orders {
            let made: String = order.createdUtcNs.map { time($0) } ?? "earlier run"
            let side: String =
                order.side + (order.reduceOnly ? " reduce" : "") + (order.postOnly ? " post" : "")
            let counts: [String] = ["\(order.quantity)", "\(order.filled)", "\(order.leaves)"]
            let prices: [String] = [order.limitPrice, order.stopPrice, order.averagePrice].map { $0 ?? "–" }
            let number: String = order.userRef == 0 ? "–" : "\(order.userRef)"
            let venue: String = order.venueOrder.map { "\($0)" } ?? "–"
            table.add(
                [made, order.id, order.symbol, side, order.type, order.timeInForce] + counts + prices
                    + [
                        order.status, order.strategy ?? "–", number, venue,
                        order.refusal?.short ?? "",
                    ])
        }
        return table.lines
    }

    /// What an account is worth, in three lines, and a line for each of several currencies.
    static func lines(_ account: AccountRow) -> [String] {
        let cents = PositionTotals.cents
        var lines = [
            "account, \(account.currency): equity \(cents(account.equity)) (cash \(cents(account.cash)), held "
                + "\(cents(account.marketValue))), gross exposure \(cents(account.grossExposure))",
            "  day \(cents(account.dayPnl)), peak \(cents(account.peakEquity)), drawdown "
                + "\(cents(account.drawdown)) (\(account.drawdownBps) bps), largest \(cents(account.maxDrawdown)) "
                + "(\(account.maxDrawdownBps) bps)",
        ]
        guard account.currencies.count > 1 else { return lines }
        for currency in account.currencies {
            lines.append(
                "  \(currency.currency) at \(currency.rate): equity \(cents(currency.equity)) (cash "
                    + "\(cents(currency.cash)), held \(cents(currency.marketValue))), fees \(cents(currency.fees))"
            )
        }
        return lines
    }

    static func table(_ positions: [PositionRow], _ totals: PositionTotals) -> [String] {
        let isMixed = Set(positions.compactMap(\.currency)).count > 1
        var table = TextTable([
            "symbol", "side", ">quantity", ">entry", ">current", ">unrealised", ">realised", ">fees", ">net",
            ">open buy", ">open sell", "",
        ])
        for row in positions {
            let money: [String] = [row.unrealisedPnl, row.realisedPnl, row.fees, row.netPnl].map {
                PositionTotals.cents($0)
            }
            let open: [String] = [row.openBuy, row.openSell].map { $0.map { "\($0)" } ?? "–" }
            let state: String = row.state == "normal" ? "" : row.state ?? ""
            let words: [String] = [isMixed ? row.currency ?? "" : "", state]
            table.add(
                [row.symbol, row.side, "\(row.quantity)", row.entryPrice ?? "–", row.currentPrice ?? "–"]
                    + money + open + [words.filter { !$0.isEmpty }.joined(separator: " ")])
        }
        table.add([
            "total", "", "", "", "", PositionTotals.cents(totals.unrealisedPnl),
            PositionTotals.cents(totals.realisedPnl), PositionTotals.cents(totals.fees),
            PositionTotals.cents(totals.netPnl), "", "", isMixed ? totals.currency ?? "" : "",
        ])
        return table.lines
    }

    /// `14:30:00.123456`.
    private static func time(_ utcNs: UInt64) -> String {
        String(UtcTime.text(Int64(clamping: utcNs)).dropFirst(11).prefix(15))
    }
}

/// Sums over positions, as decimals with four digits; `nil`: of one of them it is not known.
struct PositionTotals: Encodable {
    let unrealisedPnl: String?
    let realisedPnl: String?
    let fees: String?
    let netPnl: String?
    /// What the sums are in; `nil`: not known.
    let currency: String?

    /// - Parameter account: Of an engine that runs: with several currencies only it knows a sum.
    init(_ rows: [PositionRow], _ account: AccountRow? = nil) {
        if let account, account.currencies.count > 1 {
            unrealisedPnl = account.unrealisedPnl
            realisedPnl = account.realisedPnl
            fees = account.fees
            let whole = DecimalText.parse(account.realisedPnl, scale: Words.scale).map { Int128($0) }
            let open = DecimalText.parse(account.unrealisedPnl, scale: Words.scale).map { Int128($0) }
            let paid = DecimalText.parse(account.fees, scale: Words.scale).map { Int128($0) }
            netPnl = if let whole, let open, let paid { Words.money(whole + open - paid) } else { nil }
            currency = account.currency
            return
        }
        currency = account?.currency
        func sum(_ values: [String?]) -> String? {
            var sum: Int128 = 0
            for value in values {
                guard let value, let raw = DecimalText.parse(value, scale: Words.scale) else { return nil }
                sum += Int128(raw)
            }
            return Words.money(sum)
        }
        unrealisedPnl = sum(rows.map(\.unrealisedPnl))
        realisedPnl = sum(rows.map(\.realisedPnl))
        fees = sum(rows.map(\.fees))
        netPnl = sum(rows.map(\.netPnl))
    }

    /// With two digits behind the point.
    static func cents(_ text: String?) -> String {
        guard let text else { return "–" }
        guard let raw = DecimalText.parse(text, scale: Words.scale) else { return text }
        return Money(raw: Int128(raw)).decimal(scale: Words.scale)
    }
}

/// As one line of JSON: keys sorted, in snake case.
func jsonLine(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}

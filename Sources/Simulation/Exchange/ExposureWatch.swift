import Model
import Wire

/// What an account of an exchange holds, and what the exchange could still make of its orders, looked at again and again
/// while it trades: each look costs what has come since the last.
///
/// - Threads: the exchange's.
public final class ExposureWatch {
    /// Of one instrument.
    public struct Exposure: Sendable, Equatable {
        /// Positive: long.
        public var position: Int64 = 0
        /// What live orders could still buy and sell.
        public var openBuy: Int64 = 0
        public var openSell: Int64 = 0
    }

    private let exchange: Exchange
    private let account: ExchangeAccountState
    /// Trades counted, and what they sum up to by instrument.
    private var tradeCount = 0
    private var positions: [Int64]
    /// Of them, what undid or mended others.
    private var undoings: [ClientTrade] = []
    /// No order before this one lives.
    private var firstLive = 0

    public init(_ exchange: Exchange, account: Int) {
        self.exchange = exchange
        self.account = exchange.accounts[account]
        positions = Array(repeating: 0, count: exchange.configuration.instruments.count)
    }

    /// Something has changed since the last look at this number.
    public var version: UInt64 { account.lastSequence &+ UInt64(account.trades.count) << 40 }

    /// What the account's stream tells up to a message that is not in it, with what the exchange has undone, or mended, and
    /// nobody can know of yet, left as it was.
    ///
    /// - Parameters:
    ///   - sequence: Busts told in this message of the account's stream or later ones are not known.
    ///   - mended: Corrections, which the stream does not tell, are known up to this message.
    public func look(knownBefore sequence: UInt64, mendedUpTo mended: UInt64) -> [Exposure] {
        while tradeCount < account.trades.count {
            let trade = account.trades[tradeCount]
            tradeCount += 1
            positions[place(trade.symbol)] += Self.signed(trade)
            if trade.kind != .execution { undoings.append(trade) }
        }
        var found = positions.map { Exposure(position: $0) }
        for trade in undoings {
            switch trade.kind {
            case .execution: continue
            case .bust: if trade.sequence < sequence { continue }
            case .correction: if trade.sequence <= mended { continue }
            }
            found[place(trade.symbol)].position -= Self.signed(trade)
        }
        while firstLive < account.orders.count, account.orders[firstLive].remaining == 0 { firstLive += 1 }
        for order in account.orders[firstLive...] where order.remaining > 0 {
            if order.side == UInt8(ascii: "B") {
                found[Int(order.instrument.index)].openBuy += Int64(order.remaining)
            } else {
                found[Int(order.instrument.index)].openSell += Int64(order.remaining)
            }
        }
        return found
    }

    /// Net position of each instrument, all told.
    public func positionsNow() -> [Int64] {
        look(knownBefore: .max, mendedUpTo: .max).map(\.position)
    }

    /// Message of the stream with the last bust that came with a correction, as of the last look; 0: there was none.
    public var lastCorrection: UInt64 { undoings.last { $0.kind == .correction }?.sequence ?? 0 }

    private func place(_ symbol: UInt64) -> Int { exchange.bySymbol[symbol] ?? 0 }

    private static func signed(_ trade: ClientTrade) -> Int64 {
        let isBuy = (trade.side == UInt8(ascii: "B")) != (trade.kind == .bust)
        return isBuy ? Int64(trade.quantity) : -Int64(trade.quantity)
    }
}

extension Exchange {
    /// A live order of an account, the `pick`-th from the oldest on, round and round; `nil`: there is none.
    public func liveOrder(account: Int, pick: UInt64) -> UInt32? {
        guard accounts.indices.contains(account) else { return nil }
        let live = accounts[account].orders.filter { $0.remaining > 0 }
        return live.isEmpty ? nil : live[Int(pick % UInt64(live.count))].userRef
    }
}

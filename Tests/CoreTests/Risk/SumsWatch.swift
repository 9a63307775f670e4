import Model

@testable import Core

/// Adds up, from orders and positions and not from risk's sums, what limits are held against, and says where an order of our
/// own took it past one.
///
/// A market move, a new limit, a bust, or an execution that nobody asked for may leave a sum beyond its limit. Then an order
/// may not make it larger; what only reduces a position may, as far as the table of Documentation/risk.md says so.
struct SumsWatch {
    /// One open order as it counts at its worst.
    struct Open: Equatable {
        var id: OrderID
        var index: Int
        var strategy: Int
        var isBuy: Bool
        var quantity: Int128
        var price: Int128
    }

    private var orders: [Open] = []
    private var configuration = CoreConfiguration()
    private(set) var failure: String?
    /// Steps in which an order was made or changed, and those in which a sum was beyond its limit at that time.
    private(set) var madeCount = 0
    private(set) var beyondCount = 0

    static func open(_ world: World) -> [Open] {
        var orders: [Open] = []
        for slot in 0..<world.core.orderSlotCount {
            guard let order = world.core.order(slot: slot), !order.lifecycle.isEnded else { continue }
            var quantity = order.leaves
            var price = order.price.raw
            for place in 0..<Int(order.versionCount) {
                let version = world.core.details[slot].versions[place]
                quantity = max(quantity, version.quantity - order.filled - min(order.busted, 0))
                price = max(price, version.price)
            }
            if order.lifecycle == .held, order.side == .buy,
                order.orderType == .stop || order.orderType == .trailingStop
            {
                price += price * world.core.account.limits.collarPpm / 1_000_000
            }
            orders.append(
                Open(
                    id: order.id, index: Int(order.instrument), strategy: Int(order.strategy),
                    isBuy: order.side == .buy, quantity: Int128(quantity), price: Int128(price)))
        }
        return orders
    }

    mutating func before(_ world: World, _ configuration: CoreConfiguration) {
        orders = Self.open(world)
        self.configuration = configuration
    }

    mutating func after(_ world: World, _ what: @autoclosure () -> String) {
        guard failure == nil else { return }
        let now = Self.open(world)
        guard now != orders else { return }
        madeCount += 1
        let limits = world.core.account.limits
        let old = Sums(orders, world, configuration)
        let new = Sums(now, world, configuration)
        // What is new or other than it was.
        let fresh = now.filter { !orders.contains($0) }
        let isReducing = fresh.allSatisfy { order in
            let position = Int128(world.core.risks[order.index].position)
            let sameSide = now.filter { $0.index == order.index && $0.isBuy == order.isBuy }
                .reduce(Int128(0)) { $0 + $1.quantity }
            return order.isBuy ? position < 0 && sameSide <= -position : position > 0 && sameSide <= position
        }
        let isMarginAsked = fresh.contains { new.marginPpm[$0.index] > 0 }
        let isCashAsked = fresh.contains { $0.isBuy && !configuration.instruments[$0.index].isMargined }
        func ask(_ name: String, _ old: Int128, _ new: Int128, _ limit: Int128, unless isFree: Bool = false) {
            guard new > limit else { return }
            beyondCount += 1
            guard new > old, !isFree, failure == nil else { return }
            failure = "\(name) went from \(old) to \(new), its limit is \(limit): \(what())"
        }
        let unit = Sums.unit
        ask("gross", old.gross, new.gross, limits.grossNotionalMax.raw * unit)
        ask("net long", old.netLong, new.netLong, limits.netNotionalMax.raw * unit, unless: isReducing)
        ask("net short", old.netShort, new.netShort, limits.netNotionalMax.raw * unit, unless: isReducing)
        ask("open", old.open, new.open, limits.openNotionalMax.raw * unit, unless: isReducing)
        ask(
            "the day's", old.open + new.day, new.open + new.day, limits.dayNotionalMax.raw * unit,
            unless: isReducing)
        ask("open orders", Int128(orders.count), Int128(now.count), Int128(limits.openOrderCountMax))
        if limits.requiresCash, isCashAsked {
            ask("cash", old.cash + old.fees, new.cash + new.fees, new.available, unless: isReducing)
        }
        if isMarginAsked, new.gross > old.gross {
            ask("margin", old.margin + old.fees, new.margin + new.fees, new.equity, unless: isReducing)
        }
        for index in configuration.instruments.indices {
            let line = world.core.risks[index]
            ask("long end of \(index)", old.long[index], new.long[index], Int128(line.positionMax))
            ask("short end of \(index)", old.short[index], new.short[index], Int128(line.positionMax))
            var shortMost = limits.allowsShortSales || line.isMargined ? Int128(Int64.max) : 0
            shortMost = min(shortMost, Int128(world.core.account.rare[index].locatedQuantity))
            ask(
                "sold short of \(index)", old.short[index], new.short[index], max(shortMost, 0),
                unless: isReducing)
        }
        for strategy in 0..<world.core.account.strategyCount {
            let own = world.core.account.strategies[strategy].limits
            let name = "strategy \(strategy)"
            ask(
                "orders of \(name)", old.ownCount[strategy], new.ownCount[strategy],
                Int128(own.openOrderCountMax))
            ask(
                "open of \(name)", old.ownOpen[strategy], new.ownOpen[strategy],
                own.openNotionalMax.raw * unit,
                unless: isReducing)
            for index in configuration.instruments.indices {
                let place = strategy * configuration.instruments.count + index
                let most = Int128(own.positionMax.raw)
                ask("long of \(name) in \(index)", old.ownLong[place], new.ownLong[place], most)
                ask("short of \(name) in \(index)", old.ownShort[place], new.ownShort[place], most)
            }
        }
    }

    /// Everything that limits are held against, in 10⁻¹⁵ of a money unit of the base currency.
    struct Sums {
        static let unit: Int128 = 1_000_000_000_000_000
        var gross: Int128 = 0
        var netLong: Int128 = 0
        /// Below zero is positive.
        var netShort: Int128 = 0
        var open: Int128 = 0
        var day: Int128 = 0
        var cash: Int128 = 0
        var fees: Int128 = 0
        var margin: Int128 = 0
        var equity: Int128
        var available: Int128
        var long: [Int128] = []
        var short: [Int128] = []
        var marginPpm: [Int128] = []
        var ownOpen: [Int128]
        var ownCount: [Int128]
        var ownLong: [Int128]
        var ownShort: [Int128]

        init(_ orders: [Open], _ world: World, _ configuration: CoreConfiguration) {
            let strategies = configuration.strategyLimits.count
            let instruments = configuration.instruments
            let account = configuration.ledger.fees
            let worth = (0..<configuration.ledger.currencies.count).map {
                Int128(world.core.ledger.sums($0).rate) * 1_000_000
            }
            let feePpm = Int128(
                max(account.maker.notionalHundredthBps, account.taker.notionalHundredthBps, 0))
            let feeUnit = Int128(max(account.maker.perUnitMillionths, account.taker.perUnitMillionths, 0))
            let feeOrder = account.minimumPerOrder.raw * 1_000_000
            ownOpen = [Int128](repeating: 0, count: strategies)
            ownCount = ownOpen
            ownLong = [Int128](repeating: 0, count: strategies * instruments.count)
            ownShort = ownLong
            var buys = [Int128](repeating: 0, count: instruments.count)
            var sells = buys
            for order in orders {
                let item = instruments[order.index]
                let value = order.quantity * order.price * Int128(item.multiplier)
                let rate = worth[Int(item.currency)]
                open += value * rate
                fees += (value * feePpm + order.quantity * feeUnit + feeOrder) * (rate / 1_000_000)
                if order.isBuy, !item.isMargined { cash += value * rate }
                if order.isBuy {
                    buys[order.index] += order.quantity
                } else {
                    sells[order.index] += order.quantity
                }
                guard order.strategy < strategies else { continue }
                ownOpen[order.strategy] += value * rate
                ownCount[order.strategy] += 1
                let place = order.strategy * instruments.count + order.index
                if order.isBuy { ownLong[place] += order.quantity } else { ownShort[place] += order.quantity }
            }
            var held: Int128 = 0
            for (index, item) in instruments.enumerated() {
                let position = world.core.ledger[index].quantity.raw
                long.append(Int128(position) + buys[index])
                short.append(sells[index] - Int128(position))
                let rate = worth[Int(item.currency)]
                let reference =
                    Int128(TradingCore.reference(&world.core.markets[index])) * Int128(item.multiplier)
                let own = world.core.account.rare[index].marginPpm
                marginPpm.append(Int128(own < 0 ? world.core.account.limits.marginPpm : own))
                let worst = max(abs(long[index]), abs(short[index])) * reference
                gross += worst * rate
                netLong += long[index] * reference * rate
                netShort += short[index] * reference * rate
                margin += worst * marginPpm[index] * (rate / 1_000_000)
                if item.isMargined { held += world.core.ledger[index].cost.raw * rate }
                for strategy in 0..<strategies {
                    let place = strategy * instruments.count + index
                    let book = Int128(
                        world.core.strategyBooks[world.core.bookPlace(UInt16(strategy), index)].position)
                    ownLong[place] += book
                    ownShort[place] -= book
                }
            }
            for currency in worth.indices {
                let sums = currency == 0 ? world.core.account.base : world.core.account.foreign[currency].sums
                day += sums.dayTraded * worth[currency]
            }
            equity = Self.amount(world.core.ledger.equityOfParts)
            available = Self.amount(world.core.ledger.cash) - Self.amount(world.core.ledger.fees) + held
        }

        private static func amount(_ money: BaseMoney) -> Int128 { Int128(truncatingIfNeeded: money.low) }
    }
}

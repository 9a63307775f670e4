import Model

@testable import Core

/// The ledger's rules as they are told to people, slow and obvious: lists, and numbers without a bound.
struct LedgerModel {
    struct Execution {
        var key: ExecutionKey
        var instrument: Int
        var side: Side
        var price: Int64
        var quantity: Int64
        var isMaker: Bool
        /// `nil`: its order is not tracked.
        var order: Int?
    }

    struct Lot {
        var key: ExecutionKey?
        var quantity: Int64
        var cost: BigInteger
    }

    struct Holding {
        var multiplier: Int64 = 1
        var currency = 0
        var quantity: Int64 = 0
        var cost = BigInteger.zero
        var realised = BigInteger.zero
        var feesMillionths = BigInteger.zero
        var volume: Int64 = 0
        var mark: Int64 = 0
        var lots: [Lot] = []
        /// What the executions that stand moved, whatever was made of them.
        var cash = BigInteger.zero

        func value(_ price: Int64, _ quantity: Int64) -> BigInteger {
            BigInteger(price) * BigInteger(quantity) * BigInteger(multiplier)
        }
        var marketValue: BigInteger { value(mark, quantity) }
        var unrealised: BigInteger { marketValue - cost }
    }

    let configuration: LedgerConfiguration
    var holdings: [Holding]
    var rates: [Int64]
    var standing: [Execution] = []
    var orderFees: [Int: BigInteger] = [:]
    var merged = 0
    var equityPeak: BigInteger
    var equityAtDayBegin: BigInteger
    var drawdownMax = BigInteger.zero

    init(_ configuration: LedgerConfiguration, instruments: [(multiplier: Int64, currency: Int)]) {
        self.configuration = configuration
        holdings = instruments.map {
            var holding = Holding()
            holding.multiplier = $0.multiplier
            holding.currency = $0.currency
            return holding
        }
        rates = configuration.currencies.map(\.rate)
        equityPeak = .zero
        equityAtDayBegin = .zero
        equityPeak = equity
        equityAtDayBegin = equity
    }

    // MARK: Positions

    private mutating func add(_ at: Int, _ signed: Int64, _ price: Int64, _ key: ExecutionKey?) {
        let held = holdings[at].quantity
        var opening = signed
        if held != 0, (held > 0) != (signed > 0) {
            let closing = min(abs(signed), abs(held))
            let share: BigInteger
            switch configuration.costMethod {
            case .average:
                share = holdings[at].cost * BigInteger(closing) / BigInteger(abs(held))
            case .firstInFirstOut:
                var left = closing
                var sum = BigInteger.zero
                while left > 0 {
                    let taken = min(left, holdings[at].lots[0].quantity)
                    sum += takeLot(at, 0, taken)
                    left -= taken
                }
                share = sum
            }
            let signedClosing = held > 0 ? closing : -closing
            holdings[at].realised += holdings[at].value(price, signedClosing) - share
            holdings[at].cost -= share
            holdings[at].quantity -= signedClosing
            opening = signed + signedClosing
        }
        guard opening != 0 else { return }
        let cost = holdings[at].value(price, opening)
        holdings[at].quantity += opening
        holdings[at].cost += cost
        guard configuration.costMethod == .firstInFirstOut else { return }
        var lot = Lot(key: key, quantity: abs(opening), cost: cost)
        let shared = holdings.reduce(0) { $0 + max($1.lots.count - 1, 0) }
        if !holdings[at].lots.isEmpty, shared == configuration.lotCountMax {
            merged += 1
            let first = holdings[at].lots.removeFirst()
            if holdings[at].lots.isEmpty {
                lot = Lot(key: nil, quantity: lot.quantity + first.quantity, cost: lot.cost + first.cost)
            } else {
                let second = holdings[at].lots[0]
                holdings[at].lots[0] = Lot(
                    key: nil, quantity: first.quantity + second.quantity, cost: first.cost + second.cost)
            }
        }
        holdings[at].lots.append(lot)
    }

    /// Takes a part of a lot and tells what it cost; the position is the caller's.
    private mutating func takeLot(_ at: Int, _ place: Int, _ taken: Int64) -> BigInteger {
        let lot = holdings[at].lots[place]
        let share = lot.cost * BigInteger(taken) / BigInteger(lot.quantity)
        holdings[at].lots[place].quantity -= taken
        holdings[at].lots[place].cost -= share
        if taken == lot.quantity { holdings[at].lots.remove(at: place) }
        return share
    }

    private mutating func takeBack(
        _ at: Int, _ side: Side, _ price: Int64, _ quantity: Int64, _ key: ExecutionKey
    ) {
        let signed = side.sign * quantity
        let held = holdings[at].quantity
        switch configuration.costMethod {
        case .average:
            guard held != 0, (held > 0) == (signed > 0), abs(held) >= quantity else {
                return add(at, -signed, price, nil)
            }
            holdings[at].quantity -= signed
            holdings[at].cost -= holdings[at].value(price, signed)
            if holdings[at].quantity == 0 {
                holdings[at].realised -= holdings[at].cost
                holdings[at].cost = .zero
            }
        case .firstInFirstOut:
            var rest = quantity
            if let place = holdings[at].lots.firstIndex(where: { $0.key == key }) {
                let taken = min(rest, holdings[at].lots[place].quantity)
                holdings[at].cost -= takeLot(at, place, taken)
                holdings[at].quantity -= side.sign * taken
                rest -= taken
            }
            if rest > 0 { add(at, -side.sign * rest, price, nil) }
        }
    }

    // MARK: What can happen

    mutating func book(_ execution: Execution, market: MarketLine) {
        let at = execution.instrument
        let before = holdings[at]
        add(at, execution.side.sign * execution.quantity, execution.price, execution.key)
        standing.append(execution)
        holdings[at].cash -= before.value(execution.price, execution.side.sign * execution.quantity)
        holdings[at].volume += execution.quantity
        recharge(execution)
        remark(at, before, execution.price, market)
    }

    mutating func undo(_ place: Int, market: MarketLine) {
        let execution = standing.remove(at: place)
        let at = execution.instrument
        let before = holdings[at]
        takeBack(at, execution.side, execution.price, execution.quantity, execution.key)
        holdings[at].cash += before.value(execution.price, execution.side.sign * execution.quantity)
        holdings[at].volume -= execution.quantity
        recharge(execution)
        remark(at, before, execution.price, market)
    }

    mutating func correct(_ place: Int, price: Int64, quantity: Int64, market: MarketLine) {
        let old = standing[place]
        let at = old.instrument
        let before = holdings[at]
        switch configuration.costMethod {
        case .average:
            takeBack(at, old.side, old.price, old.quantity, old.key)
            add(at, old.side.sign * quantity, price, old.key)
        case .firstInFirstOut:
            let lot = holdings[at].lots.firstIndex { $0.key == old.key }
            let open = lot.map { holdings[at].lots[$0].quantity } ?? 0
            let done = old.quantity - open
            let left = quantity - done
            holdings[at].realised -=
                before.value(price, old.side.sign * done) - before.value(old.price, old.side.sign * done)
            if let lot, left > 0 {
                let cost = before.value(price, old.side.sign * left)
                holdings[at].cost += cost - holdings[at].lots[lot].cost
                holdings[at].quantity += old.side.sign * (left - open)
                holdings[at].lots[lot].cost = cost
                holdings[at].lots[lot].quantity = left
            } else {
                if let lot {
                    holdings[at].cost -= takeLot(at, lot, open)
                    holdings[at].quantity -= old.side.sign * open
                }
                if left != 0 { add(at, old.side.sign * left, price, left > 0 ? old.key : nil) }
            }
        }
        holdings[at].cash +=
            before.value(old.price, old.side.sign * old.quantity)
            - before.value(price, old.side.sign * quantity)
        holdings[at].volume += quantity - old.quantity
        standing[place].price = price
        standing[place].quantity = quantity
        recharge(standing[place], was: old)
        remark(at, before, price, market)
    }

    mutating func mark(_ at: Int, market: MarketLine) {
        if holdings[at].quantity != 0 { holdings[at].mark = markPrice(at, holdings[at].mark, market) }
        observe()
    }

    mutating func setRate(_ currency: Int, _ rate: Int64) {
        rates[currency] = rate
        observe()
    }

    mutating func beginDay() { equityAtDayBegin = equity }

    // MARK: Fees

    private func byRate(_ execution: Execution) -> BigInteger {
        let rate = execution.isMaker ? configuration.fees.maker : configuration.fees.taker
        return holdings[execution.instrument].value(execution.price, execution.quantity).magnitude
            * BigInteger(rate.notionalHundredthBps)
            + BigInteger(execution.quantity) * BigInteger(rate.perUnitMillionths)
    }

    /// What an instrument's orders cost, from the list of what stands.
    private mutating func recharge(_ execution: Execution, was: Execution? = nil) {
        let at = execution.instrument
        guard let order = execution.order else {
            if let was {
                holdings[at].feesMillionths += byRate(execution) - byRate(was)
            } else {
                let stands = standing.last?.key == execution.key
                holdings[at].feesMillionths += stands ? byRate(execution) : -byRate(execution)
            }
            return
        }
        let its = standing.filter { $0.order == order }
        let sum = its.reduce(BigInteger.zero) { $0 + byRate($1) }
        let minimum = BigInteger(configuration.fees.minimumPerOrder.raw) * BigInteger(1_000_000)
        let charge = its.isEmpty ? .zero : minimum == .zero ? sum : max(minimum, sum)
        holdings[at].feesMillionths += charge - (orderFees[order] ?? .zero)
        orderFees[order] = charge
    }

    // MARK: Account

    private func markPrice(_ at: Int, _ otherwise: Int64, _ market: MarketLine) -> Int64 {
        if holdings[at].quantity > 0, market.quote.bidQuantity.raw > 0 { return market.quote.bid.raw }
        if holdings[at].quantity < 0, market.quote.askQuantity.raw > 0 { return market.quote.ask.raw }
        return market.lastPrice.raw != 0 ? market.lastPrice.raw : otherwise
    }

    private mutating func remark(_ at: Int, _ before: Holding, _ price: Int64, _ market: MarketLine) {
        if holdings[at].quantity != 0 {
            holdings[at].mark = markPrice(at, before.quantity == 0 ? price : before.mark, market)
        }
        observe()
    }

    private mutating func observe() {
        let now = equity
        equityPeak = max(equityPeak, now)
        drawdownMax = max(drawdownMax, equityPeak - now)
    }

    /// A sum over one currency's instruments.
    func sum(_ currency: Int, _ part: (Holding) -> BigInteger) -> BigInteger {
        holdings.reduce(.zero) { $1.currency == currency ? $0 + part($1) : $0 }
    }

    /// In units of 10⁻¹⁵, converted.
    func converted(_ part: (Holding) -> BigInteger) -> BigInteger {
        rates.indices.reduce(.zero) { $0 + sum($1, part) * BigInteger(rates[$1]) } * BigInteger(1_000_000)
    }

    /// Not from profits, but from what the executions that stand have moved, what is held is worth, and fees.
    var equity: BigInteger {
        var equity = BigInteger.zero
        for (currency, definition) in configuration.currencies.enumerated() {
            let worth = BigInteger(definition.startCash.raw) + sum(currency) { $0.cash + $0.marketValue }
            equity += worth * BigInteger(1_000_000) * BigInteger(rates[currency])
            equity -= sum(currency) { $0.feesMillionths } * BigInteger(rates[currency])
        }
        return equity
    }

    // MARK: Comparison

    /// The first thing in which the ledger does not agree; `nil`: it does.
    func disagreement(_ ledger: borrowing Ledger) -> String? {
        var positionDigest: UInt64 = 0
        for (at, holding) in holdings.enumerated() {
            let position = ledger[at]
            func told(_ what: String) -> String { "instrument \(at): \(what)" }
            if position.quantity.raw != holding.quantity { return told("quantity") }
            if BigInteger(position.cost.raw) != holding.cost { return told("cost") }
            if BigInteger(position.realised.raw) != holding.realised { return told("realised") }
            if BigInteger(position.unrealised.raw) != holding.unrealised { return told("unrealised") }
            if BigInteger(position.feesMillionths) != holding.feesMillionths { return told("fees") }
            if position.volume.raw != holding.volume { return told("volume") }
            if holding.quantity != 0, position.mark.raw != holding.mark { return told("mark") }
            if holding.quantity == 0, holding.cost != .zero { return told("flat with cost") }
            if holding.realised - holding.cost != holding.cash { return told("cash appeared or went") }
            if Int(position.lotCount) != holding.lots.count { return told("number of lots") }
            var place = position.firstLot
            for lot in holding.lots {
                let found = ledger.lots[place]
                if found.quantity != lot.quantity || BigInteger(found.cost) != lot.cost { return told("lot") }
                if found.key != (lot.key ?? .none) { return told("lot's execution") }
                place = found.next
            }
            positionDigest ^= Ledger.digest(at, position)
        }
        if positionDigest != ledger.positionDigest { return "digest of positions" }
        if ledger.lots.mergedCount != UInt64(merged) { return "merged lots" }
        for currency in 0..<ledger.currencyCount {
            let sums = ledger.sums(currency)
            func told(_ what: String) -> String { "currency \(currency): \(what)" }
            if BigInteger(sums.realised.raw) != sum(currency, { $0.realised }) { return told("realised") }
            if BigInteger(sums.unrealised.raw) != sum(currency, { $0.unrealised }) {
                return told("unrealised")
            }
            if BigInteger(sums.cost.raw) != sum(currency, { $0.cost }) { return told("cost") }
            if BigInteger(sums.feesMillionths) != sum(currency, { $0.feesMillionths }) { return told("fees") }
            if BigInteger(sums.marketValue.raw) != sum(currency, { $0.marketValue }) { return told("value") }
            if BigInteger(sums.grossExposure.raw) != sum(currency, { $0.marketValue.magnitude }) {
                return told("gross exposure")
            }
        }
        let now = equity
        if ledger.equity.big != now { return "equity \(ledger.equity.big), slow \(now)" }
        if ledger.equityOfParts.big != now { return "the parts of equity" }
        if ledger.cash.big - ledger.fees.big + converted({ $0.marketValue }) != now { return "cash" }
        if ledger.realised.big != converted({ $0.realised }) { return "realised of all" }
        if ledger.unrealised.big != converted({ $0.unrealised }) { return "unrealised of all" }
        if ledger.equityPeak.big != equityPeak { return "peak" }
        if ledger.drawdownMax.big != drawdownMax { return "drawdown" }
        if ledger.equityAtDayBegin.big != equityAtDayBegin { return "equity at the day's begin" }
        return nil
    }
}

extension BaseMoney {
    var big: BigInteger {
        BigInteger(high) * BigInteger(UInt128.max) + BigInteger(high) + BigInteger(low)
    }
}

extension OrderQuery {
    /// Where an order is.
    public enum OrderStatus: UInt8, Sendable, CaseIterable {
        /// In the book.
        case live = 1
        case filled = 2
        /// Taken out; `reason` is OUCH's letter. What was executed before stands.
        case cancelled = 3
        /// Goes on under `replacedBy`.
        case replaced = 4
        /// Never taken; `reason` is OUCH's number.
        case rejected = 5
    }

    /// One version of an order, as the venue has it.
    public struct OrderRecord: Equatable, Sendable {
        public var userRef: UInt32
        /// The version that it replaced; 0: it was entered.
        public var originalUserRef: UInt32
        /// The version that replaced it; 0: none.
        public var replacedBy: UInt32
        public var clientOrderID: Token14
        /// As on the wire of OUCH: eight characters, the first in the lowest byte.
        public var symbol: UInt64
        /// OUCH's letter: `B`, `S`, `T`, `E`.
        public var side: UInt8
        public var timeInForce: UInt8
        public var status: OrderStatus
        /// 1: a cancel waits for the end of a cross.
        public var isCancelWaiting: Bool
        public var reason: UInt16
        /// In 10⁻⁴ dollars.
        public var price: UInt64
        /// Shares, over the whole chain of replaces up to this version, as OUCH counts: what was executed before it included.
        public var ordered: UInt32
        /// Of `ordered`: executed, over the whole chain. Broken trades are not taken off: see the trades.
        public var executed: UInt32
        /// What may still trade.
        public var leaves: UInt32
        /// Sum of price · quantity of `executed`, in 10⁻⁴ dollars.
        public var executedAmount: Int128
        /// The venue's number of the order; 0: it never had one.
        public var orderReferenceNumber: UInt64
        /// Nanoseconds since midnight.
        public var acceptedAtNs: UInt64
        public var changedAtNs: UInt64
        /// Number, in the account's stream, of the last message about it.
        public var changedSequence: UInt64

        public init(
            userRef: UInt32, originalUserRef: UInt32 = 0, replacedBy: UInt32 = 0, clientOrderID: Token14,
            symbol: UInt64, side: UInt8, timeInForce: UInt8, status: OrderStatus,
            isCancelWaiting: Bool = false,
            reason: UInt16 = 0, price: UInt64, ordered: UInt32, executed: UInt32, leaves: UInt32,
            executedAmount: Int128, orderReferenceNumber: UInt64, acceptedAtNs: UInt64, changedAtNs: UInt64,
            changedSequence: UInt64
        ) {
            self.userRef = userRef
            self.originalUserRef = originalUserRef
            self.replacedBy = replacedBy
            self.clientOrderID = clientOrderID
            self.symbol = symbol
            self.side = side
            self.timeInForce = timeInForce
            self.status = status
            self.isCancelWaiting = isCancelWaiting
            self.reason = reason
            self.price = price
            self.ordered = ordered
            self.executed = executed
            self.leaves = leaves
            self.executedAmount = executedAmount
            self.orderReferenceNumber = orderReferenceNumber
            self.acceptedAtNs = acceptedAtNs
            self.changedAtNs = changedAtNs
            self.changedSequence = changedSequence
        }

        func write(_ fields: inout FieldWriter) {
            fields.big(userRef)
            fields.big(originalUserRef)
            fields.big(replacedBy)
            fields.token14(clientOrderID)
            fields.text(symbol)
            fields.big(side)
            fields.big(timeInForce)
            fields.big(status.rawValue)
            fields.big(isCancelWaiting ? 1 : 0 as UInt8)
            fields.big(reason)
            fields.big(price)
            fields.big(ordered)
            fields.big(executed)
            fields.big(leaves)
            fields.big(executedAmount)
            fields.big(orderReferenceNumber)
            fields.big(acceptedAtNs)
            fields.big(changedAtNs)
            fields.big(changedSequence)
        }

        init?(_ fields: inout FieldReader) {
            userRef = fields.big()
            originalUserRef = fields.big()
            replacedBy = fields.big()
            clientOrderID = fields.token14()
            symbol = fields.text()
            side = fields.big()
            timeInForce = fields.big()
            guard let status = OrderStatus(rawValue: fields.big()) else { return nil }
            self.status = status
            let waiting: UInt8 = fields.big()
            guard waiting <= 1 else { return nil }
            isCancelWaiting = waiting == 1
            reason = fields.big()
            price = fields.big()
            ordered = fields.big()
            executed = fields.big()
            leaves = fields.big()
            executedAmount = fields.big()
            orderReferenceNumber = fields.big()
            acceptedAtNs = fields.big()
            changedAtNs = fields.big()
            changedSequence = fields.big()
        }
    }

    /// What a trade record says.
    public enum TradeKind: UInt8, Sendable, CaseIterable {
        case execution = 1
        /// `executionID` is undone: shares and cash go back, and nothing goes back into the book.
        case bust = 2
        /// Booked in the place of `otherID`, which has a bust of its own. It takes nothing off any order.
        case correction = 3
    }

    /// A change of the account's position. Records are never changed: the day's position is what they sum up to.
    public struct TradeRecord: Equatable, Sendable {
        public var kind: TradeKind
        /// Unique in the session for each side of a trade; a bust has that of what it undoes.
        public var executionID: UInt64
        /// Of a correction: what it stands for. Of a bust: the correction that comes with it, 0 where none does.
        public var otherID: UInt64
        /// The version of the order that traded.
        public var userRef: UInt32
        public var symbol: UInt64
        /// OUCH's letter.
        public var side: UInt8
        /// As in OUCH: `A` added, `R` removed.
        public var liquidityFlag: UInt8
        /// In 10⁻⁴ dollars.
        public var price: UInt64
        public var quantity: UInt32
        /// Of OUCH's Executed and Broken Trade.
        public var matchNumber: UInt64
        /// Nanoseconds since midnight, when this was booked.
        public var atNs: UInt64
        /// Number of the message that told it in the account's stream; of a correction that was told here alone, of its
        /// bust.
        public var sequence: UInt64

        public init(
            kind: TradeKind, executionID: UInt64, otherID: UInt64 = 0, userRef: UInt32, symbol: UInt64,
            side: UInt8, liquidityFlag: UInt8, price: UInt64, quantity: UInt32, matchNumber: UInt64,
            atNs: UInt64, sequence: UInt64
        ) {
            self.kind = kind
            self.executionID = executionID
            self.otherID = otherID
            self.userRef = userRef
            self.symbol = symbol
            self.side = side
            self.liquidityFlag = liquidityFlag
            self.price = price
            self.quantity = quantity
            self.matchNumber = matchNumber
            self.atNs = atNs
            self.sequence = sequence
        }

        func write(_ fields: inout FieldWriter) {
            fields.big(kind.rawValue)
            fields.big(executionID)
            fields.big(otherID)
            fields.big(userRef)
            fields.text(symbol)
            fields.big(side)
            fields.big(liquidityFlag)
            fields.big(price)
            fields.big(quantity)
            fields.big(matchNumber)
            fields.big(atNs)
            fields.big(sequence)
        }

        init?(_ fields: inout FieldReader) {
            guard let kind = TradeKind(rawValue: fields.big()) else { return nil }
            self.kind = kind
            executionID = fields.big()
            otherID = fields.big()
            userRef = fields.big()
            symbol = fields.text()
            side = fields.big()
            liquidityFlag = fields.big()
            price = fields.big()
            quantity = fields.big()
            matchNumber = fields.big()
            atNs = fields.big()
            sequence = fields.big()
        }
    }

    /// What the account holds of one instrument; instruments that it has never had to do with are left out.
    public struct PositionRecord: Equatable, Sendable {
        public var symbol: UInt64
        /// At the start of the day.
        public var startQuantity: Int64
        /// Now: start + bought − sold, busts undone. Negative: sold short.
        public var quantity: Int64
        /// Today, busts undone.
        public var bought: Int64
        public var sold: Int64
        /// Sums of price · quantity, in 10⁻⁴ dollars.
        public var boughtAmount: Int128
        public var soldAmount: Int128
        /// Of live orders: what may still be bought and sold.
        public var openBuy: Int64
        public var openSell: Int64

        public init(
            symbol: UInt64, startQuantity: Int64 = 0, quantity: Int64 = 0, bought: Int64 = 0, sold: Int64 = 0,
            boughtAmount: Int128 = 0, soldAmount: Int128 = 0, openBuy: Int64 = 0, openSell: Int64 = 0
        ) {
            self.symbol = symbol
            self.startQuantity = startQuantity
            self.quantity = quantity
            self.bought = bought
            self.sold = sold
            self.boughtAmount = boughtAmount
            self.soldAmount = soldAmount
            self.openBuy = openBuy
            self.openSell = openSell
        }

        func write(_ fields: inout FieldWriter) {
            fields.text(symbol)
            fields.big(startQuantity)
            fields.big(quantity)
            fields.big(bought)
            fields.big(sold)
            fields.big(boughtAmount)
            fields.big(soldAmount)
            fields.big(openBuy)
            fields.big(openSell)
        }

        init?(_ fields: inout FieldReader) {
            symbol = fields.text()
            startQuantity = fields.big()
            quantity = fields.big()
            bought = fields.big()
            sold = fields.big()
            boughtAmount = fields.big()
            soldAmount = fields.big()
            openBuy = fields.big()
            openSell = fields.big()
        }
    }

    /// The account's cash. The venue takes no fees.
    public struct BalanceRecord: Equatable, Sendable {
        /// Four characters, the first in the lowest byte: `USD `.
        public var currency: UInt32
        /// In 10⁻⁴ of the currency.
        public var startCash: Int128
        /// Start + sold − bought of the day, busts undone.
        public var cash: Int128
        /// Limit · leaves of live buy orders; orders without a limit never rest.
        public var openBuyAmount: Int128

        public init(currency: UInt32 = 0x2044_5355, startCash: Int128, cash: Int128, openBuyAmount: Int128) {
            self.currency = currency
            self.startCash = startCash
            self.cash = cash
            self.openBuyAmount = openBuyAmount
        }

        func write(_ fields: inout FieldWriter) {
            fields.text(currency)
            fields.big(startCash)
            fields.big(cash)
            fields.big(openBuyAmount)
        }

        init?(_ fields: inout FieldReader) {
            currency = fields.text()
            startCash = fields.big()
            cash = fields.big()
            openBuyAmount = fields.big()
        }
    }
}

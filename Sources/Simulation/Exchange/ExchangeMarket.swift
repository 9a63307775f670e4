public import Matching
import Model
import Wire

/// The books and what the world sees of them: every change of the matching engine becomes ITCH 5.0 messages in a log.
///
/// No time of its own: each call carries it. The caller runs commands on ``engine`` and publishes after each one.
public struct ExchangeMarket: ~Copyable {
    /// Set in an order's owner: it is not shown; its trades are told as `P` messages.
    public static var hiddenBit: UInt32 { 1 << 31 }

    public var engine: MatchingEngine
    /// Where the market is a capture's: it matches instead of `engine`, and nothing of it is published here.
    var follower: CaptureFollower?
    var log: MessageLog
    private let instruments: [ExchangeInstrument]
    private let midnightNs: UInt64
    /// Attributed orders: the firm of an owner, by owner − 1.
    private let firms: [UInt32]

    init(_ configuration: ExchangeConfiguration, chunkCountMax: Int) {
        engine = MatchingEngine(configuration.limits)
        log = MessageLog(chunkByteCount: 4 << 20, chunkCountMax: chunkCountMax)
        instruments = configuration.instruments
        midnightNs = configuration.midnightNs
        firms = configuration.accounts.map { firmWord($0.firm) }
        for (index, instrument) in configuration.instruments.enumerated() {
            engine.define(InstrumentID(index: UInt32(index)), tick: instrument.tick)
        }
    }

    /// Time as ITCH and OUCH count it.
    func timestamp(_ atNs: UInt64) -> UInt64 { atNs < midnightNs ? 0 : atNs - midnightNs }

    /// What stands at the start of a day's feed.
    mutating func open(atNs: UInt64) {
        let time = timestamp(atNs)
        systemEvent("O", time)
        systemEvent("S", time)
        for index in instruments.indices {
            let instrument = instruments[index]
            put(
                Itch50.StockDirectory(
                    stockLocate: UInt16(index + 1), trackingNumber: 0, timestamp: time,
                    stock: instrument.symbol.raw, marketCategory: UInt8(ascii: "Q"),
                    financialStatus: UInt8(ascii: "N"), roundLotSize: instrument.roundLot,
                    roundLotsOnly: UInt8(ascii: "N"), issueClassification: UInt8(ascii: "C"),
                    issueSubType: 0x205a, authenticity: UInt8(ascii: "P"),
                    shortSaleThreshold: UInt8(ascii: "N"), ipoFlag: UInt8(ascii: "N"),
                    luldTier: UInt8(ascii: "1"), etpFlag: UInt8(ascii: "N"), etpLeverage: 0,
                    inverse: UInt8(ascii: "N")))
        }
        for index in instruments.indices { tradingAction(index, UInt8(ascii: "T"), time) }
        systemEvent("Q", time)
    }

    mutating func close(atNs: UInt64) {
        let time = timestamp(atNs)
        systemEvent("M", time)
        systemEvent("E", time)
        systemEvent("C", time)
    }

    mutating func tradingAction(_ index: Int, _ state: UInt8, _ time: UInt64) {
        put(
            Itch50.TradingAction(
                stockLocate: UInt16(index + 1), trackingNumber: 0, timestamp: time,
                stock: instruments[index].symbol.raw, tradingState: state, reserved: 0x20, reason: 0x2020_2020
            ))
    }

    mutating func brokenTrade(_ index: Int, _ matchNumber: UInt64, _ time: UInt64) {
        put(
            Itch50.BrokenTrade(
                stockLocate: UInt16(index + 1), trackingNumber: 0, timestamp: time, matchNumber: matchNumber))
    }

    /// Tells the events of the engine's last command. `attributed`: its order shows its firm.
    mutating func publish(atNs: UInt64, attributed: Bool = false) {
        let time = timestamp(atNs)
        let count = engine.eventCount
        guard count > 0, follower == nil else { return }
        let first = engine.event(0)
        let isHidden = first.owner & Self.hiddenBit != 0
        let locate = UInt16(truncatingIfNeeded: first.instrument.index &+ 1)
        switch first.kind {
        case .rejected:
            return
        case .cancelled:
            publishCancelled(first, locate, time)
            return
        case .replaced:
            if publishReplaced(first, count, isHidden, locate, time) { return }
        case .accepted, .executed:
            break
        }
        for index in 1..<max(count, 1) {
            let event = engine.event(index)
            if event.kind == .executed { publishExecution(event, locate, time) }
            // An order that was in the book, and went because it would have traded with its owner.
            if event.kind == .cancelled, event.otherReference != 0, event.reference != first.reference {
                publishCancelled(event, locate, time)
            }
        }
        if first.remaining > 0, !isHidden { publishAdd(first, locate, time, attributed) }
    }

    /// - Returns: `true`: told in full. `false`: the old order is gone, its trades and its new place are still to tell.
    private mutating func publishReplaced(
        _ event: MatchEvent, _ count: Int, _ isHidden: Bool, _ locate: UInt16, _ time: UInt64
    ) -> Bool {
        if isHidden { return event.keptPlace }
        if event.keptPlace {
            // The same quantity again changes nothing that can be seen.
            if event.quantity < event.otherRemaining {
                put(
                    Itch50.OrderCancel(
                        stockLocate: locate, trackingNumber: 0, timestamp: time,
                        orderReference: event.reference,
                        shares: event.otherRemaining - event.quantity))
            }
            return true
        }
        if count == 1 {
            put(
                Itch50.OrderReplace(
                    stockLocate: locate, trackingNumber: 0, timestamp: time,
                    originalOrderReference: event.otherReference,
                    orderReference: event.reference, shares: event.remaining,
                    price: UInt32(truncatingIfNeeded: event.price.raw)))
            return true
        }
        put(
            Itch50.OrderDelete(
                stockLocate: locate, trackingNumber: 0, timestamp: time,
                orderReference: event.otherReference))
        return false
    }

    private mutating func publishCancelled(_ event: MatchEvent, _ locate: UInt16, _ time: UInt64) {
        guard event.owner & Self.hiddenBit == 0 else { return }
        if event.remaining == 0 {
            put(
                Itch50.OrderDelete(
                    stockLocate: locate, trackingNumber: 0, timestamp: time, orderReference: event.reference))
        } else {
            put(
                Itch50.OrderCancel(
                    stockLocate: locate, trackingNumber: 0, timestamp: time,
                    orderReference: event.reference, shares: event.quantity))
        }
    }

    private mutating func publishExecution(_ event: MatchEvent, _ locate: UInt16, _ time: UInt64) {
        if event.owner & Self.hiddenBit == 0 {
            put(
                Itch50.OrderExecuted(
                    stockLocate: locate, trackingNumber: 0, timestamp: time,
                    orderReference: event.reference, shares: event.quantity,
                    matchNumber: event.matchNumber))
        } else {
            // The side is always told as a buy; the order was never shown.
            put(
                Itch50.Trade(
                    stockLocate: locate, trackingNumber: 0, timestamp: time, orderReference: 0,
                    side: UInt8(ascii: "B"), shares: event.quantity,
                    stock: instruments[Int(event.instrument.index)].symbol.raw,
                    price: UInt32(truncatingIfNeeded: event.price.raw), matchNumber: event.matchNumber))
        }
    }

    private mutating func publishAdd(
        _ event: MatchEvent, _ locate: UInt16, _ time: UInt64, _ attributed: Bool
    ) {
        let side = event.side == .buy ? UInt8(ascii: "B") : UInt8(ascii: "S")
        let stock = instruments[Int(event.instrument.index)].symbol.raw
        let price = UInt32(truncatingIfNeeded: event.price.raw)
        if attributed, event.owner > 0, Int(event.owner) <= firms.count {
            put(
                Itch50.AddOrderWithParticipant(
                    stockLocate: locate, trackingNumber: 0, timestamp: time,
                    orderReference: event.reference, side: side, shares: event.remaining, stock: stock,
                    price: price, participant: firms[Int(event.owner) - 1]))
        } else {
            put(
                Itch50.AddOrder(
                    stockLocate: locate, trackingNumber: 0, timestamp: time,
                    orderReference: event.reference, side: side, shares: event.remaining, stock: stock,
                    price: price))
        }
    }

    private mutating func systemEvent(_ code: Unicode.Scalar, _ time: UInt64) {
        put(
            Itch50.SystemEvent(
                stockLocate: 0, trackingNumber: 0, timestamp: time, eventCode: UInt8(ascii: code)))
    }

    @inline(__always)
    private mutating func put<Message: WireMessage>(_ message: Message) {
        // SAFETY: the room is larger than any message, and `write` checks it.
        log.commit(unsafe message.write(to: log.room()))
    }
}

/// A firm's four characters as they stand on the wire, the first in the lowest byte.
func firmWord(_ text: String) -> UInt32 {
    let bytes = Array(text.utf8)
    precondition(bytes.count <= 4, "Caller: a firm has at most four characters")
    return (0..<4).reduce(0) { $0 | UInt32($1 < bytes.count ? bytes[$1] : 0x20) << UInt32(8 * $1) }
}

import Matching
import Model

/// An exchange whose market is a capture's: clients' orders are matched against it by ``CaptureFollower``.
extension Exchange {
    /// A datagram of IEX-TP with DEEP 1.0 has gone out: what it shows and trades may fill clients' orders. Its bytes are
    /// not sent from here; the caller has them.
    public func follow(deepPacket packet: UnsafeRawBufferPointer, atNs: UInt64) {
        advance(toNs: atNs)
        precondition(market.isFollowing, "Caller: the exchange follows a capture")
        unsafe market.follower?.apply(deepPacket: packet)
        finishCommand(taker: nil)
    }

    /// A message of an ITCH file: joins the feed as it is, and may fill clients' orders.
    public func follow(itchMessage message: UnsafeRawBufferPointer, atNs: UInt64) {
        advance(toNs: atNs)
        precondition(market.isFollowing, "Caller: the exchange follows a capture")
        guard message.count <= MessageLog.messageByteCountMax else { return }
        // SAFETY: the room was just compared with the message.
        unsafe market.log.room().copyMemory(from: message)
        market.log.commit(message.count)
        unsafe market.follower?.apply(itchMessage: message)
        finishCommand(taker: nil)
    }

    /// What follows the capture; `nil`: the exchange has a market of its own.
    public var follower: CaptureFollower? { market.follower }

    /// Whether any client is logged on.
    public var hasLogon: Bool { accounts.contains { $0.connection != nil } }

    /// Executions of clients' orders so far, each side counted.
    public var executionCount: Int { executions.count }

    /// Whether the flow has made all its commands, or there is none.
    public var isFlowOver: Bool { (flow?.nextAtNs ?? .max) == .max }

    /// The place of an instrument in the books, by the name on the wire.
    func instrumentIndex(_ symbol: UInt64) -> Int? {
        if market.isFollowing {
            return market.follower?.instrument(Symbol(raw: symbol)).map { Int($0.index) }
        }
        return bySymbol[symbol]
    }

    func symbol(of instrument: InstrumentID) -> Symbol {
        if market.isFollowing { return market.follower?.symbol(instrument) ?? .blank }
        return configuration.instruments[Int(instrument.index)].symbol
    }
}

/// Clients' commands go to the books that there are: the exchange's own, or a capture's.
extension ExchangeMarket {
    var isFollowing: Bool { follower != nil }

    mutating func enter(_ entry: OrderEntry) -> UInt64 {
        if isFollowing { return follower?.enter(entry) ?? 0 }
        return engine.enter(entry)
    }

    mutating func cancel(_ reference: UInt64, toRemaining: UInt32) -> Bool {
        if isFollowing { return follower?.cancel(reference, toRemaining: toRemaining) ?? false }
        return engine.cancel(reference, toRemaining: toRemaining)
    }

    mutating func replace(
        _ reference: UInt64, price: Price, quantity: UInt32, userRef: UInt32, duration: Duration,
        isMarket: Bool, isPostOnly: Bool, keepsPlace: Bool, minimumQuantity: UInt32
    ) -> UInt64 {
        if isFollowing {
            return follower?.replace(
                reference, price: price, quantity: quantity, userRef: userRef, duration: duration,
                isMarket: isMarket, isPostOnly: isPostOnly, keepsPlace: keepsPlace,
                minimumQuantity: minimumQuantity) ?? 0
        }
        return engine.replace(
            reference, price: price, quantity: quantity, userRef: userRef, duration: duration,
            isMarket: isMarket, isPostOnly: isPostOnly, keepsPlace: keepsPlace,
            minimumQuantity: minimumQuantity)
    }

    /// A number for a trade that no order made: a correction.
    mutating func takeMatchNumber() -> UInt64 {
        if isFollowing { return follower?.nextMatch() ?? 0 }
        return engine.takeMatchNumber()
    }

    var eventCount: Int { follower?.events.count ?? engine.eventCount }

    func event(_ index: Int) -> MatchEvent {
        if let follower { return follower.events[index] }
        return engine.event(index)
    }
}

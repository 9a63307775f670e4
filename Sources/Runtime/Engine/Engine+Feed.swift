public import Core
public import Feeds
public import Model
public import Plumbing
public import Venues

extension Engine {
    /// One datagram of a stream, if one waits.
    @inlinable mutating func feedTurn(_ index: Int, nowNs: UInt64) -> Int {
        requestMissing(index, nowNs: nowNs)
        let datagram = io.receiveDatagram(stream: index)
        guard !datagram.isEmpty else { return 0 }
        let receivedAtNs = io.nowNs()
        // SAFETY: the bytes stand until the next datagram of this stream is taken.
        unsafe accept(index, datagram.bytes, receivedAtNs: receivedAtNs)
        return 1
    }

    /// What one datagram does: in order, it is applied; otherwise the feed says what it was.
    @inlinable public mutating func accept(
        _ index: Int, _ bytes: UnsafeRawBufferPointer, receivedAtNs: UInt64
    ) {
        switch unsafe feeds[index].accept(bytes) {
        case .inOrder:
            unsafe applyPacket(index, bytes, receivedAtNs: receivedAtNs)
            while let waited = feeds[index].takeBuffered() {
                unsafe applyPacket(index, waited.bytes, receivedAtNs: receivedAtNs)
            }
        case .gap(let from, let count):
            markStale(index, from: from, count: count, nowNs: receivedAtNs)
        case .heartbeat, .buffered: break
        case .duplicate: counters.packetsRepeated += 1
        case .endOfSession:
            var input = Input(kind: .feedEnded, source: UInt8(index))
            step(&input, nowNs: receivedAtNs)
        case .malformed: counters.packetsMalformed += 1
        }
        if staleStreams[index], feeds[index].isWhole {
            staleStreams[index] = false
            var input = Input(kind: .feedWhole, source: UInt8(index))
            input.execution_id = feeds[index].nextSequence
            step(&input, nowNs: receivedAtNs)
        }
        flushAll(nowNs: receivedAtNs)
    }

    /// One packet whose messages are next in order: one input, its bytes behind it in the journal; then message for
    /// message book, strategies, orders; at the end one send a session.
    @inlinable mutating func applyPacket(_ index: Int, _ bytes: UnsafeRawBufferPointer, receivedAtNs: UInt64) {
        guard state != .halted else { return }
        if core.nextDeadlineNs <= receivedAtNs { _ = fireTimers(upTo: receivedAtNs) }
        counters.packets += 1
        var input = Input(kind: .marketPacket, source: UInt8(index))
        input.execution_id = feeds[index].firstSequence
        unsafe input.quantity = Int64(bytes.count)
        sequencer.stamp(&input, clockNs: receivedAtNs, receivedAtNs: receivedAtNs)
        if journal.isOn {
            while unsafe !journal.append(input, packet: bytes) { if !waitForJournal() { return } }
        }
        core.begin(input)
        var event = MarketEvent()
        while feeds[index].next(&event) {
            counters.messages += 1
            let effect = core.applyMarket(&event)
            if !effect.isEmpty { tellStrategies(effect, receivedAtNs: receivedAtNs) }
            if core.facts.count > 0 || core.commands.count > 0 { passOn() }
            if event.kind == MarketEventKind.instrument.rawValue { define(event) }
        }
        if feeds[index].takeUnreadable() {
            markStale(index, from: input.execution_id, count: 0, nowNs: receivedAtNs)
        }
    }

    /// Calls the strategies that are switched on, each one's wishes handled before the next is called.
    @inlinable mutating func tellStrategies(_ effect: MarketEffect, receivedAtNs: UInt64) {
        for index in 0..<Strategies.count where core.context.enter(index) {
            if effect.contains(.quote) { strategies.onQuote(index, core.quote, &core.context) }
            if effect.contains(.trade) { strategies.onTrade(index, core.trade, &core.context) }
            guard core.context.signalCount > 0 else { continue }
            guard measures else {
                core.decide()
                continue
            }
            let signalAtNs = io.nowNs()
            core.decide()
            guard core.commands.count > 0 else { continue }
            let orderAtNs = io.nowNs()
            passOn()
            let encodedAtNs = io.nowNs()
            latencies.signal.record(signalAtNs &- receivedAtNs)
            latencies.order.record(orderAtNs &- signalAtNs)
            latencies.encode.record(encodedAtNs &- orderAtNs)
            latencies.engine.record(encodedAtNs &- receivedAtNs)
            pendingReceivedAtNs = receivedAtNs
        }
    }

    /// One send for each session that has bytes waiting.
    @inlinable mutating func flushAll(nowNs: UInt64) {
        for index in 0..<sessions.count where !sessions[index].pendingOutput().isEmpty {
            guard measures, pendingReceivedAtNs != 0 else {
                flush(index, nowNs: nowNs)
                continue
            }
            let before = io.nowNs()
            flush(index, nowNs: before)
            let after = io.nowNs()
            latencies.send.record(after &- before)
            latencies.total.record(after &- pendingReceivedAtNs)
        }
        pendingReceivedAtNs = 0
    }

    /// Sessions must know the symbols that accepted orders name.
    @inlinable mutating func define(_ event: MarketEvent) {
        for session in 0..<sessions.count {
            // A full table costs the instrument of orders from before this process; the core then disputes them.
            _ = sessions[session].define(Symbol(raw: event.symbol), as: InstrumentID(index: event.instrument))
        }
    }

    @inlinable mutating func markStale(_ index: Int, from: UInt64, count: UInt64, nowNs: UInt64) {
        counters.feedGaps += 1
        staleStreams[index] = true
        var input = Input(kind: .feedGap, source: UInt8(index))
        input.execution_id = from
        input.quantity = Int64(clamping: count)
        step(&input, nowNs: nowNs)
    }

    @inlinable mutating func requestMissing(_ index: Int, nowNs: UInt64) {
        guard staleStreams[index], let request = feeds[index].nextRequest(atNs: nowNs) else { return }
        // SAFETY: the request's bytes stand until the feed is asked again.
        if unsafe io.requestRetransmission(stream: index, request.bytes) { counters.retransmissionRequests += 1 }
    }
}

public import Core
public import Feeds
public import Memory
public import Model
public import Plumbing
public import Venues
public import Wire

extension Engine where Strategies: ~Copyable, IO: ~Copyable {
    /// One datagram of a stream, if one waits.
    @inlinable mutating func feedTurn(_ index: Int, nowNs: UInt64) -> Int {
        if unlikely(feeds[index].isGapOpen) { mendGap(index, nowNs: nowNs) }
        let datagram = io.receiveDatagram(stream: index)
        guard !datagram.isEmpty else { return 0 }
        let receivedAtNs = io.receivedAtNs(stream: index)
        // SAFETY: the bytes stand until the next datagram of this stream is taken.
        unsafe accept(index, datagram.bytes, receivedAtNs: receivedAtNs)
        return 1
    }

    /// What one datagram does, and at the end one send for each session that has something to say.
    ///
    /// - Parameter receivedAtNs: Now, or earlier where another thread has received it: latencies count from there, and
    ///   core time, which never runs backwards, does not follow it back.
    @inlinable public mutating func accept(
        _ index: Int, _ bytes: UnsafeRawBufferPointer, receivedAtNs: UInt64
    ) {
        var verdict = unsafe feeds[index].accept(bytes, receivedAtNs: receivedAtNs)
        if case .sessionChanged = verdict {
            // The venue began anew: what we knew of the old session is over.
            var input = Input(kind: .feedRestarted, source: UInt8(index))
            step(&input, nowNs: receivedAtNs)
            streamEnded[index] = false
            gapSinceNs[index] = 0
            counters.feedRestarts += 1
            verdict = unsafe feeds[index].accept(bytes, receivedAtNs: receivedAtNs)
        }
        switch verdict {
        case .inOrder:
            unsafe applyPacket(index, bytes, receivedAtNs: receivedAtNs)
            // As nearly always: nothing waits behind it, and the stream lacks nothing.
            if feeds[index].isQuiet() {
                if hasOutput { flushAll(nowNs: receivedAtNs) }
                return core.prepare()
            }
            takeBuffered(index, nowNs: receivedAtNs)
        case .gap(let from, let count):
            markStale(index, from: from, count: count, nowNs: receivedAtNs)
        case .duplicate: counters.packetsRepeated += 1
        case .heartbeat:
            // Where the age of data is looked at, the core is told that a quiet stream lives.
            if unlikely(core.wantsLife(ofStream: UInt8(index), nowNs: receivedAtNs)), !streamEnded[index] {
                var input = Input(kind: .feedAlive, source: UInt8(index))
                step(&input, nowNs: receivedAtNs)
            }
        case .buffered, .sessionChanged: break
        case .endOfSession:
            if !streamEnded[index] {
                streamEnded[index] = true
                var input = Input(kind: .feedEnded, source: UInt8(index))
                step(&input, nowNs: receivedAtNs)
            }
        case .malformed:
            counters.packetsMalformed += 1
            log.write(.packetMalformed(feed: index, count: counters.packetsMalformed), atNs: receivedAtNs)
        }
        tellHealth(index, nowNs: receivedAtNs)
        flushAll(nowNs: receivedAtNs)
        core.prepare()
    }

    /// The packets that waited behind what has just come.
    @inlinable mutating func takeBuffered(_ index: Int, nowNs: UInt64) {
        while state != .halted, let waited = feeds[index].takeBuffered() {
            // SAFETY: the feed keeps the bytes until it is asked for the next.
            unsafe applyPacket(index, waited.bytes, receivedAtNs: nowNs)
        }
    }

    /// Tells the core of losses that no verdict told, and of a stream that is whole again.
    @inlinable mutating func tellHealth(_ index: Int, nowNs: UInt64) {
        guard state != .halted else { return }
        if let lost = feeds[index].takeStale() {
            markStale(index, from: lost.from, count: lost.count, nowNs: nowNs)
        }
        if let next = feeds[index].takeWhole() {
            gapSinceNs[index] = 0
            var input = Input(kind: .feedWhole, source: UInt8(index))
            input.execution_id = next
            step(&input, nowNs: nowNs)
        }
    }

    /// One packet whose messages are next in order: one input, its bytes behind it in the journal; then message for
    /// message book, strategies, orders.
    @inlinable mutating func applyPacket(_ index: Int, _ bytes: UnsafeRawBufferPointer, receivedAtNs: UInt64)
    {
        if unlikely(core.nextDeadlineNs <= receivedAtNs) { _ = fireTimers(upTo: receivedAtNs) }
        guard likely(state != .halted) else { return }
        counters.packets += 1
        // What the book will touch comes from memory while the packet is numbered and written down.
        let ahead = feeds[index].peek()
        core.prefetch(ahead.instrument, ahead.orderRef)
        var input = Input(kind: .marketPacket, source: UInt8(index))
        input.quantity = Int64(bytes.count)
        input.execution_id = feeds[index].packetSequence
        sequencer.stamp(&input, clockNs: receivedAtNs, receivedAtNs: receivedAtNs)
        if journal.isOn {
            while unsafe !journal.append(&input, packet: bytes) {
                if !waitForJournal() { return sequencer.takeBack() }
            }
        }
        core.begin(&input)
        isInsidePacket = true
        var event = MarketEvent()
        // A halted engine leaves the rest: facts that the journal does not take would only pile up.
        while state != .halted, feeds[index].next(&event) {
            if !feeds[index].gaveDefinition { counters.messages += 1 }
            let effect = core.apply(&event, for: &strategies)
            if !effect.isEmpty { tellStrategies(effect, receivedAtNs: receivedAtNs) }
            if core.facts.count > 0 || core.commands.count > 0 { passOn() }
            if unlikely(event.kind == MarketEventKind.instrument.rawValue) { define(event) }
        }
        isInsidePacket = false
        if unlikely(refusedCount > 0) { tellRefused(from: 0) }
    }

    /// Calls the strategies that are switched on, each one's wishes handled before the next is called.
    @inlinable mutating func tellStrategies(_ effect: MarketEffect, receivedAtNs: UInt64) {
        budget.wasCalled = true
        for index in 0..<Strategies.count where core.context.enter(index) {
            core.call(index, effect, &strategies)
            guard core.context.signalCount > 0 else { continue }
            guard measures else {
                core.decide()
                continue
            }
            let signalAtNs = io.nowNs()
            core.decide()
            guard core.commands.count > 0 else { continue }
            passOn()
            let encodedAtNs = io.nowNs()
            // What it took is written down behind the send, with which nothing must interfere; only of a packet with
            // several, all but the last are written down here.
            if unlikely(waitingStages.receivedAtNs != 0) { latencies.record(waitingStages) }
            waitingStages = StageTimes(
                receivedAtNs: receivedAtNs, signalAtNs: signalAtNs, encodedAtNs: encodedAtNs)
        }
        if unlikely(core.hasMore) { core.tellMore(&strategies) }
    }

    /// One send for each session that has bytes waiting.
    @inlinable mutating func flushAll(nowNs: UInt64) {
        hasOutput = false
        for index in 0..<sessions.count where !sessions[index].pendingOutput().isEmpty {
            guard measures, waitingStages.receivedAtNs != 0 else {
                flush(index, nowNs: nowNs)
                continue
            }
            // No further reading of the clock: the send begins where the bytes lie ready.
            let sent = hand(index, nowNs: waitingStages.encodedAtNs)
            let after = io.nowNs()
            budget.elsewhereNs &+= Int64(bitPattern: after &- waitingStages.encodedAtNs)
            if sent > 0 {
                latencies.send.record(after &- waitingStages.encodedAtNs)
                latencies.total.record(after &- waitingStages.receivedAtNs)
            }
            settleSends(index, nowNs: after)
        }
        guard waitingStages.receivedAtNs != 0 else { return }
        latencies.record(waitingStages)
        waitingStages.receivedAtNs = 0
    }

    /// Sessions must know the symbols that accepted orders name, and readers of the journal those of instruments.
    @inlinable mutating func define(_ event: MarketEvent) {
        if journal.isOn {
            while !journal.append(definition: event) { if !waitForJournal() { return } }
        }
        for session in 0..<sessions.count {
            // A full table costs the instrument of orders from before this process; the core then disputes them.
            _ = sessions[session].define(Symbol(raw: event.symbol), as: InstrumentID(index: event.instrument))
        }
    }

    @inlinable mutating func markStale(_ index: Int, from: UInt64, count: UInt64, nowNs: UInt64) {
        counters.feedGaps += 1
        if gapSinceNs[index] == 0 { gapSinceNs[index] = nowNs }
        var input = Input(kind: .feedGap, source: UInt8(index))
        input.execution_id = from
        input.quantity = Int64(clamping: count)
        step(&input, nowNs: nowNs)
    }

    /// Asks for what is missing; where nobody can be asked, waits a little for a packet that was only late and then
    /// goes on without it: the stream stays stale, and nothing trades on its books.
    @inlinable mutating func mendGap(_ index: Int, nowNs: UInt64) {
        if canRequest[index] {
            guard let request = feeds[index].nextRequest(atNs: nowNs) else { return }
            // SAFETY: the buffer is longer than a request, and the engine's own.
            let room = unsafe UnsafeMutableRawBufferPointer(
                start: requestRoom.unsafeBase, count: requestRoom.count)
            let count = unsafe request.write(to: room)
            let asked = unsafe io.requestRetransmission(
                stream: index, UnsafeRawBufferPointer(rebasing: room[..<count]))
            if asked {
                counters.retransmissionRequests += 1
                log.write(.feedRequest(feed: index, count: counters.retransmissionRequests), atNs: nowNs)
            }
            return
        }
        guard nowNs >= gapSinceNs[index] &+ lateNsMax, feeds[index].abandonGap() != nil else { return }
        takeBuffered(index, nowNs: nowNs)
        tellHealth(index, nowNs: nowNs)
        flushAll(nowNs: nowNs)
    }
}

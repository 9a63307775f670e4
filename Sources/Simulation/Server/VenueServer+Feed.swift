import Wire

/// Market data: what is due, through the gate, to the receiver.
extension VenueServer {
    /// Whether all of the market has been made and sent.
    var isMarketOver: Bool {
        if exchangeHasDatagram { return false }
        return survey == nil ? exchange.isFlowOver : hasSourceEnded && pending == nil
    }

    /// Whether the exchange's own feed has something to send; a DEEP capture is the feed itself.
    var exchangeHasDatagram: Bool {
        guard survey?.kind != .deepIexTransport else { return false }
        // SAFETY: nothing of the packet is read.
        return unsafe exchange.nextDatagram() != nil
    }

    /// Lets the market go on up to now.
    func play(_ nowNs: UInt64) -> Int {
        switch survey?.kind {
        case nil:
            // The flow stands still while the receiver does: what nobody can take need not be made.
            if gate.isOpen(nowNs: nowNs) { exchange.advance(toNs: exchangeNs(nowNs)) }
            return 0
        case .itch: return playMessages(nowNs)
        case .deepIexTransport: return playDatagrams(nowNs)
        }
    }

    /// Puts the next part of the file into `pending`, with its time. `false`: there is none.
    private func fetch(_ nowNs: UInt64) -> Bool {
        if pending != nil { return true }
        guard !hasSourceEnded else { return false }
        guard let part = source?.next() else {
            hasSourceEnded = true
            return false
        }
        pending = (part, pace.dueNs(captureNs: part.timeNs, nowNs: nowNs))
        return true
    }

    private func playDatagrams(_ nowNs: UInt64) -> Int {
        var sent = 0
        while sent < Self.packetsPerTurn, fetch(nowNs), let next = pending, next.dueNs <= nowNs,
            gate.isOpen(nowNs: clock.nowNs())
        {
            // SAFETY: the part's bytes stand until the source is asked for the next one.
            let bytes = unsafe next.part.bytes
            guard unsafe send(bytes, nowNs) else { break }
            if let header = unsafe IexTransport.Header(reading: bytes) {
                report.messages += UInt64(header.messageCount)
                remember(header)
            }
            unsafe exchange.follow(deepPacket: bytes, atNs: exchangeNs(nowNs))
            pending = nil
            sent += 1
        }
        exchange.advance(toNs: exchangeNs(nowNs))
        return sent
    }

    /// Messages that are due join the feed, which packs them; a message in front of the gate waits with those behind it.
    private func playMessages(_ nowNs: UInt64) -> Int {
        var count = 0
        while count < Self.packetsPerTurn * 32, gate.isOpen(nowNs: nowNs), fetch(nowNs), let next = pending,
            next.dueNs <= nowNs
        {
            // SAFETY: as above.
            unsafe exchange.follow(itchMessage: next.part.bytes, atNs: exchangeNs(nowNs))
            pending = nil
            count += 1
        }
        exchange.advance(toNs: exchangeNs(nowNs))
        return count
    }

    /// What a heartbeat after this packet says.
    private func remember(_ header: IexTransport.Header) {
        var next = header
        next.streamOffset &+= Int64(header.payloadByteCount)
        next.sequence &+= Int64(header.messageCount)
        next.payloadByteCount = 0
        next.messageCount = 0
        heartbeat = next
    }

    /// Sends what the exchange has for its feed, or IEX-TP heartbeats where the feed is a capture's.
    func sendFeed(_ nowNs: UInt64) -> Int {
        if survey?.kind == .deepIexTransport {
            // Its send time stays the last packet's: a receiver may take a later one as the clock of the capture.
            guard let header = heartbeat, nowNs - min(lastPacketNs, nowNs) >= Self.heartbeatNs else {
                return 0
            }
            var bytes = [UInt8](repeating: 0, count: IexTransport.Header.byteCount)
            // SAFETY: the array has a header's room, and is sent before it goes.
            unsafe bytes.withUnsafeMutableBytes { room in
                _ = unsafe header.write(to: room)
                _ = unsafe send(UnsafeRawBufferPointer(room), nowNs)
            }
            return 1
        }
        var sent = 0
        while sent < Self.packetsPerTurn, gate.isOpen(nowNs: clock.nowNs()) {
            // SAFETY: the packet stands until it is popped.
            guard let packet = unsafe exchange.nextDatagram() else { break }
            let header = unsafe MoldUDP64.Header(reading: packet)
            guard unsafe send(packet, nowNs) else { break }
            if let header, !header.isEndOfSession { report.messages += UInt64(header.count) }
            exchange.popDatagram()
            sent += 1
        }
        return sent
    }

    /// Hands a packet to the kernel, unless the fault script holds it back.
    ///
    /// - Returns: `false`: the kernel has no room now; the packet is to come again.
    private func send(_ bytes: UnsafeRawBufferPointer, _ nowNs: UInt64) -> Bool {
        if configuration.faults.dropEvery > 0 {
            if dropCountdown == 1 {
                dropCountdown = configuration.faults.dropEvery
                report.withheldPackets += 1
                return true
            }
            dropCountdown -= 1
        }
        guard unsafe sender.send(bytes) else {
            // A refusal of the network (nobody listens yet) and a full buffer look alike from here: one more try each
            // turn, and after a second of refusals the packet is given up, counted.
            if nowNs - min(lastPacketNs, nowNs) < Self.heartbeatNs { return false }
            lastPacketNs = nowNs
            report.unsentPackets += 1
            return true
        }
        gate.sent()
        lastPacketNs = nowNs
        report.packets += 1
        report.bytes += UInt64(bytes.count)
        return true
    }
}

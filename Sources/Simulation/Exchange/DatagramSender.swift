import Wire

/// Cuts the feed's log into MoldUDP64 packets, as they are taken.
@safe struct DatagramSender: ~Copyable {
    private let session: Token10
    private let packet: UnsafeMutableRawBufferPointer
    /// Bytes of the packet that has been made and not yet taken; 0: none.
    private var madeByteCount = 0
    private var madeCount = 0
    private var nextSequence: UInt64 = 1
    private var lastSentNs: UInt64
    private var heartbeatIsDue = false
    /// End-of-session packets still to send: several, because any may be lost.
    private var endPackets = 0
    private var hasEnded = false

    init(session: Token10, byteCountMax: Int, atNs: UInt64) {
        precondition(byteCountMax >= 128, "Caller: a packet holds its header and any message")
        self.session = session
        unsafe packet = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCountMax, alignment: 16)
        lastSentNs = atNs
    }

    // SAFETY: a packet is good until it is popped, and the sender outlives that.
    deinit { unsafe packet.deallocate() }

    mutating func next(_ log: borrowing MessageLog) -> UnsafeRawBufferPointer? {
        if madeByteCount == 0 { make(log) }
        guard madeByteCount > 0 else { return nil }
        // SAFETY: what has been made lies within the packet.
        return unsafe UnsafeRawBufferPointer(rebasing: packet[..<madeByteCount])
    }

    private mutating func make(_ log: borrowing MessageLog) {
        // What nobody took in time is forgotten; receivers see the gap and find it cannot be filled.
        nextSequence = max(nextSequence, log.oldestSequence)
        madeCount = fill(log, nextSequence, before: .max)
        if madeCount > 0 { return }
        if heartbeatIsDue || endPackets > 0 {
            let count = hasEnded ? MoldUDP64.endOfSessionCount : 0
            // SAFETY: a packet has room for its header.
            madeByteCount = unsafe MoldUDP64.Header(session: session, sequence: nextSequence, count: count)
                .write(to: packet)
        }
    }

    /// Writes header and messages into the packet. Returns how many; 0: nothing was written.
    private mutating func fill(_ log: borrowing MessageLog, _ sequence: UInt64, before end: UInt64) -> Int {
        let room = unsafe packet.count - MoldUDP64.Header.byteCount
        let found = unsafe log.stretch(from: sequence, before: end, byteCountMax: room, countMax: 0xfffe)
        guard unsafe found.count > 0 else { return 0 }
        // SAFETY: the stretch is at most as long as the room behind the header.
        let count = unsafe UInt16(found.count)
        unsafe MoldUDP64.Header(session: session, sequence: sequence, count: count).write(to: packet)
        unsafe UnsafeMutableRawBufferPointer(rebasing: packet[MoldUDP64.Header.byteCount...])
            .copyMemory(from: found.bytes)
        madeByteCount = unsafe MoldUDP64.Header.byteCount + found.bytes.count
        return Int(count)
    }

    mutating func pop(_ log: borrowing MessageLog, atNs: UInt64) {
        precondition(madeByteCount > 0, "Caller: a packet is popped after it was looked at")
        if madeCount == 0, endPackets > 0 { endPackets -= 1 }
        nextSequence += UInt64(madeCount)
        madeByteCount = 0
        madeCount = 0
        heartbeatIsDue = false
        lastSentNs = atNs
    }

    mutating func keepAlive(atNs: UInt64, everyNs: UInt64) {
        if atNs >= lastSentNs + everyNs { heartbeatIsDue = true }
    }

    /// When a heartbeat falls due; one that is due already and not yet taken wakes nobody.
    func nextHeartbeatNs(_ everyNs: UInt64) -> UInt64 { heartbeatIsDue ? .max : lastSentNs + everyNs }

    mutating func end() {
        hasEnded = true
        endPackets = 3
    }

    mutating func again(
        _ log: borrowing MessageLog, from sequence: UInt64, count: Int, packetCountMax: Int,
        _ answer: (UnsafeRawBufferPointer) -> Void
    ) -> Int {
        // The packet that waits uses the same bytes; it is made again when it is asked for.
        madeByteCount = 0
        madeCount = 0
        // Only what has been sent can have been lost.
        let end = min(sequence &+ UInt64(count), nextSequence)
        var from = sequence
        var packets = 0
        while from < end, packets < packetCountMax {
            let found = fill(log, from, before: end)
            guard found > 0 else { break }
            // SAFETY: what has been made lies within the packet; the answer keeps it no longer than its call.
            unsafe answer(UnsafeRawBufferPointer(rebasing: packet[..<madeByteCount]))
            from += UInt64(found)
            packets += 1
        }
        madeByteCount = 0
        return packets
    }
}

internal import Memory
import Model
public import Wire

/// One market data stream: datagrams in, each message once and in order out, with instruments instead of symbols.
///
/// For each datagram: ``accept(_:receivedAtNs:)``, then, where it says `.inOrder`, ``next(_:)`` until it is `false`;
/// then ``takeBuffered()`` until it is `nil`, each time with ``next(_:)`` until `false`. ``takeStale()`` and
/// ``takeWhole()`` afterwards tell what became of the stream. The bytes handed to `accept` must stay where they are
/// until `next` has said `false`.
///
/// - Sequence: a packet that is known is dropped, one that is known in part begins at its first new message. What
///   comes ahead of a gap waits. A packet that ends too early is used as far as it is whole; the rest is a gap.
/// - Wrong input never traps: it is counted, and ``lastFault`` has the place of the last.
/// - Threads: one owner.
@safe public struct MarketFeed: ~Copyable {
    let feedProtocol: FeedProtocol
    /// Number of the stream in inputs and books.
    public let stream: UInt8
    private let start: FeedStart
    private let pinnedSession: Token10?
    private let aheadCountMax: UInt64
    private let requestMessageCountMax: UInt64

    public internal(set) var counters = FeedCounters()
    /// Where the last thing stood that could not be read.
    public internal(set) var lastFault: FeedFault?

    // The session.
    private var session: Token10?
    private var sessionBefore: Token10?
    /// The venue has ended our session: whatever other speaks next is its successor.
    private var hasEnded = false
    /// The session, not ours, that spoke last, and how often in a row.
    private var straySession: Token10?
    private var strayCount = 0
    /// The latest time at which a packet of the session was sent, and the time of its first, by the venue's clock.
    private var sentAtNsMax = Int64.min
    private var beganAtNs = Int64.min
    /// Number of the next message that was not handed to the caller. Meaningless before the first packet.
    @usableFromInline private(set) var expected: UInt64 = 1
    /// One past the highest number that we have heard of; above `expected`: a gap.
    @usableFromInline private(set) var known: UInt64 = 1
    /// Something is lost for good in this session.
    private var isDamaged = false
    /// The caller was told that the stream is stale.
    private var toldStale = false
    private var loss: MissingMessages?

    private var waiting: ReorderBuffer
    private var waitingInUse: Int?
    private var timer: RequestTimer

    // The packet in hand.
    var cursor: UnsafeRawPointer?
    /// Where the packet begins: only for the place of a fault.
    var packetStart: UnsafeRawPointer?
    var messagesLeft: UInt64 = 0
    @usableFromInline var nextSequence: UInt64 = 0
    var instruments: InstrumentMap
    /// A message that waits for its instrument's definition to be taken first.
    var held = MarketEvent()
    @usableFromInline var isHolding = false

    public init(_ configuration: FeedConfiguration) {
        precondition(configuration.waitingPacketCountMax > 0, "Caller: at least one packet can wait")
        precondition(configuration.waitingPacketBytesMax > 0, "Caller: a packet that waits has bytes")
        precondition(configuration.requestMessageCountMax > 0, "Caller: a request asks for something")
        feedProtocol = configuration.feedProtocol
        stream = configuration.stream
        start = configuration.start
        pinnedSession = configuration.feedProtocol == .itch50 ? configuration.session : nil
        aheadCountMax = configuration.aheadCountMax
        requestMessageCountMax = UInt64(configuration.requestMessageCountMax)
        waiting = ReorderBuffer(
            slotCount: configuration.waitingPacketCountMax, slotBytes: configuration.waitingPacketBytesMax)
        timer = RequestTimer(configuration)
        instruments = InstrumentMap(configuration)
        unsafe cursor = nil
        unsafe packetStart = nil
    }

    // MARK: Where the stream stands

    /// Number of the message that ``next(_:)`` gave last.
    @inlinable public var messageSequence: UInt64 { isHolding ? nextSequence : nextSequence &- 1 }
    /// Number of the message that ``next(_:)`` gives next: after `accept`, the packet's first new one.
    @inlinable public var packetSequence: UInt64 { nextSequence }
    /// What ``next(_:)`` gave last was the definition of an instrument that the feed told of only by name, and no message
    /// of the packet: that one comes next.
    @inlinable public var gaveDefinition: Bool { isHolding }
    /// Number of the next message that the stream owes us.
    @inlinable public var expectedSequence: UInt64 { expected }
    /// Messages between those handed out and the highest number heard of are missing.
    @inlinable public var isGapOpen: Bool { expected < known }

    /// Losses that no verdict told: a packet that ended too early, a message that changes a book and could not be
    /// read. Once each; then the stream is stale.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func takeStale() -> MissingMessages? {
        guard let loss else { return nil }
        self.loss = nil
        toldStale = true
        return loss
    }

    /// After the stream was told to be stale: once, when everything missing has been handed out in its order. Never
    /// in a session in which something was lost for good.
    ///
    /// - Returns: number of the next message.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func takeWhole() -> UInt64? {
        guard toldStale, !isDamaged, !isGapOpen, loss == nil, messagesLeft == 0 else { return nil }
        toldStale = false
        return expected
    }

    /// Neither ``takeBuffered()`` nor ``takeStale()`` nor ``takeWhole()`` has anything: one look instead of three.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func isQuiet() -> Bool {
        expected == known && !toldStale && loss == nil && waiting.count == 0
    }

    // MARK: Packets

    /// Looks at a datagram and says what it is. Its messages, where it has any for now, are taken by ``next(_:)``.
    ///
    /// - Parameter receivedAtNs: kept with the packet if it has to wait; nothing depends on it.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func accept(
        _ datagram: UnsafeRawBufferPointer, receivedAtNs: UInt64 = 0
    ) -> PacketVerdict {
        precondition(
            messagesLeft == 0 && !isHolding, "Caller: every message is taken before the next datagram")
        if waitingInUse != nil { releaseWaiting() }
        counters.packets += 1
        if unsafe acceptNext(datagram) { return .inOrder }
        return unsafe acceptOther(datagram, receivedAtNs)
    }

    /// Whatever is not simply the next packet. Apart, so that the way of that one stays short.
    @inline(never)
    private mutating func acceptOther(
        _ datagram: UnsafeRawBufferPointer, _ receivedAtNs: UInt64
    ) -> PacketVerdict {
        let header: PacketHeader
        // SAFETY: reading checks the datagram's length.
        switch unsafe PacketHeader.read(datagram, feedProtocol) {
        case .header(let read): header = read
        case .fault(let reason): return malformed(reason, 0, 0)
        }
        // SAFETY: reading checks the datagram's length.
        let body = unsafe PacketBody.measure(datagram, header, feedProtocol)
        if session != header.session {
            if let verdict = changeSession(header, isWhole: body.isWhole) { return verdict }
        } else {
            straySession = nil
        }
        if header.sentAtNs != 0 {
            if header.sentAtNs < beganAtNs {
                counters.duplicatePackets += 1
                return .duplicate
            }
            if restarts(header), body.isWhole { return restart(header) }
        }
        sentAtNsMax = max(sentAtNsMax, header.sentAtNs)
        let (end, overflowed) = header.sequence.addingReportingOverflow(header.count)
        guard !overflowed, header.sequence > 0 || header.count == 0,
            end <= expected || end - expected <= aheadCountMax
        else {
            return malformed(.sequenceTooFar, header.sequence, 0)
        }
        if header.count == 0 {
            if !body.isWhole { noteWrongLength(header.sequence, body) }
            return heartbeat(header)
        }
        guard end > expected else {
            counters.duplicatePackets += 1
            return .duplicate
        }
        if !body.isWhole { noteWrongLength(header.sequence, body) }
        let gapWasOpen = isGapOpen
        known = max(known, end)
        if header.sequence > expected {
            // SAFETY: the packet is copied before we return.
            unsafe wait(datagram, header, body, receivedAtNs)
            return gapWasOpen ? .buffered : gapOpened()
        }
        // SAFETY: the caller keeps the datagram until its messages are taken.
        guard unsafe begin(datagram, header, body) else {
            if !gapWasOpen { noteLoss() }
            return .malformed
        }
        if !gapWasOpen, isGapOpen { noteLoss() }
        return .inOrder
    }

    // MARK: Replay

    /// Takes a packet as a journal has it, beginning at the message with number `sequence`: what the stream lacked, gave up
    /// or saw twice at the time was decided then. Its messages are taken by ``next(_:)``.
    ///
    /// - Returns: `false`: this is no packet that has such a message.
    public mutating func resume(_ datagram: UnsafeRawBufferPointer, at sequence: UInt64) -> Bool {
        precondition(messagesLeft == 0 && !isHolding, "Caller: every message is taken before the next packet")
        // SAFETY: reading checks the datagram's length.
        guard case .header(let header) = unsafe PacketHeader.read(datagram, feedProtocol),
            sequence >= header.sequence
        else { return false }
        session = header.session
        expected = sequence
        counters.packets += 1
        // SAFETY: the caller keeps the datagram until its messages are taken.
        guard unsafe begin(datagram, header, PacketBody.measure(datagram, header, feedProtocol)) else {
            return false
        }
        known = expected
        return true
    }

    /// In a replay: the venue began anew, as the journal has it.
    public mutating func resumeAnew() { instruments.forgetLocates() }

    /// The packet that waited and is next now; its messages are taken by ``next(_:)``. `nil`: none is.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func takeBuffered() -> ReceivedPacket? {
        precondition(messagesLeft == 0 && !isHolding, "Caller: every message is taken before the next packet")
        releaseWaiting()
        while let index = waiting.find(expected, obsolete: &counters.duplicatePackets) {
            waitingInUse = index
            let slot = waiting[index]
            let datagram = unsafe waiting.datagram(index)
            // It was read when it came, so both succeed.
            // SAFETY: the slot keeps its bytes until it is released, with the next packet.
            if case .header(let header) = unsafe PacketHeader.read(datagram, feedProtocol),
                unsafe begin(datagram, header, PacketBody.measure(datagram, header, feedProtocol))
            {
                // SAFETY: as above.
                return unsafe ReceivedPacket(
                    bytes: datagram, sequence: slot.sequence, receivedAtNs: slot.receivedAtNs)
            }
            releaseWaiting()
        }
        return nil
    }

    /// Gives up what is missing, up to the first packet that waits, or everything heard of: the stream stays damaged
    /// until its session ends, and goes on. For streams that nothing can be asked of.
    ///
    /// - Returns: what was given up; `nil`: nothing is missing.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func abandonGap() -> MissingMessages? {
        precondition(
            messagesLeft == 0 && !isHolding, "Caller: every message is taken before a gap is given up")
        guard isGapOpen else { return nil }
        releaseWaiting()
        let upTo = min(known, max(expected, waiting.lowestSequence() ?? known))
        guard upTo > expected else { return nil }
        let missing = MissingMessages(from: expected, count: upTo - expected)
        expected = upTo
        isDamaged = true
        toldStale = true
        counters.abandonedMessages += missing.count
        return missing
    }

    // MARK: Asking again

    /// The request to send now for what is missing; `nil`: nothing is due, or the protocol has no requests.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func nextRequest(atNs: UInt64) -> MoldUDP64.RequestPacket? {
        switch feedProtocol {
        case .deep10: return nil
        case .itch50: break
        }
        guard isGapOpen, let session else {
            timer.rest()
            return nil
        }
        guard timer.isDue(first: expected, atNs: atNs) else { return nil }
        let upTo = min(known, max(expected + 1, waiting.lowestSequence() ?? known))
        timer.sent(atNs: atNs)
        counters.requests += 1
        return MoldUDP64.RequestPacket(
            session: session, sequence: expected,
            count: UInt16(truncatingIfNeeded: min(upTo - expected, requestMessageCountMax)))
    }

    /// When ``nextRequest(atNs:)`` should be asked again; `nil`: no gap is open. Known from the first asking on.
    public var requestDueNs: UInt64? { isGapOpen && feedProtocol == .itch50 ? timer.dueNs : nil }

    // MARK: Steps of acceptance

    /// The case that nearly every packet is: the next messages of a MoldUDP64 session that lacks nothing, whole.
    /// `false`: it is something else, and nothing was taken.
    @inline(__always)
    private mutating func acceptNext(_ datagram: UnsafeRawBufferPointer) -> Bool {
        let headerByteCount = 20
        guard feedProtocol == .itch50, expected == known, datagram.count > headerByteCount + 2,
            let base = datagram.baseAddress, let session
        else { return false }
        // SAFETY: more than the 20 bytes of a header and the 2 of a length are there; see MoldUDP64.Header.
        let head = unsafe base.loadUnaligned(as: UInt64.self)
        let tail = unsafe base.loadUnaligned(fromByteOffset: 8, as: UInt16.self)
        let sequence = unsafe UInt64(bigEndian: base.loadUnaligned(fromByteOffset: 10, as: UInt64.self))
        let count = unsafe UInt16(bigEndian: base.loadUnaligned(fromByteOffset: 18, as: UInt16.self))
        guard head == session.head, tail == session.tail, sequence == expected, count > 0, count < 0xffff,
            sequence < UInt64.max - 0xffff
        else { return false }
        var offset = headerByteCount
        for _ in 0..<count {
            guard offset + 2 <= datagram.count else { return false }
            // SAFETY: both bytes are there, checked in the line before.
            let length = unsafe UInt16(bigEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
            offset += 2 + Int(length)
        }
        guard offset == datagram.count else { return false }
        unsafe packetStart = base
        unsafe cursor = base + headerByteCount
        messagesLeft = UInt64(count)
        nextSequence = sequence
        expected = sequence + UInt64(count)
        known = expected
        return true
    }

    /// `nil`: the session is the packet's now.
    private mutating func changeSession(_ header: PacketHeader, isWhole: Bool) -> PacketVerdict? {
        if let pinnedSession, header.session != pinnedSession {
            return malformed(.otherSession, header.sequence, 0)
        }
        if let sessionBefore, header.session == sessionBefore, !returns(header) {
            counters.duplicatePackets += 1
            return .duplicate
        }
        // Garbage must not end a session: a packet that does not fit together cannot begin one.
        guard isWhole else { return malformed(.wrongLength, header.sequence, 0) }
        let isFirst = session == nil
        guard isFirst || replaces(header) else { return malformed(.otherSession, header.sequence, 0) }
        sessionBefore = session
        session = header.session
        begin(header)
        if isFirst { return nil }
        instruments.forgetLocates()
        counters.sessionChanges += 1
        return .sessionChanged
    }

    /// Whether a packet of another session ends ours. Its first message does, as does any when ours has ended; else it may
    /// be a stray of somebody else's stream, and the second in a row does: ours is silent then.
    private mutating func replaces(_ header: PacketHeader) -> Bool {
        if hasEnded || header.sequence == 1 && header.count > 0 { return true }
        return speaksInARow(header) >= 2
    }

    /// Whether the session before ours is back, and was not merely late: ours was then the stray.
    private mutating func returns(_ header: PacketHeader) -> Bool { speaksInARow(header) >= 16 }

    /// Packets of a session that is not ours, with none of ours between.
    private mutating func speaksInARow(_ header: PacketHeader) -> Int {
        strayCount = header.session == straySession ? strayCount + 1 : 1
        straySession = header.session
        return strayCount
    }

    /// Whether the venue began to number from the front again under the same session, as IEX does when its feed is
    /// restarted: the packet's messages are behind us, and yet it was sent after all that we have. A copy or a late
    /// packet was sent before.
    private func restarts(_ header: PacketHeader) -> Bool {
        header.sentAtNs > sentAtNsMax && header.sequence < expected
    }

    private mutating func restart(_ header: PacketHeader) -> PacketVerdict {
        begin(header)
        instruments.forgetLocates()
        counters.sessionChanges += 1
        return .sessionChanged
    }

    private mutating func begin(_ header: PacketHeader) {
        beganAtNs = header.sentAtNs
        sentAtNsMax = header.sentAtNs
        switch start {
        case .first: expected = 1
        case .whereverWeCome: expected = max(header.sequence, 1)
        }
        known = expected
        isDamaged = false
        toldStale = false
        hasEnded = false
        straySession = nil
        loss = nil
        waiting.clear()
        timer.rest()
    }

    private mutating func heartbeat(_ header: PacketHeader) -> PacketVerdict {
        counters.heartbeats += 1
        let gapWasOpen = isGapOpen
        known = max(known, header.sequence)
        if header.endsSession { hasEnded = true }
        if isGapOpen, !gapWasOpen { return gapOpened() }
        return header.endsSession ? .endOfSession : .heartbeat
    }

    private mutating func wait(
        _ datagram: UnsafeRawBufferPointer, _ header: PacketHeader, _ body: PacketBody, _ receivedAtNs: UInt64
    ) {
        guard body.readableCount > 0 else { return }
        // SAFETY: the buffer copies what fits its slots.
        switch unsafe waiting.insert(
            datagram, sequence: header.sequence, count: body.readableCount, receivedAtNs: receivedAtNs)
        {
        case .stored: counters.waitingPackets += 1
        case .known: counters.duplicatePackets += 1
        case .noRoom: counters.droppedPackets += 1
        }
    }

    /// Makes a packet the one in hand, behind the messages that are known. `false`: nothing new can be read in it.
    private mutating func begin(
        _ datagram: UnsafeRawBufferPointer, _ header: PacketHeader, _ body: PacketBody
    ) -> Bool {
        let skip = expected - header.sequence
        guard skip < body.readableCount, let base = datagram.baseAddress else { return false }
        unsafe packetStart = base
        unsafe cursor = base + header.bodyOffset
        messagesLeft = body.readableCount
        nextSequence = header.sequence
        for _ in 0..<skip { skipMessage() }
        counters.overlappingMessages += skip
        expected = header.sequence + body.readableCount
        return true
    }

    private mutating func releaseWaiting() {
        if let index = waitingInUse { waiting.release(index) }
        waitingInUse = nil
    }

    /// What is missing now, up to the first packet that waits.
    private func missing() -> MissingMessages {
        let upTo = max(expected, min(known, waiting.lowestSequence() ?? known))
        return MissingMessages(from: expected, count: upTo - expected)
    }

    private mutating func gapOpened() -> PacketVerdict {
        counters.gaps += 1
        toldStale = true
        let missing = missing()
        return .gap(from: missing.from, count: missing.count)
    }

    private mutating func noteLoss() {
        counters.gaps += 1
        if loss == nil { loss = missing() }
    }

    /// A message that changes books could not be read: no retransmission will make it readable.
    mutating func loseMessage(_ sequence: UInt64) {
        isDamaged = true
        if loss == nil { loss = MissingMessages(from: sequence, count: 1) }
    }

    private mutating func noteWrongLength(_ sequence: UInt64, _ body: PacketBody) {
        counters.malformedPackets += 1
        let reason: FeedFault.Reason = body.isTruncated ? .truncatedPacket : .wrongLength
        lastFault = FeedFault(
            stream: stream, reason: reason, sequence: sequence + body.readableCount, byteOffset: body.end)
    }

    private mutating func malformed(
        _ reason: FeedFault.Reason, _ sequence: UInt64, _ byteOffset: Int
    ) -> PacketVerdict {
        counters.malformedPackets += 1
        lastFault = FeedFault(stream: stream, reason: reason, sequence: sequence, byteOffset: byteOffset)
        return .malformed
    }
}

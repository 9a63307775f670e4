public import Model
internal import Wire

/// From the bytes of the packet in hand to events.
extension MarketFeed {
    /// Instrument and order of the packet's first message, for asking the cache ahead of ``next(_:)``; instrument
    /// `UInt32.max`: not known so early.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func peek() -> (instrument: UInt32, orderRef: UInt64) {
        guard feedProtocol == .itch50, messagesLeft > 0, let cursor = unsafe cursor,
            unsafe UInt16(bigEndian: cursor.loadUnaligned(as: UInt16.self)) >= 19
        else { return (.max, 0) }
        // SAFETY: the message was found whole, and 19 of its bytes are read: type, locate, …, and at 11 the order's number
        // in every message that is about an order.
        let locate = unsafe UInt16(bigEndian: cursor.loadUnaligned(fromByteOffset: 3, as: UInt16.self))
        let orderRef = unsafe UInt64(bigEndian: cursor.loadUnaligned(fromByteOffset: 13, as: UInt64.self))
        return (instruments.instrument(locate: locate), orderRef)
    }

    /// The next message of the packet in hand; before the first message of an instrument comes its definition.
    /// Messages that cannot be read are counted, with their place, and passed over.
    ///
    /// - Returns: `false`: the packet is used up and `event` means nothing.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func next(_ event: inout MarketEvent) -> Bool {
        if isHolding {
            event = held
            isHolding = false
            finishMessage()
            return true
        }
        switch feedProtocol {
        case .itch50: return nextItch(&event)
        case .deep10: return nextDeep(&event)
        }
    }

    /// Bytes of the message at the cursor. ``PacketBody`` has seen that they are there.
    @inline(__always) private var messageByteCount: Int {
        // SAFETY: the cursor stands on the length of a message that was found whole.
        guard let cursor = unsafe cursor else { preconditionFailure("Invariant: messages are left") }
        let raw = unsafe cursor.loadUnaligned(as: UInt16.self)
        return switch feedProtocol {
        case .itch50: Int(UInt16(bigEndian: raw))
        case .deep10: Int(UInt16(littleEndian: raw))
        }
    }

    @inline(__always) private var message: UnsafeRawPointer {
        // SAFETY: as above; a message follows its length.
        guard let cursor = unsafe cursor else { preconditionFailure("Invariant: messages are left") }
        return unsafe cursor + 2
    }

    @inline(__always) mutating func skipMessage() {
        let count = messageByteCount
        // SAFETY: the message was found whole, so the cursor stays in the packet or stands at its end.
        unsafe cursor = message + count
        messagesLeft -= 1
        nextSequence += 1
    }

    @inline(__always) private mutating func finishMessage() {
        skipMessage()
        counters.messages += 1
    }

    // MARK: ITCH

    private mutating func nextItch(_ event: inout MarketEvent) -> Bool {
        while messagesLeft > 0 {
            let count = messageByteCount
            let bytes = unsafe message
            // Every message carries its type and then its stock's locate: who is not wanted is not decoded.
            var locate: UInt16 = 0
            var instrument = InstrumentMap.undefined
            if count >= 3 {
                // SAFETY: three bytes are there.
                locate = unsafe UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt16.self))
                instrument = instruments.instrument(locate: locate)
                if instrument == InstrumentMap.unwanted, unsafe bytes.load(as: UInt8.self) != itchDirectory {
                    counters.unwantedMessages += 1
                    skipMessage()
                    continue
                }
            }
            // SAFETY: `count` bytes are there.
            let result = unsafe ItchDecoder.decode(bytes, count: count, into: &event)
            guard result == .ok else {
                refuse(result, type: count > 0 ? unsafe bytes.load(as: UInt8.self) : 0)
                skipMessage()
                continue
            }
            // Nearly every message is of a stock that we know.
            if instrument < InstrumentMap.unwanted, event.kind != MarketEventKind.instrument.rawValue {
                event.instrument = instrument
                finishMessage()
                return true
            }
            if nameItch(&event, locate) {
                finishMessage()
                return true
            }
            skipMessage()
        }
        return false
    }

    private var itchDirectory: UInt8 { 0x52 }  // R

    /// Puts our instrument for the venue's. `false`: nobody wants the message.
    @inline(never) private mutating func nameItch(_ event: inout MarketEvent, _ locate: UInt16) -> Bool {
        if event.kind == MarketEventKind.instrument.rawValue {
            event.instrument = instruments.define(locate: locate, symbol: event.symbol)
            counters.instrumentsFull = instruments.refusedCount
            if event.instrument == InstrumentMap.unwanted {
                counters.unwantedMessages += 1
                return false
            }
            return true
        }
        event.instrument = instruments.instrument(locate: locate)
        if event.instrument == InstrumentMap.undefined {
            // Locate 0 is the market's own.
            guard locate != 0 else { return true }
            counters.undefinedInstruments += 1
            event.kind = MarketEventKind.other.rawValue
        }
        return true
    }

    // MARK: DEEP

    private mutating func nextDeep(_ event: inout MarketEvent) -> Bool {
        while messagesLeft > 0 {
            let count = messageByteCount
            let bytes = unsafe message
            // SAFETY: `count` bytes are there.
            let result = unsafe DeepDecoder.decode(bytes, count: count, into: &event)
            guard result == .ok else {
                refuse(result, type: count > 0 ? unsafe bytes.load(as: UInt8.self) : 0)
                skipMessage()
                continue
            }
            if event.kind == MarketEventKind.system.rawValue {
                event.instrument = .max
                finishMessage()
                return true
            }
            let instrument = instruments.instrument(symbol: event.symbol)
            guard instrument != InstrumentMap.unwanted else {
                counters.instrumentsFull = instruments.refusedCount
                counters.unwantedMessages += 1
                skipMessage()
                continue
            }
            event.instrument = instrument
            if instruments.announces(instrument), event.kind != MarketEventKind.instrument.rawValue {
                held = event
                isHolding = true
                event = MarketEvent()
                event.kind = MarketEventKind.instrument.rawValue
                event.instrument = instrument
                event.symbol = held.symbol
                event.venue_time_ns = held.venue_time_ns
                return true
            }
            finishMessage()
            return true
        }
        return false
    }

    // MARK: What cannot be read

    @inline(never)
    private mutating func refuse(_ result: WireResult, type: UInt8) {
        let reason: FeedFault.Reason
        switch result {
        case .ok: return
        case .truncated: reason = .wrongMessageLength
        case .badField: reason = .badField
        case .unknownType: reason = .unknownType
        }
        // SAFETY: both point into the packet in hand.
        var offset = 0
        if let start = unsafe packetStart { offset = unsafe message - start }
        lastFault = FeedFault(stream: stream, reason: reason, sequence: nextSequence, byteOffset: offset)
        if reason == .unknownType, type != 0 {
            counters.unknownTypes += 1
            return
        }
        counters.malformedMessages += 1
        if changesBooks(type) { loseMessage(nextSequence) }
    }

    /// Whether a message of this type that we could not read leaves a book, or a trading status, in doubt.
    private func changesBooks(_ type: UInt8) -> Bool {
        switch (feedProtocol, type) {
        case (_, 0): true  // not even a type
        case (.itch50, 0x41), (.itch50, 0x46), (.itch50, 0x45), (.itch50, 0x43): true  // A F E C
        case (.itch50, 0x58), (.itch50, 0x44), (.itch50, 0x55), (.itch50, 0x48): true  // X D U H
        case (.itch50, 0x52): true  // R: its instrument's messages cannot be named
        case (.deep10, 0x35), (.deep10, 0x38), (.deep10, 0x48): true  // 5 8 H
        case (.deep10, 0x4f): true  // O: a halt of its own
        case (.itch50, _), (.deep10, _): false
        }
    }
}

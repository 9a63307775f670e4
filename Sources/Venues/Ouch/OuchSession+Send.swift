public import Model
internal import Wire

extension OuchSession {
    /// Puts a command's bytes behind what is waiting to be sent. The command is lent, and not changed.
    ///
    /// - Returns: `false` when the session is not up or has no room: no byte of it will leave.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func encode(_ command: inout Command) -> Bool {
        guard likely(phase == .up && !sends.isFull) else { return false }
        guard let room = unsafe outgoing.room(SoupBin.headerByteCount + Ouch50.byteCountMax) else {
            return false
        }
        // SAFETY: `room` is that long; the payload begins behind the frame's header.
        let payload = unsafe UnsafeMutableRawBufferPointer(rebasing: room[SoupBin.headerByteCount...])
        let written: Int
        switch command.commandKind {
        case .enter:
            guard
                likely(command.quantity > 0 && command.quantity <= Int64(UInt32.max) && command.price >= 0)
            else { return false }
            let order = Ouch50.EnterOrder(
                userRefNum: command.user_ref,
                side: command.side == Side.buy.rawValue ? UInt8(ascii: "B") : UInt8(ascii: "S"),
                quantity: UInt32(truncatingIfNeeded: command.quantity), symbol: command.symbol,
                price: UInt64(bitPattern: command.price),
                timeInForce: Self.timeInForce(command.time_in_force),
                display: UInt8(ascii: "Y"), capacity: UInt8(ascii: "P"), intermarketSweep: UInt8(ascii: "N"),
                crossType: UInt8(ascii: "N"),
                clientOrderID: clientOrderID(epoch: command.epoch, number: command.user_ref))
            if unlikely(Self.needsOptions(command.time_in_force, command.flags)) {
                let options = Self.options(command)
                unsafe written = order.write(to: payload, options: options)
            } else {
                unsafe written = order.write(to: payload)
            }
        case .cancel:
            guard command.quantity >= 0, command.quantity <= Int64(UInt32.max) else { return false }
            let cancel = Ouch50.CancelOrder(
                userRefNum: command.original_ref, quantity: UInt32(truncatingIfNeeded: command.quantity))
            unsafe written = cancel.write(to: payload)
        case .replace:
            guard command.quantity > 0, command.quantity <= Int64(UInt32.max), command.price >= 0 else {
                return false
            }
            let replace = Ouch50.ReplaceOrder(
                originalUserRefNum: command.original_ref, userRefNum: command.user_ref,
                quantity: UInt32(truncatingIfNeeded: command.quantity),
                price: UInt64(bitPattern: command.price),
                timeInForce: Self.timeInForce(command.time_in_force),
                display: UInt8(ascii: "Y"), intermarketSweep: UInt8(ascii: "N"),
                clientOrderID: clientOrderID(epoch: command.epoch, number: command.user_ref))
            if Self.needsOptions(command.time_in_force, command.flags) {
                let options = Self.options(command)
                unsafe written = replace.write(to: payload, options: options)
            } else {
                unsafe written = replace.write(to: payload)
            }
        case .query: preconditionFailure("Caller: questions go to the back office, not into the order stream")
        }
        let total = unsafe SoupBin.writeHeader(.unsequencedData, payloadCount: written, to: room) + written
        outgoing.grow(by: total)
        sends.queued(total, userRef: command.user_ref, kind: command.kind)
        counters.commands += 1
        mustReportDown = true
        return true
    }

    /// OUCH knows days, orders that never rest and orders with a life in seconds; one that is good till cancelled is the
    /// day's there, and the engine's over the days.
    @inline(__always)
    private static func timeInForce(_ raw: UInt8) -> UInt8 {
        if raw == TimeInForce.immediateOrCancel.rawValue || raw == TimeInForce.fillOrKill.rawValue {
            return UInt8(ascii: "3")
        }
        return raw == TimeInForce.goodTillDate.rawValue ? UInt8(ascii: "6") : UInt8(ascii: "0")
    }

    @inline(__always)
    private static func needsOptions(_ timeInForce: UInt8, _ flags: UInt8) -> Bool {
        timeInForce > TimeInForce.goodTillCancelled.rawValue || flags & OrderFlags.postOnly.rawValue != 0
    }

    @inline(never)
    private static func options(_ command: Command) -> Ouch50.Options {
        var options = Ouch50.Options()
        if command.time_in_force == TimeInForce.fillOrKill.rawValue {
            options.minimumQuantity = UInt32(truncatingIfNeeded: command.quantity)
        }
        if command.time_in_force == TimeInForce.goodTillDate.rawValue {
            // The venue's own bound is a day less a second.
            options.expireTime = max(min(command.reserved, 86_399), 1)
        }
        if command.flags & OrderFlags.postOnly.rawValue != 0 { options.postOnly = UInt8(ascii: "P") }
        return options
    }

    /// The client order id: the low 20 bits of the epoch and the number, in 14 characters of base 32, so that after a
    /// crash every order at the venue can be told ours or not, and from which run.
    mutating func clientOrderID(epoch: UInt32, number: UInt32) -> Token14 {
        // Four characters of epoch, a hyphen, nine of number, the first of them always 0; the first character of each
        // word in its lowest byte. An epoch lasts as long as the process: its characters are kept.
        if epoch != epochOfText {
            epochOfText = epoch
            // Eight characters, of which the last four are wanted.
            epochText = base32(UInt64(epoch) & 0xf_ffff) >> 32 | 0x30_2d << 32
        }
        let numberText = base32(UInt64(number))
        return Token14(
            head: epochText | numberText << 48,
            middle: UInt32(truncatingIfNeeded: numberText >> 16),
            tail: UInt16(truncatingIfNeeded: numberText >> 48))
    }

    /// Whether a run of ours, whichever, gave the order this client order id.
    mutating func isOurs(_ id: Token14, number: UInt32) -> Bool {
        // The epoch is whatever it is; all behind it follows from the number.
        let text = base32(UInt64(number))
        return id.head >> 32 == 0x30_2d | text << 16 & 0xffff_0000
            && id.middle == UInt32(truncatingIfNeeded: text >> 16)
            && id.tail == UInt16(truncatingIfNeeded: text >> 48)
    }

    /// The eight base-32 digits (0–9, A–V) of a number below 2⁴⁰, the most significant in the lowest byte: every
    /// digit is spread to its byte, and all eight become characters at once.
    private func base32(_ number: UInt64) -> UInt64 {
        var digits = (number & 0xf_ffff) | (number >> 20) << 32
        digits = (digits & 0x0000_03ff_0000_03ff) | (digits & 0x000f_fc00_000f_fc00) << 6
        digits = (digits & 0x001f_001f_001f_001f) | (digits & 0x03e0_03e0_03e0_03e0) << 3
        // A byte above 9 gets the seven characters between "9" and "A" on top.
        let letters = (digits + 0x7676_7676_7676_7676) >> 7 & 0x0101_0101_0101_0101
        return (digits + 0x3030_3030_3030_3030 + letters * 7).byteSwapped
    }

    /// Bytes that wait for the connection, until the session is changed. `mutating` in form only: to call anything
    /// else on a value that cannot be copied, the compiler would copy all of it.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func pendingOutput() -> OutgoingBytes { unsafe OutgoingBytes(outgoing.bytes) }

    /// The connection took `byteCount` bytes from the front.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func outputTaken(_ byteCount: Int, nowNs: UInt64) {
        outgoing.take(byteCount)
        sends.sent(byteCount)
        if byteCount > 0 { spokeAtNs = nowNs }
    }

    /// Takes every order and replacement out of what waits of which no byte was sent: the kill. They are settled as not sent,
    /// each in its turn. What is left is cancels, heartbeats and log-ons.
    ///
    /// - Returns: How many there were.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func dropOrders() -> Int { sends.dropOrders(from: &outgoing) }

    /// Ends the connection and comes back at once, to hear which numbers the venue has seen.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func askAnew() {
        switch phase {
        case .up:
            returnsAtOnce = true
            wantsClose = true
        case .down, .connecting, .loggingOn, .catchingUp, .ended, .refused: return
        }
    }

    /// Which messages raise exposure, for whoever keeps them back on their way out: the packet's type, and the first
    /// letters of what it carries.
    public static var orderPacket: UInt8 { SoupBin.PacketType.unsequencedData.rawValue }
    public static var orderLetters: String {
        // An order or a replacement; a modification may turn a sale into a short one; a switch lets orders in again.
        String(
            decoding: [
                Ouch50.EnterOrder.type, Ouch50.ReplaceOrder.type, Ouch50.ModifyOrder.type,
                Ouch50.EnableOrderEntry.type,
            ], as: UTF8.self)
    }

    /// The next command whose fate between us and the connection is known: `input` becomes `submitted` or
    /// `sendFailed` with its number, `flags` its CommandKind.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func nextSendResult(_ input: inout Input) -> Bool {
        guard let result = sends.settle() else { return false }
        input = Input(kind: result.submitted ? .submitted : .sendFailed, source: index)
        input.user_ref = result.userRef
        input.flags = result.kind
        return true
    }

    mutating func logOn() {
        // 0: what comes from now on; the answer tells where that is.
        let requested = freshFrom == 0 ? 0 : nextSequence
        guard let room = unsafe outgoing.room(SoupBin.headerByteCount + SoupBin.LoginRequest.payloadByteCount)
        else {
            preconditionFailure("Invariant: an empty queue has room for a log-on")
        }
        let request = SoupBin.LoginRequest(
            userName: userName, password: password, session: requestedSession, sequence: requested)
        let written = unsafe request.write(to: room)
        outgoing.grow(by: written)
        sends.queued(written)
    }

    mutating func heartbeat(nowNs: UInt64) {
        spokeAtNs = nowNs
        guard let room = unsafe outgoing.room(SoupBin.headerByteCount) else { return }
        let written = unsafe SoupBin.writeEmpty(.clientHeartbeat, to: room)
        outgoing.grow(by: written)
        sends.queued(written)
    }

    mutating func askAccount() {
        guard let room = unsafe outgoing.room(SoupBin.headerByteCount + Ouch50.AccountQuery.fixedByteCount)
        else {
            preconditionFailure("Invariant: log-on leaves room for the account queries")
        }
        // SAFETY: `room` is that long.
        let payload = unsafe UnsafeMutableRawBufferPointer(rebasing: room[SoupBin.headerByteCount...])
        let written = unsafe Ouch50.AccountQuery().write(to: payload)
        let total = unsafe SoupBin.writeHeader(.unsequencedData, payloadCount: written, to: room) + written
        outgoing.grow(by: total)
        sends.queued(total)
    }
}

/// Bytes that wait to be sent; they stand until the session is changed.
@safe @frozen public struct OutgoingBytes {
    public let bytes: UnsafeRawBufferPointer

    @inlinable public init(_ bytes: UnsafeRawBufferPointer) { unsafe self.bytes = bytes }
    @inlinable public var isEmpty: Bool { unsafe bytes.isEmpty }
}

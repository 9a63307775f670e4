public import Model
internal import Wire

extension OuchSession {
    /// Takes bytes that the connection has received.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func receive(_ bytes: UnsafeRawBufferPointer, nowNs: UInt64) {
        heardAtNs = nowNs
        guard unsafe received.append(bytes) else {
            // A frame is at most 65,537 bytes and the queue holds two: the venue does not speak the protocol.
            malformed(type: 0)
            return
        }
    }

    /// The next report of the venue, as an input. Call until it answers `none`.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func nextReport(_ input: inout Input, nowNs: UInt64) -> OuchReportResult {
        while !wantsClose {
            let waiting = unsafe received.bytes
            switch unsafe SoupBin.parse(waiting) {
            case .needMore:
                return .none
            case .malformed:
                malformed(type: 0)
                return .none
            case .frame(let frame):
                // SAFETY: the parser answers offsets within `waiting`.
                let payload = unsafe UnsafeRawBufferPointer(
                    rebasing: waiting[frame.payloadOffset..<frame.totalCount])
                let made = unsafe handle(frame.type, payload, nowNs: nowNs, into: &input)
                received.take(frame.totalCount)
                if made { return .report }
            }
        }
        return .none
    }

    private mutating func handle(
        _ type: SoupBin.PacketType, _ payload: UnsafeRawBufferPointer, nowNs: UInt64, into input: inout Input
    ) -> Bool {
        switch type {
        case .loginAccepted:
            guard phase == .loggingOn, let accepted = unsafe SoupBin.LoginAccepted(readingPayload: payload)
            else {
                malformed(type: type.rawValue)
                return false
            }
            loggedOn(accepted, nowNs: nowNs)
            return false
        case .loginRejected:
            counters.refusal = unsafe payload.first ?? 0
            phase = .refused
            wantsClose = true
            return false
        case .sequencedData:
            guard phase == .catchingUp || phase == .up else {
                malformed(type: type.rawValue)
                return false
            }
            return unsafe handleSequenced(payload, nowNs: nowNs, into: &input)
        case .endOfSession:
            phase = .ended
            wantsClose = true
            return false
        case .serverHeartbeat, .debug:
            return false
        case .unsequencedData:
            // OUCH has no unsequenced messages from the venue; a newer version might: they carry no facts.
            return false
        case .loginRequest, .clientHeartbeat, .logoutRequest:
            malformed(type: type.rawValue)
            return false
        }
    }

    private mutating func loggedOn(_ accepted: SoupBin.LoginAccepted, nowNs: UInt64) {
        counters.logOns += 1
        let next = max(accepted.sequence, 1)
        if freshFrom == 0 {
            // We asked where the stream ends.
            if stream != accepted.session || next < nextSequence {
                if stream != nil { noteOtherStream() }
                stream = accepted.session
                nextSequence = 1
            }
            freshFrom = next
            if next > nextSequence {
                returnsAtOnce = true  // come back for what we have not seen
                wantsClose = true
                return
            }
        } else if stream != accepted.session || next < nextSequence {
            // Replaced between the two log-ons: begin again, and not at once, or a broken venue has us in a circle.
            noteOtherStream()
            stream = accepted.session
            nextSequence = 1
            freshFrom = 0
            wantsClose = true
            return
        } else if next > nextSequence {
            // The venue has forgotten a part: what we believe of our orders may be wrong.
            noteOtherStream()
            nextSequence = next
        }
        phase = .catchingUp
        // What it tells from here on may end in the middle.
        mustReportDown = true
        deadlineNs = nowNs &+ answerNsMax
        askAccount()
    }

    private mutating func noteOtherStream() {
        counters.streamChanges += 1
        streamChanged = true
    }

    private mutating func handleSequenced(
        _ payload: UnsafeRawBufferPointer, nowNs: UInt64, into input: inout Input
    ) -> Bool {
        let type = unsafe payload.first ?? 0
        let sequence = nextSequence
        if type == Ouch50.AccountQueryResponse.type {
            guard let answer = unsafe Ouch50.AccountQueryResponse(reading: payload) else {
                malformed(type: type)
                return false
            }
            nextSequence += 1
            accountAnswered(answer, sequence: sequence, into: &input)
        } else {
            guard type != 0, unsafe translate(type, payload, into: &input) else {
                malformed(type: type)
                return false
            }
            nextSequence += 1
        }
        counters.sequencedMessages += 1
        if phase == .catchingUp { deadlineNs = nowNs &+ answerNsMax }
        return true
    }

    private mutating func accountAnswered(
        _ answer: Ouch50.AccountQueryResponse, sequence: UInt64, into input: inout Input
    ) {
        input = Input(kind: .venueNotice, source: index)
        input.venue_time_ns = answer.timestamp
        input.flags = Ouch50.AccountQueryResponse.type
        guard phase == .catchingUp, sequence >= freshFrom else { return }
        phase = .up
        deadlineNs = .max
        reconnectDelayNs = reconnectNsMin
        mustReportDown = true
        input = Input(kind: .sessionUp, source: index)
        input.venue_time_ns = answer.timestamp
        input.execution_id = nextSequence
        input.user_ref = answer.nextUserRefNum
        input.flags = streamChanged ? 1 : 0
        streamChanged = false
    }

    /// One message of the venue as an input; `false`: it is no valid message.
    private mutating func translate(
        _ type: UInt8, _ payload: UnsafeRawBufferPointer, into input: inout Input
    ) -> Bool {
        switch type {
        case Ouch50.OrderAccepted.type:
            guard let message = unsafe Ouch50.OrderAccepted(reading: payload) else { return false }
            input = Input(kind: .orderAccepted, source: index)
            input.venue_time_ns = message.timestamp
            input.user_ref = message.userRefNum
            input.side = (message.side == UInt8(ascii: "B") ? Side.buy : Side.sell).rawValue
            input.quantity = Int64(message.quantity)
            input.price = Int64(bitPattern: message.price)
            input.execution_id = message.orderReferenceNumber
            input.flags = message.orderState == UInt8(ascii: "D") ? 1 : 0
            if isOurs(message.clientOrderID, number: message.userRefNum) { input.flags |= 2 }
            if let place = instruments.find(message.symbol) { input.instrument = instruments[place] }
        case Ouch50.OrderReplaced.type:
            guard let message = unsafe Ouch50.OrderReplaced(reading: payload) else { return false }
            input = Input(kind: .orderReplaced, source: index)
            input.venue_time_ns = message.timestamp
            input.user_ref = message.userRefNum
            input.execution_id = UInt64(message.originalUserRefNum)
            input.side = (message.side == UInt8(ascii: "B") ? Side.buy : Side.sell).rawValue
            input.quantity = Int64(message.quantity)
            input.price = Int64(bitPattern: message.price)
        case Ouch50.OrderCanceled.type:
            guard let message = unsafe Ouch50.OrderCanceled(reading: payload) else { return false }
            input = Input(
                kind: OuchReasons.isExpiry(message.reason) ? .orderExpired : .orderCancelled, source: index)
            input.venue_time_ns = message.timestamp
            input.user_ref = message.userRefNum
            input.quantity = Int64(message.quantity)
            input.flags = message.reason
        case Ouch50.AiqCanceled.type:
            guard let message = unsafe Ouch50.AiqCanceled(reading: payload) else { return false }
            input = Input(kind: .orderCancelled, source: index)
            input.venue_time_ns = message.timestamp
            input.user_ref = message.userRefNum
            input.quantity = Int64(message.decrementShares)
            input.flags = message.reason
        case Ouch50.OrderExecuted.type:
            guard let message = unsafe Ouch50.OrderExecuted(reading: payload) else { return false }
            input = Input(kind: .execution, source: index)
            input.venue_time_ns = message.timestamp
            input.user_ref = message.userRefNum
            input.quantity = Int64(message.quantity)
            input.price = Int64(bitPattern: message.price)
            input.execution_id = message.matchNumber
            input.flags = Input.executionFlags(
                message.liquidityFlag, isMaker: Ouch50.isMaker(liquidityFlag: message.liquidityFlag))
        case Ouch50.BrokenTrade.type:
            guard let message = unsafe Ouch50.BrokenTrade(reading: payload) else { return false }
            input = Input(kind: .executionBroken, source: index)
            input.venue_time_ns = message.timestamp
            input.user_ref = message.userRefNum
            input.execution_id = message.matchNumber
            input.flags = message.reason
        case Ouch50.Rejected.type:
            guard let message = unsafe Ouch50.Rejected(reading: payload) else { return false }
            input = Input(kind: .orderRejected, source: index)
            input.venue_time_ns = message.timestamp
            input.user_ref = message.userRefNum
            input.execution_id = UInt64(message.reason)
            input.flags = UInt8(truncatingIfNeeded: message.reason)
            input.quantity = Int64(OuchReasons.refusalClass(message.reason).rawValue)
        case Ouch50.CancelPending.type:
            guard let message = unsafe Ouch50.CancelPending(reading: payload) else { return false }
            input = Input(kind: .cancelRefused, source: index)
            input.venue_time_ns = message.timestamp
            input.user_ref = message.userRefNum
            input.flags = 1
        case Ouch50.CancelReject.type:
            guard let message = unsafe Ouch50.CancelReject(reading: payload) else { return false }
            input = Input(kind: .cancelRefused, source: index)
            input.venue_time_ns = message.timestamp
            input.user_ref = message.userRefNum
        default:
            // A byte of the wire, not an enumeration of ours: every other message only moves the number on.
            input = Input(kind: .venueNotice, source: index)
            input.flags = type
        }
        return true
    }

    /// Gives the connection up: after one malformed frame the place of the next is a guess.
    private mutating func malformed(type: UInt8) {
        counters.malformed += 1
        counters.malformedAtSequence = nextSequence
        counters.malformedType = type
        wantsClose = true
    }
}

import Wire

/// SoupBinTCP: packets in, the sequenced stream out.
extension Exchange {
    func connection(_ id: Int) -> ExchangeConnection? { connections.first { $0.id == id } }

    /// Handles every whole packet that has come.
    func takePackets(_ connection: ExchangeConnection) {
        while true {
            if case .closing = connection.phase { return }
            // SAFETY: what waits is not changed before the packet is handled.
            let bytes = unsafe connection.inbound.waiting
            switch unsafe SoupBin.parse(bytes) {
            case .needMore:
                return
            case .malformed:
                close(connection, .malformedPacket)
                return
            case .frame(let frame):
                let payload = unsafe UnsafeRawBufferPointer(
                    rebasing: bytes[frame.payloadOffset..<frame.totalCount])
                unsafe take(frame.type, payload, connection)
                connection.inbound.consume(frame.totalCount)
            }
        }
    }

    private func take(
        _ type: SoupBin.PacketType, _ payload: UnsafeRawBufferPointer, _ connection: ExchangeConnection
    ) {
        switch connection.phase {
        case .closing:
            return
        case .login:
            switch type {
            case .debug: return
            case .loginRequest: unsafe login(payload, connection)
            case .unsequencedData, .clientHeartbeat, .logoutRequest, .loginAccepted, .loginRejected,
                .sequencedData, .serverHeartbeat, .endOfSession:
                close(connection, .loginExpected)
            }
        case .open(let account):
            switch type {
            case .debug, .clientHeartbeat: return
            case .unsequencedData: unsafe takeOuch(payload, account, connection)
            case .logoutRequest: close(connection, .loggedOut)
            case .loginRequest, .loginAccepted, .loginRejected, .sequencedData, .serverHeartbeat,
                .endOfSession:
                close(connection, .unknownPacket)
            }
        }
    }

    private func login(_ payload: UnsafeRawBufferPointer, _ connection: ExchangeConnection) {
        guard let request = unsafe SoupBin.LoginRequest(readingPayload: payload) else {
            close(connection, .malformedPacket)
            return
        }
        let found = accounts.first { $0.userName == request.userName && $0.password == request.password }
        guard let account = found else {
            refuse(connection, "A")
            return
        }
        let next = account.log.nextSequence
        let wanted = max(request.sequence == 0 ? next : request.sequence, account.forgottenBefore)
        let isOurs = request.session == .blank || request.session == session
        guard isOurs, !isClosed, wanted <= next, wanted >= account.log.oldestSequence else {
            refuse(connection, "S")
            return
        }
        // A client that lost its connection may be back before we have noticed: the newer one is right.
        if let older = account.connection.flatMap({ self.connection($0) }) {
            close(older, .replacedByNewLogin)
        }
        account.connection = connection.id
        connection.phase = .open(account)
        connection.nextSequence = wanted
        let room = unsafe connection.outbound.reserve(64)
        // SAFETY: the packet has 33 bytes.
        connection.outbound.commit(
            unsafe SoupBin.LoginAccepted(session: session, sequence: wanted).write(to: room))
        connection.lastSentNs = nowNs
        pump(account)
    }

    private func refuse(_ connection: ExchangeConnection, _ reason: Unicode.Scalar) {
        let room = unsafe connection.outbound.reserve(16)
        // SAFETY: the packet has 4 bytes.
        connection.outbound.commit(
            unsafe SoupBin.LoginRejected(reason: UInt8(ascii: reason)).write(to: room))
        close(connection, .loginRefused)
    }

    /// Puts a packet without payload.
    func put(_ type: SoupBin.PacketType, _ connection: ExchangeConnection) {
        let room = unsafe connection.outbound.reserve(SoupBin.headerByteCount)
        // SAFETY: the room is that of a header.
        unsafe SoupBin.writeEmpty(type, to: room)
        connection.outbound.commit(SoupBin.headerByteCount)
        connection.lastSentNs = nowNs
    }

    /// Ends a connection from our side; what waits may still be sent.
    func close(_ connection: ExchangeConnection, _ reason: ExchangeCloseReason) {
        let before = connection.phase
        connection.phase = .closing(reason)
        counters.closed[reason, default: 0] += 1
        if case .open(let account) = before { detach(account) }
    }

    /// The account has no connection any more.
    func detach(_ account: ExchangeAccountState) {
        account.connection = nil
        guard account.cancelOnDisconnect, !isClosed else { return }
        cancelAll(account)
    }

    /// A message has been added to the account's stream.
    func sent(_ account: ExchangeAccountState) {
        if faults.reportDelayNs > 0 || !account.releases.isEmpty {
            let after = max(nowNs + faults.reportDelayNs, account.releases.last?.atNs ?? 0)
            account.releases.append((before: account.log.nextSequence, atNs: after))
            return
        }
        account.releasedBefore = account.log.nextSequence
        pump(account)
    }

    /// Lets go what has waited long enough.
    func release(_ account: ExchangeAccountState) {
        guard let first = account.releases.first, first.atNs <= nowNs else { return }
        let due = account.releases.prefix { $0.atNs <= nowNs }
        account.releasedBefore = due.last?.before ?? account.releasedBefore
        account.releases.removeFirst(due.count)
        pump(account)
    }

    /// Puts as much of the stream as may go, and has room, onto the account's connection.
    func pump(_ account: ExchangeAccountState) {
        guard let id = account.connection, let connection = connection(id) else { return }
        while connection.nextSequence < account.releasedBefore,
            connection.outbound.count < ExchangeConnection.waitingByteCountMax
        {
            guard let message = unsafe account.log.message(connection.nextSequence) else {
                preconditionFailure("Invariant: a client never waits for a message that was forgotten")
            }
            let room = unsafe connection.outbound.reserve(SoupBin.headerByteCount + message.count)
            // SAFETY: room for header and message was made just above.
            connection.outbound.commit(unsafe SoupBin.write(.sequencedData, payload: message, to: room))
            connection.nextSequence += 1
            connection.lastSentNs = nowNs
        }
    }

    func keepAlive(_ connection: ExchangeConnection) {
        if case .closing = connection.phase { return }
        if nowNs >= connection.lastReceivedNs + configuration.clientSilenceNsMax {
            close(connection, .silence)
            return
        }
        guard case .open = connection.phase else { return }
        if nowNs >= connection.lastSentNs + configuration.heartbeatNs { put(.serverHeartbeat, connection) }
    }
}

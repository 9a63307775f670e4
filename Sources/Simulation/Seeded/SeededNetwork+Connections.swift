internal import Model

extension SeededNetwork {
    func isCurrent(_ id: Int) -> Bool { current[connections[id].session] == id }

    // MARK: The engine's end

    func connect(session: Int) {
        counters.connects += 1
        sentFrames[session] = SentFrames()
        let id = connections.count
        var connection = Connection(session: session)
        if random.chance(perMillion: faults.breakPerMillion) {
            // Squared: most break early, in the log-on and the replay.
            let drawn = Double(random.below(1_000_000)) / 1_000_000
            let at = UInt64(drawn * drawn * Double(faults.breakByteMax))
            if random.below(2) == 0 {
                connection.toVenue.breakAt = at
            } else {
                connection.toClient.breakAt = at
            }
        }
        let number = connections.count { $0.session == session }
        for cut in faults.cuts where cut.session == session && cut.connection == number {
            if cut.isToVenue {
                connection.toVenue.breakAt = cut.afterBytes
            } else {
                connection.toClient.breakAt = cut.afterBytes
            }
        }
        connections.append(connection)
        current[session] = id
        received[session] = []
        let arrivesNs = nowNs + delay(faults.connectionDelayNs)
        let answeredNs = arrivesNs + delay(faults.connectionDelayNs)
        if faults.isOutage || random.chance(perMillion: faults.silentConnectPerMillion) { return }
        if random.chance(perMillion: faults.refusePerMillion) {
            counters.refused += 1
            queue.insert(.answered(id, isOpen: false), atNs: answeredNs)
            return
        }
        queue.insert(.connect(id), atNs: arrivesNs)
        queue.insert(.answered(id, isOpen: true), atNs: answeredNs)
        connections[id].toVenue.lastArrivalNs = arrivesNs
        connections[id].toClient.lastArrivalNs = answeredNs
    }

    /// The engine sends: how many bytes the connection takes.
    func clientSends(session: Int, _ bytes: [UInt8]) -> Int {
        guard let id = current[session], connections[id].state == .open, !bytes.isEmpty,
            nowNs >= connections[id].fullUntilNs
        else { return 0 }
        var count = bytes.count
        if random.chance(perMillion: faults.shortSendPerMillion) {
            counters.shortSends += 1
            // The buffer is full, with a part of these bytes or none; the venue reads on at once or after a while.
            count = random.below(2) == 0 ? 0 : Int(random.below(UInt64(bytes.count)))
            connections[id].fullUntilNs = nowNs + random.below(2) * random.below(faults.fullNsMax + 1)
            if count == 0 { return 0 }
        }
        pass(Array(bytes[..<count]), id, toVenue: true)
        return count
    }

    /// The engine gives its connection up. What is on its way to the venue may still arrive.
    func clientCloses(session: Int) {
        guard let id = current[session] else { return }
        current[session] = nil
        received[session] = []
        connections[id].state = .closed
        connections[id].toVenue.isCut = true
        connections[id].toClient.isCut = true
        guard !connections[id].isBroken else { return }
        connections[id].isBroken = true
        if random.below(2) == 0 { connections[id].toVenue.losesInFlight = true }
        tellVenue(id)
    }

    /// The engine is no more: whatever waits for it is gone, and its connections with it.
    ///
    /// - Parameter isSilent: Its machine is gone too, so that nobody tells the venue.
    public func clientDies(isSilent: Bool) {
        for session in current.indices {
            guard let id = current[session] else { continue }
            guard isSilent else {
                clientCloses(session: session)
                continue
            }
            current[session] = nil
            received[session] = []
            connections[id].state = .closed
            connections[id].isBroken = true
            connections[id].toVenue.isCut = true
            connections[id].toClient.isCut = true
            if random.below(2) == 0 { connections[id].toVenue.losesInFlight = true }
        }
        for stream in inboxes.indices { inboxes[stream] = Inbox() }
    }

    /// Bytes that were sent on each connection of a session, in the order in which they were made, also those that never
    /// arrived.
    public func bytesSent(session: Int) -> [(toVenue: UInt64, toClient: UInt64)] {
        connections.filter { $0.session == session }.map { ($0.toVenue.sentCount, $0.toClient.sentCount) }
    }

    /// Which of the engine's sessions a connection is of.
    public func session(of connection: Int) -> Int { connections[connection].session }

    // MARK: The venue's end

    /// The venue sends: all of it is taken.
    public func send(connection id: Int, _ bytes: [UInt8]) {
        guard !connections[id].venueIsDone else { return }
        pass(bytes, id, toVenue: false)
    }

    /// The venue closes; what it has sent still arrives.
    public func close(connection id: Int) {
        guard !connections[id].venueIsDone else { return }
        connections[id].venueIsDone = true
        connections[id].toClient.isCut = true
        connections[id].toVenue.isCut = true
        guard !connections[id].isBroken else { return }
        connections[id].isBroken = true
        tellClient(id)
    }

    /// Breaks every connection that stands, at the byte that has just been sent.
    public func breakConnections() {
        for id in connections.indices where connections[id].state != .closed && !connections[id].isBroken {
            broke(id, forward: nil)
        }
    }

    // MARK: Bytes on their way

    private func pass(_ bytes: [UInt8], _ id: Int, toVenue: Bool) {
        let way = toVenue ? connections[id].toVenue : connections[id].toClient
        guard !way.isCut else {
            counters.bytesLost += UInt64(bytes.count)
            return
        }
        let end = way.sentCount + UInt64(bytes.count)
        let breaks = end >= way.breakAt
        let passing = breaks ? Int(way.breakAt - min(way.breakAt, way.sentCount)) : bytes.count
        counters.bytesLost += UInt64(bytes.count - passing)
        var start = 0
        while start < passing {
            var count = passing - start
            if random.chance(perMillion: faults.splitPerMillion) {
                count = 1 + Int(random.below(UInt64(count)))
            }
            let piece = Array(bytes[start..<start + count])
            let last =
                toVenue ? connections[id].toVenue.lastArrivalNs : connections[id].toClient.lastArrivalNs
            let atNs = max(last, nowNs + delay(faults.connectionDelayNs))
            if toVenue {
                connections[id].toVenue.lastArrivalNs = atNs
                queue.insert(.toVenue(id, piece), atNs: atNs)
            } else {
                connections[id].toClient.lastArrivalNs = atNs
                queue.insert(.toClient(id, piece), atNs: atNs)
            }
            start += count
        }
        if toVenue {
            connections[id].toVenue.sentCount = end
        } else {
            connections[id].toClient.sentCount = end
        }
        if breaks { broke(id, forward: toVenue) }
    }

    /// - Parameter forward: The direction in which everything up to the break arrives; `nil`: neither is sure to.
    private func broke(_ id: Int, forward toVenue: Bool?) {
        counters.broken += 1
        connections[id].isBroken = true
        connections[id].toVenue.isCut = true
        connections[id].toClient.isCut = true
        if toVenue != true, random.below(2) == 0 { connections[id].toVenue.losesInFlight = true }
        if toVenue != false, random.below(2) == 0 { connections[id].toClient.losesInFlight = true }
        if !random.chance(perMillion: faults.halfOpenPerMillion) { tellVenue(id) }
        if !random.chance(perMillion: faults.halfOpenPerMillion) { tellClient(id) }
    }

    private func tellVenue(_ id: Int) {
        let atNs = max(connections[id].toVenue.lastArrivalNs, nowNs) + delay(faults.connectionDelayNs)
        queue.insert(.venueHears(id), atNs: atNs)
    }

    private func tellClient(_ id: Int) {
        let atNs = max(connections[id].toClient.lastArrivalNs, nowNs) + delay(faults.connectionDelayNs)
        queue.insert(.clientHears(id), atNs: atNs)
    }
}

import Plumbing

/// Clients' connections and requests.
extension VenueServer {
    func takeConnections(_ nowNs: UInt64) -> Int {
        guard phase != .ending, phase != .over, let connection = listener.accept() else { return 0 }
        guard clients.count < Self.connectionCountMax else {
            connection.close()
            return 1
        }
        clients.append(Client(id: nextClient, connection: connection))
        exchange.connectionOpened(nextClient, atNs: exchangeNs(nowNs))
        nextClient += 1
        return 1
    }

    /// Reads what clients have sent, and hands it to the exchange.
    func takeOrders(_ nowNs: UInt64) -> Int {
        var work = 0
        for client in clients {
            // SAFETY: the buffer is ours, and its front is looked at before it is used again.
            let count = unsafe client.connection.receive(into: buffer)
            if count > 0 {
                work += 1
                unsafe exchange.received(
                    client.id, UnsafeRawBufferPointer(rebasing: buffer[..<count]), atNs: exchangeNs(nowNs))
                cutByScript(nowNs)
            }
        }
        return work
    }

    private func cutByScript(_ nowNs: UInt64) {
        let after = configuration.faults.disconnectAfter
        guard after > 0, !hasDisconnected, UInt64(exchange.counters.ordersEntered) >= after else { return }
        hasDisconnected = true
        for client in clients {
            exchange.drop(client.id, atNs: exchangeNs(nowNs))
            client.connection.reset()
        }
    }

    /// Answers requests for market data that was lost.
    func takeRequests() -> Int {
        // SAFETY: the buffer is ours, and its front is looked at before it is used again.
        guard let (count, from) = unsafe requests.receive(into: buffer) else { return 0 }
        unsafe exchange.retransmissionRequest(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { packet in
            if unsafe requests.send(packet, to: from) { report.retransmittedPackets += 1 }
        }
        return 1
    }

    /// Sends what the exchange has for its clients, and lets those go that are done.
    func sendReports(_ nowNs: UInt64) -> Int {
        var work = 0
        for client in clients {
            while true {
                // SAFETY: the bytes stand until the exchange's next call.
                let waiting = unsafe exchange.output(client.id)
                guard waiting.count > 0 else { break }
                let sent = unsafe client.connection.send(waiting)
                guard sent > 0 else { break }
                exchange.consumed(client.id, sent)
                work += 1
            }
        }
        clients.removeAll { client in
            // SAFETY: only the count is read.
            let isDone = unsafe exchange.shouldClose(client.id) && exchange.output(client.id).count == 0
            let mayLinger = phase == .ending && nowNs - phaseSinceNs < Self.lingerNs
            guard client.connection.state == .closed || isDone && !mayLinger else { return false }
            client.connection.close()
            exchange.connectionClosed(client.id, atNs: exchangeNs(nowNs))
            work += 1
            return true
        }
        return work
    }

    /// Waits for the next thing to do: spins where it comes soon, for a sleep costs more than that.
    func idle(_ nowNs: UInt64) {
        let spinNs: UInt64 = 100_000
        var waitNs: UInt64 = 10_000_000
        switch phase {
        case .waiting, .ending, .over: break
        case .playing, .settling:
            waitNs = 1_000_000
            if let pending { waitNs = min(waitNs, pending.dueNs - min(pending.dueNs, nowNs)) }
            let wake = exchange.nextWakeNs
            waitNs = min(waitNs, wake - min(wake, exchangeNs(nowNs)))
            let answer = backOffice.nextWakeNs
            waitNs = min(waitNs, answer - min(answer, exchangeNs(nowNs)))
        }
        guard waitNs > spinNs else { return }
        var descriptors = clients.map(\.connection.descriptor)
        descriptors.append(listener.descriptor)
        descriptors.append(requests.descriptor)
        if let queryListener {
            descriptors.append(queryListener.descriptor)
            descriptors += inquirers.map(\.connection.descriptor)
        }
        _ = Descriptors.wait(descriptors, timeoutNs: waitNs - spinNs / 2)
    }
}

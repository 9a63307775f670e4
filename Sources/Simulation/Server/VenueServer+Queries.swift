import Model
import Plumbing

/// The back office's port.
extension VenueServer {
    /// Takes connections and questions, and sends answers.
    func answerQueries(_ nowNs: UInt64) -> Int {
        guard let queryListener else { return 0 }
        var work = 0
        // Asked for also while the day ends: that is when people reconcile.
        if phase != .over, let connection = queryListener.accept() {
            work += 1
            if inquirers.count < Self.inquirerCountMax {
                inquirers.append(Client(id: nextClient, connection: connection))
                backOffice.connectionOpened(nextClient, atNs: exchangeNs(nowNs))
                nextClient += 1
            } else {
                connection.close()
            }
        }
        for client in inquirers {
            // SAFETY: the buffer is ours, and its front is looked at before it is used again.
            let count = unsafe client.connection.receive(into: buffer)
            guard count > 0 else { continue }
            work += 1
            unsafe backOffice.received(
                client.id, UnsafeRawBufferPointer(rebasing: buffer[..<count]), atNs: exchangeNs(nowNs))
        }
        backOffice.advance(toNs: exchangeNs(nowNs))
        for client in inquirers {
            let waiting = backOffice.output(client.id)
            guard !waiting.isEmpty else { continue }
            // SAFETY: the array stands during the call.
            let sent = unsafe waiting.withUnsafeBytes { unsafe client.connection.send($0) }
            backOffice.consumed(client.id, sent)
            work += sent > 0 ? 1 : 0
        }
        inquirers.removeAll { client in
            let isDone = backOffice.shouldClose(client.id) && backOffice.output(client.id).isEmpty
            guard client.connection.state == .closed || isDone else { return false }
            client.connection.close()
            backOffice.connectionClosed(client.id)
            work += 1
            return true
        }
        return work
    }

    /// What the venue does to trades and orders of its own accord, by the script.
    func followScript(_ nowNs: UInt64) {
        let faults = configuration.faults
        let atNs = exchangeNs(nowNs)
        while script.executions < exchange.executions.count {
            let execution = exchange.executions[script.executions]
            script.executions += 1
            if execution.isBroken { continue }
            // Corrections are executions too, and are not counted.
            if script.corrections.contains(execution.matchNumber) { continue }
            script.counted += 1
            if faults.bustEvery > 0, script.counted % faults.bustEvery == 0 {
                exchange.breakTrade(execution.matchNumber, atNs: atNs)
            } else if faults.correctEvery > 0, script.counted % faults.correctEvery == 0 {
                let number = exchange.correctTrade(
                    execution.matchNumber, price: Price(raw: execution.price.raw + 100),
                    quantity: execution.quantity, atNs: atNs)
                if let number { script.corrections.insert(number) }
            }
        }
        while script.orders < exchange.counters.ordersEntered {
            script.orders += 1
            for account in exchange.accounts.indices {
                guard let oldest = exchange.oldestOpenOrder(account: account) else { continue }
                if faults.restateEvery > 0, UInt64(script.orders) % faults.restateEvery == 0 {
                    exchange.restate(account: account, userRef: oldest, atNs: atNs)
                }
                if faults.cancelEvery > 0, UInt64(script.orders) % faults.cancelEvery == 0 {
                    exchange.cancelByVenue(account: account, userRef: oldest, atNs: atNs)
                }
            }
        }
    }
}

/// How far the script has come.
struct VenueScript {
    /// Of the exchange's list.
    var executions = 0
    var counted: UInt64 = 0
    var orders = 0
    var corrections: Set<UInt64> = []
}

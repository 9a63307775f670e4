public import Core
public import Memory
public import Model
public import Plumbing
public import Venues

/// The kill switch, as the hot thread sees it. Whoever says it has closed the gate to orders before: nothing that is done here
/// keeps an order from leaving, it only tells the core, which then asks for every cancel.
///
///     any thread: gate keeps orders back ──▶ hot thread, next turn: hearKill ──▶ core: kill ──▶ cancels ──▶ sent
///
/// Orders that lie encoded in a send buffer are taken out of it (``hand(_:nowNs:)``) and counted as not sent.
extension Engine where Strategies: ~Copyable, IO: ~Copyable {
    /// What a gate that is not open asks of a turn, or was not a moment ago.
    @inline(never) @inlinable mutating func killTurn(nowNs: UInt64) -> Int {
        var work = 0
        if watch.kills != heardKills || watch.keepsOrders {
            looksAtDropped = true
            ordersPassSinceNs = .max
        }
        if watch.kills != heardKills { work += hearKill(nowNs: nowNs) }
        if looksAtDropped { lookAtDropped(nowNs: nowNs) }
        return work
    }

    /// As long as orders are kept back, and so long behind that: they may have been dropped in the last moment before a lift.
    @inlinable mutating func lookAtDropped(nowNs: UInt64) {
        askAboutDropped(nowNs: nowNs)
        guard !watch.keepsOrders else { return }
        if ordersPassSinceNs == .max { ordersPassSinceNs = nowNs }
        if askDroppedAtNs == .max, nowNs >= ordersPassSinceNs &+ Self.dropAskNs { looksAtDropped = false }
    }

    /// So long the cancels behind a dropped order have the connection for themselves.
    @inlinable static var dropAskNs: UInt64 { 100_000_000 }

    /// Another thread has dropped orders that count as sent here: nobody will answer for them. A new log-on tells which
    /// numbers the venue has never seen; the cancels go first.
    @inlinable mutating func askAboutDropped(nowNs: UInt64) {
        for index in 0..<sessions.count
        where watch.dropped(session: index) != droppedKnown[index] && askDroppedAtNs == .max {
            askDroppedAtNs = nowNs &+ Self.dropAskNs
        }
        guard nowNs >= askDroppedAtNs else { return }
        askDroppedAtNs = .max
        for index in 0..<sessions.count {
            let count = watch.dropped(session: index)
            guard count != droppedKnown[index] else { continue }
            droppedKnown[index] = count
            // One that is not up comes back by itself.
            sessions[index].askAnew()
        }
    }

    /// The core hears that a kill was said, before anything else of this turn; the cancels that it asks for leave in it, as
    /// far as the connections take them.
    ///
    /// - Returns: 1.
    @inline(never) @inlinable public mutating func hearKill(nowNs: UInt64) -> Int {
        let kills = watch.kills
        let name = watch.killName
        var input = Input(kind: .operatorCommand)
        input.flags = OperatorCommand.kill.rawValue
        input.execution_id = name.low
        input.venue_time_ns = name.high
        heardKills = kills
        step(&input, nowNs: nowNs)
        sendAll()
        watch.noteHeard(kills: kills)
        return 1
    }

    /// Sends until a connection takes no more, or nothing is left: a send result gives back the credit for the next cancel,
    /// and that is sent too.
    @inlinable mutating func sendAll() {
        hasOutput = true
        // Every round but the last sends one command at least, and each order is asked back once.
        for _ in 0...core.orderSlotCount where hasOutput { flushAll(nowNs: io.nowNs()) }
    }
}

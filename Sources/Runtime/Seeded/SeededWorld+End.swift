internal import Core
internal import Journal
internal import Model
internal import Plumbing
internal import Simulation

/// What one start of the engine left: its journal's files, and what of its ring was found.
public struct SeededRun: Sendable {
    public var files: [(path: String, bytes: [UInt8])]
    var ring: SalvagedRing?
}

// The end of a session, and its judgement.
extension SeededWorld {
    func finish() {
        var nowNs = network.nowNs
        if haltedAtNs != nil {
            outcome.tally.openAfterHalt += engine.core.openOrderCount
            if isHeld {
                engine.finishStop(nowNs: nowNs)
                writer.requestClose()
            } else {
                engine.finishHalt()
            }
        } else {
            if !isSettled || watch.mendedUpTo < exposure.lastCorrection { tellUnrest() }
            engine.finishStop(nowNs: nowNs)
            writer.requestClose()
        }
        for _ in 0..<100_000 where writer.state == .closing {
            nowNs += 100_000
            disk.advance(toNs: nowNs)
            _ = writer.step(nowNs: nowNs)
        }
        if let ringPath {
            do throws(SetupError) {
                if case .failed = writer.state { ringLeft = try JournalRing.salvage(path: ringPath) }
                try JournalRing.remove(path: ringPath)
            } catch {
                outcome.violations.append("\(error)")
            }
        }
        // The venue tells the truth here, and all of it, so nothing that it says may be impossible.
        let counters = engine.core.counters
        if counters.illegalTransitions > 0 || counters.disputes > 0, !plan.backOfficeLies, !plan.forgetsStream
        {
            outcome.violations.append(
                "\(counters.illegalTransitions) reports refused, \(counters.disputes) orders disputed")
        }
        outcome.endNs = nowNs
        outcome.files = disk.contents
        outcome.earlier = earlier
        outcome.digest = engine.core.digest()
        outcome.engine = engine.counters
        outcome.core = engine.core.counters
        outcome.network = network.counters
        outcome.tally.marketMessages = Int(engine.feeds[0].counters.messages)
        outcome.tally.duplicates = Int(engine.feeds[0].counters.duplicatePackets)
        outcome.tally.take(engine.core.counters)
        if haltedAtNs == nil, !isDeaf { checkProfit() }
        var (tally, violations) = (outcome.tally, outcome.violations)
        audit.check(outcome.files, &tally, &violations)
        outcome.tally = tally
        outcome.violations = violations
        replayAll()
    }

    /// Something was told that nobody heard, and nobody can be asked.
    var isDeaf: Bool { plan.forgetsStream && plan.backOffice == nil }

    /// Profit counted anew, from the venue's own trades.
    private func checkProfit() {
        for (index, symbol) in symbols.enumerated() {
            let position = engine.core.position(InstrumentID(index: UInt32(index)))
            var spent = Int128(0)
            for trade in exchange.executions where trade.symbol == symbol && !trade.isBroken {
                spent += Int128(trade.side.sign) * Int128(trade.price.raw) * Int128(trade.quantity)
            }
            let profit = Int128(position.quantity.raw) * Int128(position.mark.raw) - spent
            if position.realised.raw + position.unrealised.raw != profit {
                outcome.violations.append(
                    "profit of \(symbol): engine \(position.realised.raw + position.unrealised.raw), venue \(profit)"
                )
            }
        }
    }

    /// Every start's journal, decided again, comes to the same facts.
    private func replayAll() {
        for (number, run) in (earlier + [SeededRun(files: outcome.files, ring: ringLeft)]).enumerated() {
            let isLast = number == earlier.count
            var replay = replay(life: UInt32(number) + 1)
            do throws(JournalError) {
                let records = RunRecords(segments: run.files, ring: run.ring)
                while let record = try records.next(), replay.take(record) {}
            } catch {
                outcome.violations.append("the journal of start \(number + 1) cannot be read: \(error)")
                continue
            }
            // What the machine took with it may be the last facts of an input that is there.
            let outcome = replay.finish(isCut: !isLast && run.ring == nil)
            if let difference = outcome.difference {
                self.outcome.violations.append(
                    "start \(number + 1) is decided otherwise again: \(difference)")
            } else if isLast, haltedAtNs == nil || isHeld, outcome.digest != self.outcome.digest {
                self.outcome.violations.append("the replayed state is another one")
            }
        }
    }

    /// What the engine's record is compared with.
    public var audit: SeededAudit {
        var audit = SeededAudit(
            seed: plan.seed, symbols: symbols, executions: exchange.executions,
            ordersReceived: exchange.ordersReceived,
            positions: symbols.indices.map {
                engine.core.position(InstrumentID(index: UInt32($0))).quantity.raw
            })
        audit.ring = ringLeft
        audit.isHalted = haltedAtNs != nil
        audit.isDeaf = isDeaf
        audit.earlier = earlier
        audit.believesLists = !plan.backOfficeLies
        return audit
    }

    private func tellUnrest() {
        outcome.violations.append(
            "not at rest at the end: dead \(isDead), session \(engine.sessions[0].phase), gap \(engine.feeds[0].isGapOpen), "
                + "open orders \(engine.core.openOrderCount), in doubt \(engine.core.inDoubtCount), mended up to "
                + "\(watch.mendedUpTo) of \(exposure.lastCorrection)")
        for slot in 0..<engine.core.orderSlotCount {
            guard let order = engine.core.order(slot: slot),
                !order.lifecycle.isEnded || order.knowledge == .inDoubt
            else { continue }
            outcome.violations.append(
                "order \(order.userRef): \(order.lifecycle) \(order.request) \(order.knowledge) leaves \(order.leaves) filled \(order.filled) of \(order.ordered)"
            )
        }
    }
}

internal import Model

// Copies for people who look while the engine runs.
extension TradingCore {
    /// The order in a slot, if one is there that has not closed.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func view(orderAt slot: Int, _ view: inout OrderView) -> Bool {
        guard slot < pool.touchedCount, pool[slot].lifecycle != .closed else { return false }
        let order = pool[slot]
        view.id = order.id
        view.ordered = order.ordered
        view.filled = order.filled
        view.leaves = order.leaves
        view.busted = order.busted
        view.reserved = reservedQuantity(slot)
        view.price = order.price.raw
        view.averagePrice = order.filled > 0 ? Int64(clamping: order.filledCost / Int128(order.filled)) : 0
        view.stop = order.marks.hasDetail ? details[slot].stop : 0
        view.venueOrderID = order.venueOrderID
        view.sinceNs = order.sinceNs
        view.userRef = order.userRef
        view.instrument = order.instrument
        view.strategy = order.strategy
        view.status = order.status
        view.lifecycle = order.lifecycle
        view.request = order.request
        view.knowledge = order.knowledge
        view.side = order.side
        view.orderType = order.orderType
        view.timeInForce = order.timeInForce
        view.flags = order.flags
        view.session = order.session
        return true
    }

    /// What the account holds or held in an instrument, or could come to hold; `false`: nothing of it.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func view(positionIn index: Int, _ view: inout PositionView) -> Bool {
        let position = ledger[index]
        let line = risks[index]
        guard
            position.volume.raw != 0 || position.quantity.raw != 0 || line.openBuy != 0 || line.openSell != 0
        else { return false }
        view.realised = position.realised.raw
        view.unrealised = position.unrealised.raw
        view.fees = position.fees.raw
        view.quantity = position.quantity.raw
        view.averagePrice = position.averagePrice.raw
        view.mark = position.mark.raw
        view.openBuy = line.openBuy
        view.openSell = line.openSell
        view.instrument = UInt32(truncatingIfNeeded: index)
        // As it is on record; a closed market is no state of the instrument.
        view.state = states.instrument(index).state
        view.isReduceOnly = line.isReduceOnly
        view.currency = position.currency
        return true
    }

    /// What keeps an instrument from being traded now; `false`: nothing but perhaps a state.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func view(stateOf index: Int, _ view: inout InstrumentStateView) -> Bool {
        guard markets[index].isDefined, risks[index].isMarketClosed || risks[index].isRestricted else {
            return false
        }
        view.instrument = UInt32(truncatingIfNeeded: index)
        view.isRestricted = risks[index].isRestricted
        view.isMarketClosed = risks[index].isMarketClosed
        view.opensNs = view.isMarketClosed ? calendars.changesNs(instruments[index].calendar) : .max
        return true
    }

    /// ``Symbol/raw`` of an instrument that somebody has defined; 0: nobody has.
    #if !DEBUG
    @_noLocks
    #endif
    public mutating func symbol(ofInstrumentAt index: Int) -> UInt64 {
        guard index < markets.count, markets[index].isDefined else { return 0 }
        return instruments[index].symbol.raw
    }
}

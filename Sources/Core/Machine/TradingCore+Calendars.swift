internal import Model

// Hours and holidays: when instruments may be traded.
extension TradingCore {
    /// Brings all calendars up to now: at the start, when one of them changes, and when the clock was set.
    @inline(never)
    mutating func lookAtCalendars() {
        guard calendars.count > 0 else { return }
        let utcNs = utcOffsetNs &+ nowNs
        var hasOpened = false
        for calendar in 0..<calendars.count where calendars.look(calendar, utcNs: utcNs) {
            let isOpen = calendars.isOpen(UInt8(calendar))
            for index in 0..<risks.count where Int(instruments[index].calendar) == calendar {
                risks[index].isMarketClosed = !isOpen
            }
            if isOpen { hasOpened = true }
            tellHours()
        }
        let changesNs = calendars.changesNs()
        calendarDueNs = changesNs == .max ? .max : changesNs > utcOffsetNs ? changesNs - utcOffsetNs : nowNs
        updateDeadline()
        guard hasOpened else { return }
        // What was held over the night goes, and what was to be closed is.
        for session in 0..<sessions.count { sweep(session) }
        for index in 0..<risks.count where risks[index].isClosing { closeNow(index) }
        closeOwnWhereClosing()
    }

    /// An instrument's hours are known.
    mutating func setCalendar(_ index: Int, _ calendar: UInt8) {
        precondition(
            calendar == .max || Int(calendar) < calendars.count, "Caller: an instrument's calendar exists")
        instruments[index].calendar = calendar
        risks[index].isMarketClosed = !calendars.isOpen(calendar)
    }
}

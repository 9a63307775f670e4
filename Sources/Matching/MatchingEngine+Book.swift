/// Orders in and out of their queues, pages in and out of their sides.
extension MatchingEngine {
    @inline(__always)
    mutating func takeOrderSlot() -> UInt32 {
        let slot = freeOrder
        freeOrder = orders[Int(slot)].next
        return slot
    }

    @inline(__always)
    mutating func releaseOrderSlot(_ slot: UInt32) {
        orders[Int(slot)].reference = 0
        orders[Int(slot)].next = freeOrder
        freeOrder = slot
    }

    /// The page of that number on a side; `noSlot`: it does not exist.
    @inline(__always)
    func findPage(_ sideIndex: Int, _ number: Int64) -> UInt32 {
        let known = pagePlaces[sideIndex << 6 | Int(number & 63)]
        if known != noSlot, pages[Int(known)].number == number { return known }
        return walkToPage(sideIndex, number)
    }

    /// Two pages of a side may share a place in the table; the list knows them all.
    @inline(never)
    func walkToPage(_ sideIndex: Int, _ number: Int64) -> UInt32 {
        var page = sides[sideIndex].firstPage
        while page != noSlot {
            let found = pages[Int(page)].number
            if found >= number { return found == number ? page : noSlot }
            page = pages[Int(page)].next
        }
        return noSlot
    }

    /// The page of that number, made where it does not exist. The caller has seen that there is room.
    @inline(__always)
    mutating func page(_ sideIndex: Int, _ number: Int64) -> UInt32 {
        let known = pagePlaces[sideIndex << 6 | Int(number & 63)]
        if known != noSlot, pages[Int(known)].number == number { return known }
        return openPage(sideIndex, number)
    }

    @inline(never)
    mutating func openPage(_ sideIndex: Int, _ number: Int64) -> UInt32 {
        var nearer = noSlot
        var farther = sides[sideIndex].firstPage
        while farther != noSlot, pages[Int(farther)].number < number {
            nearer = farther
            farther = pages[Int(farther)].next
        }
        let place = sideIndex << 6 | Int(number & 63)
        if farther != noSlot, pages[Int(farther)].number == number {
            pagePlaces[place] = farther
            return farther
        }
        precondition(freePage != noSlot, "Invariant: room for a page was seen before")
        let page = freePage
        freePage = pages[Int(page)].next
        freePageCount -= 1
        pages[Int(page)] = PageSlot(
            occupied: 0, number: number, next: farther, previous: nearer,
            side: UInt32(truncatingIfNeeded: sideIndex))
        if nearer == noSlot {
            sides[sideIndex].firstPage = page
        } else {
            pages[Int(nearer)].next = page
        }
        if farther != noSlot { pages[Int(farther)].previous = page }
        pagePlaces[place] = page
        return page
    }

    /// Takes an empty page out of its side.
    @inline(never)
    mutating func closePage(_ page: UInt32) {
        let record = pages[Int(page)]
        let sideIndex = Int(record.side)
        if record.previous == noSlot {
            sides[sideIndex].firstPage = record.next
        } else {
            pages[Int(record.previous)].next = record.next
        }
        if record.next != noSlot { pages[Int(record.next)].previous = record.previous }
        let place = sideIndex << 6 | Int(record.number & 63)
        if pagePlaces[place] == page { pagePlaces[place] = noSlot }
        pages[Int(page)].next = freePage
        freePage = page
        freePageCount += 1
    }

    /// Puts an order at the back of its price's queue.
    @inline(__always)
    mutating func rest(
        _ slot: UInt32, _ reference: UInt64, _ sideIndex: Int, _ key: Int64, _ remaining: UInt32,
        _ owner: UInt32,
        _ userRef: UInt32
    ) {
        let page = page(sideIndex, key >> 6)
        let place = UInt64(truncatingIfNeeded: key & 63)
        let level = Int(page) << 6 | Int(place)
        var tail = noSlot
        if pages[Int(page)].occupied & (1 << place) == 0 {
            pages[Int(page)].occupied |= 1 << place
            levels[level] = LevelSlot(head: slot, tail: slot, quantity: Int64(remaining))
            if key < sides[sideIndex].bestKey { sides[sideIndex].bestKey = key }
        } else {
            tail = levels[level].tail
            orders[Int(tail)].next = slot
            levels[level].tail = slot
            levels[level].quantity += Int64(remaining)
        }
        orders[Int(slot)] = OrderSlot(
            reference: reference, next: noSlot, previous: tail, remaining: remaining,
            level: UInt32(truncatingIfNeeded: level), owner: owner, userRef: userRef)
        sides[sideIndex].orderCount += 1
        liveOrders += 1
    }

    /// Takes an order out of its queue; its slot is the caller's to release.
    @inline(__always)
    mutating func unlink(_ slot: Int, _ order: OrderSlot) {
        let level = Int(order.level)
        let page = order.level >> 6
        let sideIndex = Int(pages[Int(page)].side)
        sides[sideIndex].orderCount -= 1
        liveOrders -= 1
        if order.previous == noSlot, order.next == noSlot {
            emptyLevel(level, page, sideIndex)
            return
        }
        levels[level].quantity -= Int64(order.remaining)
        if order.previous == noSlot {
            levels[level].head = order.next
        } else {
            orders[Int(order.previous)].next = order.next
        }
        if order.next == noSlot {
            levels[level].tail = order.previous
        } else {
            orders[Int(order.next)].previous = order.previous
        }
    }

    /// The last order of a price is gone.
    mutating func emptyLevel(_ level: Int, _ page: UInt32, _ sideIndex: Int) {
        let place = UInt64(truncatingIfNeeded: level & 63)
        let occupied = pages[Int(page)].occupied & ~(1 << place)
        pages[Int(page)].occupied = occupied
        let key = pages[Int(page)].number << 6 | Int64(place)
        if occupied == 0 { closePage(page) }
        guard key == sides[sideIndex].bestKey else { return }
        let first = sides[sideIndex].firstPage
        if first == noSlot {
            sides[sideIndex].bestKey = .max
        } else {
            let record = pages[Int(first)]
            sides[sideIndex].bestKey = record.number << 6 | Int64(record.occupied.trailingZeroBitCount)
        }
    }
}

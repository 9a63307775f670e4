/// What a capture displays of one side of one instrument, and what our clients have taken of it.
///
/// The same displayed share is never sold twice: what clients took of a level is remembered as ``Level/taken``. When
/// the level shrinks, the capture's own trades and cancels are held to have come for those shares first, so what was
/// taken is forgotten share by share, and wholly when the level goes; when it grows, only the growth is new.
struct FollowedSide {
    struct Level: Equatable {
        /// Price for a sell side, its negative for a buy side: the best level has the lowest key.
        var key: Int64
        var displayed: Int64
        var taken: Int64
        var available: Int64 { max(0, displayed - taken) }
    }

    /// Best first.
    private(set) var levels: [Level] = []

    /// The place of the first level whose key is not below `key`.
    private func place(_ key: Int64) -> Int {
        var low = 0
        var high = levels.count
        while low < high {
            let middle = (low + high) / 2
            if levels[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func available(_ key: Int64) -> Int64 {
        let index = place(key)
        return index < levels.count && levels[index].key == key ? levels[index].available : 0
    }

    func displayed(_ key: Int64) -> Int64 {
        let index = place(key)
        return index < levels.count && levels[index].key == key ? levels[index].displayed : 0
    }

    /// The level now displays `quantity` in all.
    mutating func set(_ key: Int64, _ quantity: Int64) {
        let index = place(key)
        guard index < levels.count, levels[index].key == key else {
            if quantity > 0 { levels.insert(Level(key: key, displayed: quantity, taken: 0), at: index) }
            return
        }
        guard quantity > 0 else {
            levels.remove(at: index)
            return
        }
        let shrinkage = levels[index].displayed - quantity
        if shrinkage > 0 { levels[index].taken = max(0, levels[index].taken - shrinkage) }
        levels[index].displayed = quantity
    }

    /// The level gains or loses `change` shares.
    mutating func change(_ key: Int64, by change: Int64) {
        let (sum, isTooLarge) = displayed(key).addingReportingOverflow(change)
        set(key, isTooLarge ? Int64.max : max(0, sum))
    }

    /// Takes up to `wanted` shares at `limitKey` or better, best first, and tells each level's price key and quantity.
    ///
    /// - Parameter fillsMax: How many levels are taken from at most.
    mutating func take(
        upTo wanted: Int64, limitKey: Int64, fillsMax: Int, _ fill: (_ key: Int64, _ quantity: Int64) -> Void
    ) {
        var wanted = wanted
        var fills = 0
        for index in levels.indices {
            guard wanted > 0, fills < fillsMax, levels[index].key <= limitKey else { return }
            let quantity = min(wanted, levels[index].available)
            guard quantity > 0 else { continue }
            levels[index].taken += quantity
            wanted -= quantity
            fills += 1
            fill(levels[index].key, quantity)
        }
    }

    /// What could be taken at `limitKey` or better, no more than `wanted`.
    func availableTotal(upTo wanted: Int64, limitKey: Int64) -> Int64 {
        var found: Int64 = 0
        for level in levels {
            guard found < wanted, level.key <= limitKey else { break }
            found += min(level.available, wanted - found)
        }
        return found
    }

    mutating func clear() { levels.removeAll(keepingCapacity: true) }
}

internal import Memory

/// How often each strategy executed in each instrument within a window of time: what stops a strategy that runs wild.
///
/// Executions lie in a ring in the order in which they came, and those of one strategy and instrument hang together in it,
/// oldest first: what has left its window leaves from the front.
///
/// - Bounds: ``executionCountMax`` executions that are still in their windows. One more, and its strategy is taken to have
///   passed its limit: what cannot be counted is not small.
struct ExecutionWindows: ~Copyable {
    static var executionCountMax: Int { 16_384 }
    /// The same where nothing was limited at the start, for limits that come later.
    static var executionCountMaxLater: Int { 1_024 }

    struct Entry: BitwiseCopyable {
        /// Core time until which it counts; 0: it does not any more.
        var untilNs: UInt64 = 0
        /// Number of its input, to tell what was before a lift.
        var sequence: UInt64 = 0
        var key: UInt64 = 0
        /// The next of the same key; `.max`: none.
        var next = UInt32.max
    }

    struct Chain: BitwiseCopyable {
        var first = UInt32.max
        var last = UInt32.max
        var count: Int64 = 0
    }

    private var entries: FixedArray<Entry>
    private var chains: FixedMap<Chain>
    /// Where the next goes, which is where the oldest lies once the ring is full.
    private var place = 0

    init(isOn: Bool) {
        let count = isOn ? Self.executionCountMax : Self.executionCountMaxLater
        entries = FixedArray(count: count, repeating: Entry(), for: "executions in their windows")
        chains = FixedMap(entryCountMax: count, filler: Chain(), for: "executions of strategies")
    }

    /// Counts an execution.
    ///
    /// - Parameters:
    ///   - key: of the limit, the strategy and the instrument.
    ///   - since: executions of inputs before this do not count any more.
    /// - Returns: how many there are in the window with this one; `nil`: more than can be counted.
    mutating func add(
        _ key: UInt64, nowNs: UInt64, windowNs: UInt64, sequence: UInt64, since: UInt64
    ) -> Int64? {
        let old = entries[place]
        if old.untilNs > nowNs { return nil }
        if old.untilNs != 0 { removeFirst(old.key) }
        if let at = chains.find(key) {
            while chains[at].count > 0 {
                let first = entries[Int(chains[at].first)]
                guard first.untilNs <= nowNs || first.sequence < since else { break }
                dropFirst(at)
            }
        }
        guard let at = chains.find(key) ?? chains.insert(key, Chain()) else { return nil }
        let entry = UInt32(truncatingIfNeeded: place)
        // 0 would be an empty place.
        entries[place] = Entry(untilNs: max(nowNs &+ windowNs, 1), sequence: sequence, key: key)
        var chain = chains[at]
        if chain.count == 0 { chain.first = entry } else { entries[Int(chain.last)].next = entry }
        chain.last = entry
        chain.count += 1
        chains[at] = chain
        place = place + 1 == entries.count ? 0 : place + 1
        return chain.count
    }

    private mutating func dropFirst(_ at: Int) {
        let first = Int(chains[at].first)
        entries[first].untilNs = 0
        chains[at].first = entries[first].next
        chains[at].count -= 1
    }

    private mutating func removeFirst(_ key: UInt64) {
        guard let at = chains.find(key) else { return }
        dropFirst(at)
        if chains[at].count == 0 { chains.remove(at: at) }
    }
}

internal import Memory

/// When each stream of market data was last heard, and which of them are silent for too long.
///
/// A stream is watched from its first word on: before it there is no price to trade at. At the end of its day it is not.
struct StreamWatch: ~Copyable {
    /// By stream; 0: not watched.
    private var heardNs: FixedArray<UInt64>
    private var isStaleAt: FixedArray<Bool>
    /// 0: nobody watches.
    var delayNs: UInt64
    /// When to look next; `UInt64.max`: never.
    private(set) var dueNs = UInt64.max
    private(set) var staleCount = 0

    init(delayNs: UInt64) {
        heardNs = FixedArray(count: 256, repeating: 0, for: "what streams were heard")
        isStaleAt = FixedArray(count: 256, repeating: false, for: "streams that are silent")
        self.delayNs = delayNs
    }

    mutating func isStale(_ stream: UInt8) -> Bool { isStaleAt[Int(stream)] }

    /// The same for those who only look.
    func isStaleNow(_ stream: UInt8) -> Bool { isStaleAt[Int(stream)] }

    /// For how long nothing was heard; 0: not watched.
    mutating func silenceNs(_ stream: UInt8, nowNs: UInt64) -> UInt64 {
        let heard = heardNs[Int(stream)]
        return heard == 0 || heard > nowNs ? 0 : nowNs - heard
    }

    /// The stream has spoken. `true`: it was silent for too long before.
    @inline(__always)
    mutating func hear(_ stream: UInt8, nowNs: UInt64) -> Bool {
        let at = Int(stream)
        let isNew = heardNs[at] == 0
        heardNs[at] = max(nowNs, 1)
        if isNew { dueNs = min(dueNs, nowNs &+ delayNs) }
        guard isStaleAt[at] else { return false }
        isStaleAt[at] = false
        staleCount -= 1
        dueNs = min(dueNs, nowNs &+ delayNs)
        return true
    }

    /// Nothing more is expected. `true`: it was silent for too long before.
    mutating func end(_ stream: UInt8) -> Bool {
        heardNs[Int(stream)] = 0
        guard isStaleAt[Int(stream)] else { return false }
        isStaleAt[Int(stream)] = false
        staleCount -= 1
        return true
    }

    /// The next stream, from `first` on, that has become silent for too long by now; `nil`: none is left, and when to look
    /// again is set.
    mutating func takeStale(from first: Int, nowNs: UInt64) -> UInt8? {
        for stream in first..<256 where heardNs[stream] != 0 && !isStaleAt[stream] {
            guard nowNs >= heardNs[stream] &+ delayNs else { continue }
            isStaleAt[stream] = true
            staleCount += 1
            return UInt8(stream)
        }
        dueNs = .max
        for stream in 0..<256 where heardNs[stream] != 0 && !isStaleAt[stream] {
            dueNs = min(dueNs, heardNs[stream] &+ delayNs)
        }
        return nil
    }

    /// Another delay; 0: nobody watches any more.
    mutating func setDelay(_ ns: UInt64, nowNs: UInt64) {
        delayNs = ns
        dueNs = ns == 0 ? .max : nowNs
        guard ns == 0 else { return }
        for stream in 0..<256 {
            heardNs[stream] = 0
            isStaleAt[stream] = false
        }
        staleCount = 0
    }
}

/// Holds packets back while the receiver's queue is filled to a quarter, so that loopback drops nothing.
///
/// Looks every ``packetCountMax`` packets or every millisecond; between two looks no more is sent than the queue has
/// room for, whatever the packets' size.
struct SendGate: ~Copyable {
    /// 16 datagrams take at most 16 · 4.25 KiB of the kernel's bookkeeping: a third of the smallest usual buffer.
    static let packetCountMax = 16
    static let lookEveryNs: UInt64 = 1_000_000
    static let lookAgainNs: UInt64 = 50_000
    /// A queue that does not move for so long belongs to a receiver that has stopped reading.
    static let stallNsMax: UInt64 = 5_000_000_000

    private var queue: ReceiverQueue?
    private let pauseBytes: UInt64
    private var sentSinceLook = 0
    private var lookedAtNs: UInt64 = 0
    private var isPaused = false
    private var pausedSinceNs: UInt64 = 0
    private var firstDrops: UInt64?
    private var lastDrops: UInt64 = 0
    private var hasComplained = false

    private(set) var pausedNs: UInt64 = 0
    /// Something that a person should know, once; taken by ``takeNote()``.
    private var note: String?

    /// - Parameter port: `nil`: the receiver is not on this machine, nothing is looked at.
    init(port: UInt16?) {
        if let port { queue = ReceiverQueue(port: port) } else { queue = nil }
        pauseBytes = ReceiverQueue.pauseBytes()
    }

    /// Datagrams that the receiver lost since the first look; `nil`: nobody told.
    var drops: UInt64? { firstDrops.map { lastDrops - min($0, lastDrops) } }

    mutating func takeNote() -> String? {
        defer { note = nil }
        return note
    }

    mutating func sent() { sentSinceLook += 1 }

    /// Whether a packet may go now.
    mutating func isOpen(nowNs: UInt64) -> Bool {
        guard queue != nil else { return true }
        let age = nowNs - min(lookedAtNs, nowNs)
        let isDue =
            isPaused
            ? age >= Self.lookAgainNs : age >= Self.lookEveryNs || sentSinceLook >= Self.packetCountMax
        if isDue { look(nowNs) }
        return !isPaused
    }

    /// Looks at the receiver's queue now.
    mutating func look(_ nowNs: UInt64) {
        lookedAtNs = nowNs
        sentSinceLook = 0
        let wasPaused = isPaused
        switch queue?.look() ?? .unavailable {
        case .waiting(let bytes, let drops):
            if firstDrops == nil || drops < lastDrops { firstDrops = drops }
            lastDrops = drops
            isPaused = bytes > pauseBytes
        case .nobody:
            isPaused = false
        case .unavailable:
            isPaused = false
            queue = nil
            note =
                "/proc/net/udp cannot be read: the sender does not follow its receiver, and a burst may be dropped"
        }
        if isPaused, !wasPaused { pausedSinceNs = nowNs }
        if wasPaused, !isPaused { pausedNs += nowNs - min(pausedSinceNs, nowNs) }
        guard isPaused, nowNs - min(pausedSinceNs, nowNs) > Self.stallNsMax else { return }
        // Better to lose packets, counted, than to stand still for ever.
        pausedNs += nowNs - min(pausedSinceNs, nowNs)
        isPaused = false
        queue = nil
        if !hasComplained {
            hasComplained = true
            note = "the receiver of market data has not read for 5 s: sending goes on without waiting for it"
        }
    }
}

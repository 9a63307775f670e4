/// How far an order has come. One of the four parts of an order's state that move independently.
@frozen public enum Lifecycle: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Made; risk has not spoken.
    case created = 0
    /// An emulated stop that has not been triggered.
    case held = 1
    /// Passed risk, queued for its venue session.
    case pending = 2
    /// Its bytes were given to the venue session.
    case submitted = 3
    /// The venue has it.
    case accepted = 4
    case filled = 5
    case cancelled = 6
    case rejected = 7
    case expired = 8
    /// Ended, all requests answered, evidence horizon passed: the slot is free for another.
    case closed = 9

    /// Nothing more will execute, as far as anybody has told us.
    @inlinable public var isEnded: Bool {
        switch self {
        case .created, .held, .pending, .submitted, .accepted: false
        case .filled, .cancelled, .rejected, .expired, .closed: true
        }
    }
}

/// What has been asked about an order and not been answered. The second part.
@frozen public enum Request: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case none = 0
    case cancelPending = 1
    case replacePending = 2
}

/// What we know of an order. The third part; quantities are the fourth.
@frozen public enum Knowledge: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case known = 0
    /// A send or a request got no answer; only evidence ends it.
    case inDoubt = 1
    /// The venue told something that the order cannot explain.
    case disputed = 2
}

/// What people see: derived from the four parts, never stored.
@frozen public enum OrderStatus: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case created, held, pending, submitted, accepted, partiallyFilled, pendingReplace, pendingCancel
    case expired, rejected, cancelled, filled, inDoubt, disputed, closed

    /// The first that applies, in the order: closed, disputed, in doubt, ended, pending cancel, pending replace,
    /// partially filled, accepted, submitted, pending, held, created.
    @inlinable public init(lifecycle: Lifecycle, request: Request, knowledge: Knowledge, filled: Quantity) {
        if lifecycle == .closed {
            self = .closed
            return
        }
        switch knowledge {
        case .disputed:
            self = .disputed
            return
        case .inDoubt:
            self = .inDoubt
            return
        case .known: break
        }
        switch lifecycle {
        case .filled: self = .filled
        case .cancelled: self = .cancelled
        case .rejected: self = .rejected
        case .expired: self = .expired
        case .closed: self = .closed
        case .created, .held, .pending, .submitted, .accepted:
            switch request {
            case .cancelPending: self = .pendingCancel
            case .replacePending: self = .pendingReplace
            case .none:
                if filled.raw > 0 {
                    self = .partiallyFilled
                    return
                }
                switch lifecycle {
                case .accepted: self = .accepted
                case .submitted: self = .submitted
                case .pending: self = .pending
                case .held: self = .held
                case .created, .filled, .cancelled, .rejected, .expired, .closed: self = .created
                }
            }
        }
    }
}

/// Whether an instrument trades, as its venue last said.
@frozen public enum MarketStatus: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// The venue has said nothing yet.
    case unknown = 0
    case trading = 1
    /// Also every letter that we do not know: who cannot tell does not trade.
    case halted = 2
    case paused = 3
    /// Quotes may be entered, nothing executes.
    case quotationOnly = 4

    /// - Parameter code: `T`, `H`, `P` or `Q`, as market events of the kind `status` carry it.
    @inlinable public init(code: UInt8) {
        switch code {
        case 0x54: self = .trading
        case 0x50: self = .paused
        case 0x51: self = .quotationOnly
        // A letter off the wire may be any byte.
        default: self = .halted
        }
    }
}

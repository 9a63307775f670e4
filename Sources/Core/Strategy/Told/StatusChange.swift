public import Model

/// What the venue says about trading in an instrument from here on; or that markets have opened or closed by their hours.
@frozen public struct StatusChange: BitwiseCopyable, Sendable {
    /// `.none`: hours have changed, of whichever instruments; ``StrategyContext/state(_:)`` of each is `.halted` while it is
    /// closed.
    public var instrument: InstrumentID
    public var status: MarketStatus

    @inlinable public init(instrument: InstrumentID, status: MarketStatus) {
        self.instrument = instrument
        self.status = status
    }

    @inlinable public var isTrading: Bool { status == .trading }
}

public import Model

/// What the venue says about trading in an instrument from here on.
@frozen public struct StatusChange: BitwiseCopyable, Sendable {
    public var instrument: InstrumentID
    public var status: MarketStatus

    @inlinable public init(instrument: InstrumentID, status: MarketStatus) {
        self.instrument = instrument
        self.status = status
    }

    @inlinable public var isTrading: Bool { status == .trading }
}

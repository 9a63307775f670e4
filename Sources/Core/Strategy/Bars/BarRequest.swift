public import Model

/// A subscription on its way from a callback to the core.
@usableFromInline struct BarRequest: BitwiseCopyable {
    @usableFromInline var period: BarPeriod
    @usableFromInline var instrument: InstrumentID

    @inlinable init(period: BarPeriod, instrument: InstrumentID) {
        self.period = period
        self.instrument = instrument
    }
}

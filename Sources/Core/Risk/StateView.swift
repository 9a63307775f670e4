public import Model

/// The states of strategies and instruments, to look at from beside their table: for strategies, whose context is no part of it.
@safe public struct StateView {
    private let strategies: UnsafePointer<ScopeState>
    private let instruments: UnsafePointer<ScopeState>
    private let strategyCount: Int
    private let instrumentCount: Int

    init(
        strategies: UnsafePointer<ScopeState>, instruments: UnsafePointer<ScopeState>, strategyCount: Int,
        instrumentCount: Int
    ) {
        unsafe self.strategies = strategies
        unsafe self.instruments = instruments
        self.strategyCount = strategyCount
        self.instrumentCount = instrumentCount
    }

    /// The stricter of a strategy's and an instrument's state. Traps outside the instrument table.
    #if !DEBUG
    @_noLocks
    #endif
    public func state(_ strategy: Int, _ instrument: Int) -> TradingState {
        precondition(instrument >= 0 && instrument < instrumentCount, "Caller: an instrument is in the table")
        // SAFETY: the index was checked, and the table outlives its view.
        let state = unsafe instruments[instrument].state
        guard strategy >= 0, strategy < strategyCount else { return state }
        // SAFETY: as above.
        return unsafe max(state, strategies[strategy].state)
    }
}

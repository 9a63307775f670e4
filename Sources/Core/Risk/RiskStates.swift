internal import Memory
internal import Model

/// The states of all scopes. What every order looks at is not here: see ``AccountRisk/stateBits`` and
/// ``RiskLine/stateBits``, which are kept by difference.
struct RiskStates: ~Copyable {
    var account = ScopeState()
    /// By the strategies' indices.
    private var strategies: FixedArray<ScopeState>
    private var instruments: FixedArray<ScopeState>
    /// Strategies that may do less than everything.
    private(set) var strategyCount = 0
    /// Instruments and strategies that are halted.
    private(set) var haltedCount = 0
    /// Scopes that may only liquidate, the account among them.
    private(set) var liquidatingCount = 0

    // What has changed and is still to be carried out: orders to be asked back, positions to be closed.
    /// There is something.
    var hasPending = false
    var hasPendingAccount = false
    var pendingStrategies: UInt64 = 0
    /// `.max`: none. Nothing but a person changes an instrument's state to what has to be carried out: one an input.
    var pendingInstrument = UInt32.max
    /// Strategies whose own positions are to be closed as soon as nothing of them works.
    var closingStrategies: UInt64 = 0
    /// The last instrument whose position moved in a step, and whether there were several.
    var movedInstrument = UInt32.max
    var hasMovedMany = false

    init(instrumentCountMax: Int) {
        strategies = FixedArray(
            count: StrategyContext.strategyCountMax, repeating: ScopeState(), for: "states of strategies")
        instruments = FixedArray(
            count: instrumentCountMax, repeating: ScopeState(), for: "states of instruments")
    }

    /// The table from beside it. It keeps addresses into the table, whose pages do not move.
    // SAFETY: whoever makes a view lets it go before the table.
    @unsafe var view: StateView {
        unsafe StateView(
            strategies: UnsafePointer(strategies.unsafeBase),
            instruments: UnsafePointer(instruments.unsafeBase), strategyCount: strategies.count,
            instrumentCount: instruments.count)
    }

    /// A strategy's state; one beyond the table is the engine itself, of which nothing is asked.
    mutating func strategy(_ strategy: UInt16) -> ScopeState {
        Int(strategy) < strategies.count ? strategies[Int(strategy)] : ScopeState()
    }

    mutating func instrument(_ index: Int) -> ScopeState { instruments[index] }

    mutating func state(_ scope: RiskScope, _ index: Int) -> ScopeState {
        switch scope {
        case .account: account
        case .strategy: strategies[index]
        case .instrument: instruments[index]
        }
    }

    /// The same for those who only look.
    func look(_ scope: RiskScope, _ index: Int) -> ScopeState {
        switch scope {
        case .account: account
        case .strategy: strategies[index]
        case .instrument: instruments[index]
        }
    }

    /// Whether there is such a scope.
    func isScope(_ scope: RiskScope, _ index: Int) -> Bool {
        switch scope {
        case .account: true
        case .strategy: index >= 0 && index < strategies.count
        case .instrument: index >= 0 && index < instruments.count
        }
    }

    /// Notes what a cause asks for, and that it is to be carried out.
    mutating func set(_ scope: RiskScope, _ index: Int, _ cause: StateCause, _ state: TradingState) {
        let before = self.state(scope, index)
        var after = before
        after.set(cause, state)
        let must = after.state >= .liquidationOnly
        if must { hasPending = true }
        switch scope {
        case .account:
            account = after
            if must { hasPendingAccount = true }
        case .strategy:
            strategies[index] = after
            strategyCount += (after.isNormal ? 0 : 1) - (before.isNormal ? 0 : 1)
            if must {
                pendingStrategies |= 1 << UInt64(index)
            } else {
                closingStrategies &= ~(1 << UInt64(index))
            }
        case .instrument:
            instruments[index] = after
            if must { pendingInstrument = UInt32(truncatingIfNeeded: index) }
        }
        liquidatingCount +=
            (after.state == .liquidationOnly ? 1 : 0) - (before.state == .liquidationOnly ? 1 : 0)
        guard scope != .account else { return }
        haltedCount += (after.state == .halted ? 1 : 0) - (before.state == .halted ? 1 : 0)
    }

    /// An instrument's position has moved: what only liquidates has to look at its orders again.
    mutating func noteMoved(_ index: Int) {
        let instrument = UInt32(truncatingIfNeeded: index)
        hasPending = true
        if movedInstrument != .max, movedInstrument != instrument { hasMovedMany = true }
        movedInstrument = instrument
    }
}

@_exported public import Core
@_exported public import Model
@_exported public import Runtime
@_exported public import Settings

extension Spinetail {
    /// The whole program over your strategies: every command, this process's command line. Three lines make an
    /// executable of it; see Documentation/strategies.md.
    public static func main<Strategies: StrategySet & Sendable>(_ program: StrategyProgram<Strategies>) -> Never {
        main([.run(program)] + verbs)
    }
}

extension Both where First == OrderBookImbalance, Second == EmaCross {
    /// The example strategies with the parameters that the settings name.
    public init(settings: Settings) {
        self.init(OrderBookImbalance(settings: settings), EmaCross(settings: settings))
    }
}

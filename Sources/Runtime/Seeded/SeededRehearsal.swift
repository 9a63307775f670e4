internal import Core
internal import Model

/// The piece that ``SeededTrader/init(rehearsing:)`` plays, a step at a timer: one order is entered, replaced once it has
/// executed in part, and cancelled. What a lost connection keeps from being asked is asked again, a few times.
struct SeededRehearsal: Sendable {
    static var everyNs: UInt64 { 4_000_000 }
    static var limit: Price { Price(raw: 1_001_000) }
    static var replacedLimit: Price { Price(raw: 1_000_000) }

    private var hasBegun = false
    private var turns = 0
    private var order = OrderHandle.none
    private var hasOrder = false
    private var isExecuted = false
    private var isReplaced = false
    private var isOver = false
    private let instrument = InstrumentID(index: 0)

    mutating func onQuote(_ quote: Quote, _ context: inout StrategyContext) {
        guard !hasBegun, quote.instrument == instrument, quote.bidQuantity.raw > 0, quote.askQuantity.raw > 0
        else { return }
        hasBegun = context.setTimer(afterNs: Self.everyNs, id: 0)
    }

    mutating func onTimer(_ context: inout StrategyContext) {
        turns += 1
        if turns < 100 { _ = context.setTimer(afterNs: Self.everyNs, id: 0) }
        guard !isOver else { return }
        hasOrder = hasOrder || context.workingCount(instrument, .buy) > 0
        if !hasOrder {
            context.signal(
                Signal(instrument: instrument, action: .buy, limit: Self.limit, quantity: Quantity(raw: 100)))
        } else if !isReplaced, turns < 14 {
            guard isExecuted else { return }
            context.replace(order, in: instrument, limit: Self.replacedLimit, quantity: Quantity(raw: 150))
        } else if turns >= 12 {
            context.cancel(order, in: instrument)
        }
    }

    mutating func onFill(_ fill: Fill) {
        isExecuted = true
        if !fill.handle.isNone { order = fill.handle }
    }

    mutating func onOrder(_ update: OrderUpdate) {
        order = update.handle
        isReplaced = isReplaced || update.price == Self.replacedLimit
        switch update.status {
        case .filled, .cancelled, .rejected, .expired, .closed: isOver = true
        case .created, .held, .pending, .submitted, .accepted, .partiallyFilled, .pendingReplace,
            .pendingCancel,
            .inDoubt, .disputed:
            break
        }
    }
}

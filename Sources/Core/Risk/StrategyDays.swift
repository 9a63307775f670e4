internal import Memory
internal import Model

/// What each strategy made of its own book, marked at the market and in the base currency, exact; and how much of it it
/// may lose in a day.
struct StrategyDays: ~Copyable {
    struct Day: BitwiseCopyable {
        /// Realised and unrealised, before fees: books have none.
        var profit = BaseMoney.zero
        /// ``profit`` when the day began, or its loss was lifted.
        var base = BaseMoney.zero
        /// In money units; 0: not limited, and not kept.
        var lossMax: Int128 = 0
    }

    private var days: FixedArray<Day>
    /// By strategy and instrument, in the instrument's currency: what of ``Day/profit`` comes from there.
    private var parts: FixedArray<Int128>
    private let instrumentCount: Int
    /// Those that have a book.
    let strategyCount: Int
    /// A strategy's loss is limited.
    private(set) var isOn = false

    init(_ limits: [StrategyLimits], instrumentCountMax: Int) {
        strategyCount = limits.count
        instrumentCount = instrumentCountMax
        days = FixedArray(count: max(strategyCount, 1), repeating: Day(), for: "days of strategies")
        parts = FixedArray(
            count: max(strategyCount, 1) * instrumentCountMax, repeating: 0, for: "profit of strategies")
        for (strategy, limit) in limits.enumerated() { setLimit(strategy, limit.dayLossMax.raw) }
    }

    subscript(strategy: Int) -> Day {
        _read { yield days[strategy] }
        _modify { yield &days[strategy] }
    }

    mutating func setLimit(_ strategy: Int, _ lossMax: Int128) {
        days[strategy].lossMax = max(lossMax, 0)
        isOn = false
        for place in 0..<strategyCount where days[place].lossMax > 0 { isOn = true }
    }

    mutating func beginDay() {
        for strategy in 0..<strategyCount { days[strategy].base = days[strategy].profit }
    }

    /// Puts what a strategy's book in an instrument is worth in the place of what it was.
    mutating func put(_ strategy: Int, _ index: Int, _ amount: Int128, worth: Int128) {
        let place = strategy * instrumentCount + index
        let moved = amount - parts[place]
        guard moved != 0 else { return }
        parts[place] = amount
        days[strategy].profit.add(moved, times: worth)
    }

    /// Everything of an instrument is worth more or less of the base from here on.
    mutating func revalue(_ index: Int, by moved: Int128) {
        for strategy in 0..<strategyCount {
            let amount = parts[strategy * instrumentCount + index]
            if amount != 0 { days[strategy].profit.add(amount, times: moved) }
        }
    }

    /// Whether the strategy has lost what it may in a day; at the limit it has.
    mutating func isOver(_ strategy: Int) -> Bool {
        let day = days[strategy]
        guard day.lossMax > 0 else { return false }
        return day.profit <= day.base - BaseMoney(money: day.lossMax)
    }
}

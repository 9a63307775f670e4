/// Between which prices nothing that is held in an instrument moves.
struct TriggerLine: BitwiseCopyable {
    /// A trade at or above this moves a buy stop; `Int64.max`: there is none.
    var lowestBuy: Int64 = .max
    /// A trade at or below this moves a sell stop; `Int64.min`: there is none.
    var highestSell: Int64 = .min
    /// A trade above this moves a trailing sell stop's price, one below the other a buy's.
    var trailAbove: Int64 = .max
    var trailBelow: Int64 = .min

    /// Whether a trade at `price` has to be looked at.
    func concerns(_ price: Int64) -> Bool {
        price >= lowestBuy || price <= highestSell || price > trailAbove || price < trailBelow
    }

    var isEmpty: Bool { lowestBuy == .max && highestSell == .min }
}

/// What an order's executions have cost by rate: what a minimum for each order is held against.
struct OrderFees: BitwiseCopyable {
    /// Sum over the executions that stand, in millionths of the money unit.
    private var byRateMillionths: Int128 = 0
    /// Executions that stand.
    private var executionCount: Int32 = 0
    /// Of the order's handle: another order in the same slot begins anew.
    private(set) var generation: UInt32

    init(generation: UInt32) { self.generation = generation }

    /// Adds what executions cost by rate, and tells what the account is charged for it.
    ///
    /// - Parameters:
    ///   - byRate: negative where executions are undone.
    ///   - executions: how many more stand than before.
    ///   - minimum: in millionths; above zero.
    mutating func charge(_ byRate: Int128, executions: Int32, minimum: Int128) -> Int128 {
        let before = executionCount > 0 ? max(minimum, byRateMillionths) : 0
        byRateMillionths += byRate
        // What is undone here may have been booked while nobody knew the order.
        executionCount = max(executionCount + executions, 0)
        if executionCount == 0 { byRateMillionths = 0 }
        return (executionCount > 0 ? max(minimum, byRateMillionths) : 0) - before
    }
}

internal import Model

/// What stays of an order for the day after its slot went to another: enough to book a late report from.
struct Residue: BitwiseCopyable {
    var id = OrderID.none
    /// What executed and stands, for the people who look at a late report.
    var filled: Int64 = 0
    var instrument: UInt32 = .max
    var strategy: UInt16 = .max
    var side: Side = .none
    var session: UInt8 = 0
}

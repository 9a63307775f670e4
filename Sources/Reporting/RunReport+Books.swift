extension RunReport {
    /// What our books and the venue's came to: doubt and dispute at the end, and what comparing them has shown.
    public struct Books: Codable, Sendable {
        /// Orders of which the venue told what they cannot explain, open or ended: a person has to look at them.
        public var disputedOrders: [OpenOrder] = []
        /// Comparisons with the venue's books that were asked for; 0: nobody could be, or nobody did.
        public var comparisonsAsked: UInt64 = 0
        /// Answered in full and compared.
        public var comparisonsDone: UInt64 = 0
        /// Answered, and not complete or of another moment than ours: nothing was concluded.
        public var comparisonsUseless: UInt64 = 0
        public var comparisonsFailed: UInt64 = 0
        /// Why the last that failed did.
        public var lastFailure: String?
        /// Found in all comparisons; `events --kind reconciliation_difference` tells each.
        public var differences: UInt64 = 0
        /// Executions that were booked because the venue's position says so.
        public var executionsInferred: UInt64 = 0

        public init() {}
    }

    func bookLines() -> [String] {
        var lines: [String] = []
        if !books.disputedOrders.isEmpty {
            lines.append(
                "Disputed orders: \(books.disputedOrders.count), of which the venue told what they cannot explain"
            )
            for order in books.disputedOrders.prefix(20) {
                lines.append(
                    "  \(order.id)  \(order.symbol) \(order.side), leaves \(order.leaves) at \(order.price), number "
                        + "\(order.userRef)")
            }
            if books.disputedOrders.count > 20 {
                lines.append("  … and \(books.disputedOrders.count - 20) more; all of them in report.json")
            }
        }
        guard books.comparisonsAsked > 0 else { return lines }
        lines.append(
            "Venue's books: compared \(books.comparisonsDone) of \(books.comparisonsAsked) times "
                + "(\(books.comparisonsFailed) failed, \(books.comparisonsUseless) of no use), "
                + "\(books.differences) differences, \(books.executionsInferred) executions inferred")
        if let failure = books.lastFailure { lines.append("  last failure: \(failure)") }
        return lines
    }
}

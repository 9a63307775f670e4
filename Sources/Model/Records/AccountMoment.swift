/// When the account's state was written down.
@frozen public enum AccountMoment: UInt32, BitwiseCopyable, Sendable, CaseIterable {
    /// The run begins.
    case start = 1
    /// The venue's day is over; its profit is the ended day's, and counts from zero behind this.
    case dayEnd = 2
    /// A currency is worth something else.
    case rate = 3
    /// The run ends.
    case stop = 4
}

/// What a back office does wrong on purpose. Each number: of every so many answers, one; 0: none.
public struct BackOfficeFaults: Sendable, Equatable {
    /// `nil`: exactly every so many answers; else each answer by chance, the same answers for the same seed.
    public var seed: UInt64?
    /// Waits ``lateNs`` before it is sent; what is true at the request is what it says.
    public var lateEvery: UInt64 = 0
    public var lateNs: UInt64 = 500_000_000
    /// Leaves out the last half of its records, and says that it is not complete.
    public var partialEvery: UInt64 = 0
    /// One of its pages is not sent.
    public var lostPageEvery: UInt64 = 0
    /// Leaves a record out, and vouches for being complete; of one order: says that it is unknown.
    public var missingEvery: UInt64 = 0
    /// A quantity in it is wrong by one lot of 100, or by one where it is smaller.
    public var wrongQuantityEvery: UInt64 = 0
    /// Says what the last answer to the same question said, with that one's time and sequence number: it is old, and one
    /// can see it. The first answer to a question is that of the start of the day: nothing.
    public var staleEvery: UInt64 = 0
    /// As ``staleEvery``, but with the time and sequence number of now.
    public var staleUnseenEvery: UInt64 = 0
    /// The connection ends in the middle of it.
    public var dropEvery: UInt64 = 0
    /// Says that it cannot say now.
    public var unavailableEvery: UInt64 = 0
    /// Faults of the next answers, one each, before any by number or chance.
    public var next: [Kind] = []

    public enum Kind: String, Sendable, CaseIterable {
        case none
        case late
        case partial
        case lostPage
        case missing
        case wrongQuantity
        case stale
        case staleUnseen
        case drop
        case unavailable
    }

    public init() {}

    /// How often a fault comes, in the order in which they are looked at.
    var rates: [(kind: Kind, every: UInt64)] {
        [
            (.drop, dropEvery), (.unavailable, unavailableEvery), (.stale, staleEvery),
            (.staleUnseen, staleUnseenEvery), (.missing, missingEvery), (.wrongQuantity, wrongQuantityEvery),
            (.partial, partialEvery), (.lostPage, lostPageEvery), (.late, lateEvery),
        ]
    }
}

/// Counts of a back office.
public struct BackOfficeCounters: Sendable, Equatable {
    public var requests: UInt64 = 0
    public var answers: UInt64 = 0
    public var refusedLogOns: UInt64 = 0
    /// Connections that were ended because of what they sent.
    public var malformed: UInt64 = 0
    public var faults: [BackOfficeFaults.Kind: UInt64] = [:]

    public init() {}
}

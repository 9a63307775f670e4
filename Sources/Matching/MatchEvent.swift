public import Model

/// What a command did, in the order in which it happened.
@frozen public enum MatchEventKind: UInt8, BitwiseCopyable, Sendable {
    /// A new order: `reference`, its `quantity` as sent, `remaining`: what of it rests in the book after the command.
    case accepted = 1
    /// `reference` is the resting order (maker), `otherReference` the arriving one (taker); `price` the maker's,
    /// `quantity` what traded, `remaining` and `otherRemaining` what is left of each.
    case executed = 2
    /// `quantity` was taken off `reference`; `remaining` stays in the book. Of a resting order that would have traded
    /// with its owner: `otherReference` is the arriving order, `otherRemaining` what was kept from trading.
    case cancelled = 3
    /// `otherReference` was replaced by `reference`, which may be the same number where it kept its place.
    /// `quantity` as asked, `remaining`: what rests after the command, `otherRemaining`: what the old one had.
    case replaced = 4
    /// Nothing changed; `reason` says why.
    case rejected = 5
}

/// Why a command was rejected, or why an order was cancelled.
@frozen public enum MatchReason: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case none = 0
    /// Cancelled because its owner asked.
    case asked = 1
    /// What was left of an order that may not rest.
    case immediate = 2
    /// Cancelled because it would have traded with its own owner, and the setting forbids that.
    case selfTrade = 3
    /// Cancelled because one command filled as many orders as the event buffer holds.
    case tooManyFills = 4
    /// Rejected from here on.
    case unknownInstrument = 5
    case badSide = 6
    case badQuantity = 7
    /// Not positive, above the highest, or not a multiple of the tick.
    case badPrice = 8
    /// A post-only order that would trade on arrival.
    case wouldTrade = 9
    /// A fill-or-kill order that cannot be filled.
    case notFillable = 10
    /// The order is not in the book: filled, cancelled, or never there.
    case unknownOrder = 11
    /// A cancel to a quantity that is not below what is left.
    case nothingToCancel = 12
    /// Every order record is in use.
    case orderPoolFull = 13
    /// Every page of price levels is in use.
    case levelPoolFull = 14
}

/// One thing that a command did.
@frozen public struct MatchEvent: BitwiseCopyable, Sendable {
    public var reference: UInt64
    public var otherReference: UInt64
    /// Of an execution: 1, 2, 3 … over all instruments.
    public var matchNumber: UInt64
    public var price: Price
    public var quantity: UInt32
    public var remaining: UInt32
    public var otherRemaining: UInt32
    /// Of `reference`.
    public var owner: UInt32
    /// Of `reference`.
    public var userRef: UInt32
    public var instrument: InstrumentID
    public var kind: MatchEventKind
    /// Of `reference`.
    public var side: Side
    public var reason: MatchReason
    /// Replaced in place: same reference, same place in the queue.
    public var keptPlace: Bool

    @inlinable public init() {
        reference = 0
        otherReference = 0
        matchNumber = 0
        price = Price(raw: 0)
        quantity = 0
        remaining = 0
        otherRemaining = 0
        owner = 0
        userRef = 0
        instrument = .none
        kind = .rejected
        side = .none
        reason = .none
        keptPlace = false
    }

    /// Every field at once: the engine writes an event straight to its place, never twice.
    @inline(__always)
    init(
        _ kind: MatchEventKind, reference: UInt64, otherReference: UInt64 = 0, matchNumber: UInt64 = 0,
        price: Price = Price(raw: 0), quantity: UInt32 = 0, remaining: UInt32 = 0, otherRemaining: UInt32 = 0,
        owner: UInt32 = 0, userRef: UInt32 = 0, instrument: InstrumentID = .none, side: Side = .none,
        reason: MatchReason = .none, keptPlace: Bool = false
    ) {
        self.reference = reference
        self.otherReference = otherReference
        self.matchNumber = matchNumber
        self.price = price
        self.quantity = quantity
        self.remaining = remaining
        self.otherRemaining = otherRemaining
        self.owner = owner
        self.userRef = userRef
        self.instrument = instrument
        self.kind = kind
        self.side = side
        self.reason = reason
        self.keptPlace = keptPlace
    }
}

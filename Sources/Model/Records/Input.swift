@_exported public import CSpinetailRecords

/// An input of the core, one cache line: see `st_records.h` for its fields.
public typealias Input = st_input

/// What an input tells the core. The comment says which fields carry what, beside sequence, times and source.
@frozen public enum InputKind: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// The run begins. `execution_id`: UTC nanoseconds at engine time 0; `user_ref`: engine epoch.
    case start = 1
    /// The run ends in order.
    case stop = 2
    /// A new offset of engine time to UTC. `execution_id`: UTC nanoseconds at engine time 0.
    case clockOffset = 3

    /// Market data, the bytes of one packet behind this record in the journal. `source`: stream;
    /// `execution_id`: sequence number of its first message; `quantity`: bytes; `flags` bit 0: more was waiting
    /// when this was taken (the strategy is then called once for the packet).
    case marketPacket = 10
    /// Messages of a stream are missing: what depends on them is stale. `execution_id`: first missing number;
    /// `quantity`: how many, 0 where that is not known.
    case feedGap = 11
    /// What was missing has been delivered: the stream is whole again. `execution_id`: next number expected.
    case feedWhole = 12
    /// The stream's session ended (end of day).
    case feedEnded = 13
    /// The stream began a new session, or numbers from the front again: its books are empty, and whole from here on.
    case feedRestarted = 14
    /// The stream has nothing to tell, and says that it lives. Only where silence is looked at, and seldom.
    case feedAlive = 15

    /// The venue session is logged on and has replayed all it had. `execution_id`: next sequenced message
    /// number; `user_ref`: the lowest client order number that the venue has never seen, 0 where unknown.
    case sessionUp = 20
    /// The connection is gone: what was sent and not answered is in doubt. `flags` bit 0: the venue ended its session in
    /// order.
    case sessionDown = 21
    /// The bytes of a command were handed to the connection. `user_ref`: the command's number.
    case submitted = 22
    /// Proven not sent: no byte of the command left. `user_ref`: the command's number.
    case sendFailed = 23

    /// `user_ref`; `quantity`, `price` as accepted; `execution_id`: the venue's own order number; `flags` bit 0:
    /// accepted dead (the order never rested); bit 1: its client order id is one of ours, of whichever run.
    case orderAccepted = 30
    /// `user_ref`; `quantity`, `price` of this execution; `execution_id`: match number; `flags`: the venue's liquidity
    /// flag, 7 bits, and bit 7: it gave what rested (``st_input/makerFlag``).
    case execution = 31
    /// Quantity left the order without execution. `user_ref`; `quantity`: how much; `flags`: the venue's reason.
    case orderCancelled = 32
    /// `user_ref` of an order or of a replacement; `flags`: the venue's reason code, low byte; `execution_id`: whole
    /// reason code; `quantity`: RefusalClass.
    case orderRejected = 33
    /// A cancel will not happen or not yet. `user_ref` of the order; `flags`: 0 refused, 1 pending.
    case cancelRefused = 34
    /// An execution was undone. `user_ref`; `execution_id`: its match number; `flags`: the venue's reason.
    case executionBroken = 35
    /// `user_ref`: the new number; `execution_id`: low 32 bits the old number; `quantity`, `price`: new terms.
    case orderReplaced = 36
    /// An execution was corrected. `user_ref`; `execution_id`: its match number; `quantity`, `price`: what stands now;
    /// `flags`: which correction of this execution it is, rising from 1.
    case executionCorrected = 38
    /// The order's time is over: `user_ref`; `quantity`: what left it; `flags`: the venue's reason.
    case orderExpired = 39
    /// Any other sequenced message of the venue: it moves the stream's number on. `flags`: its type letter.
    case venueNotice = 37

    /// A deadline of the core has come. `execution_id`: when it was due; `user_ref`: timer id.
    case timer = 40
    /// The operator speaks. `flags`: OperatorCommand, which says what the other fields are; `user_ref`: number of the
    /// request, for the answer.
    case operatorCommand = 50
    /// The journal's ring has passed half (`flags` 1) or has room again (0); or the journal takes nothing any more (2):
    /// nothing new is decided, and what works is cancelled.
    case journalPressure = 60
    /// Turns in which the strategies took longer than their budget, the first at once and then all of a second together.
    /// `quantity`: nanoseconds of the longest; `execution_id`: how many; `price`: the budget, nanoseconds.
    case strategyOverran = 61
    /// The hot thread did not come back from a turn, and the watchdog has shut the egress gate and ended the venue sessions:
    /// nothing new is decided, no strategy is called any more, and what works is cancelled. `quantity`: for how many
    /// nanoseconds it was away; `execution_id`: how many connections were shut down.
    case engineHeld = 62

    // What a back office told, in parts that count only together: begin, parts, commit.
    /// An answer begins. `source`: venue session; `user_ref`: number of the question; `execution_id`: the first
    /// message of the session's sequenced stream that it does not know of; `flags`: ReconciliationScope.
    case reconcileBegin = 70
    /// An open order of ours. `user_ref`; `quantity`: leaves; `price`; `execution_id`: the venue's number; `instrument`,
    /// `side`.
    case reconcileOrder = 71
    /// An execution that stands. `user_ref`; `quantity`, `price`, `execution_id`: match number; `instrument`, `side`;
    /// `flags` as for `execution`; `venue_time_ns` 1: it stands in the place of one that was undone.
    case reconcileExecution = 72
    /// A position. `instrument`; `quantity`: signed; `price`: average.
    case reconcilePosition = 73
    /// The answer is over. `flags` bit 0: it is complete; `quantity`: how many parts it has.
    case reconcileCommit = 74
    /// The question found no answer. `user_ref`: its number; `flags`: ReconciliationFailure.
    case reconcileFailed = 75

    // What an earlier run left, read from its journal before the first connection.
    /// An order. `user_ref`; `quantity`: ordered; `price`; `instrument`, `side`; `execution_id`: order id, low half;
    /// `venue_time_ns`: high half; `flags`: OrderFlags. Its terms follow.
    case restoreOrder = 80
    /// Terms of the order just restored. `price`: stop; `quantity`: trail; `execution_id`: expiry (UTC ns, 0: none);
    /// `user_ref`: strategy; `flags`: OrderType; `side`: TimeInForce; `instrument`: ``RestoredState``;
    /// `venue_time_ns`: how much of it the earlier run has seen executed.
    case restoreTerms = 81
    /// A position of an earlier day. `instrument`; `quantity`: signed; `price`: average.
    case restorePosition = 82
    /// Everything of the earlier runs has been told. `user_ref`: the lowest order number that none of them used.
    case restoreCommit = 83
    /// What ties a restored order to another, after all orders. `execution_id`, `venue_time_ns`: its id, low and high half;
    /// `flags`: OrderLink; `price`, `quantity`: the other's id, high and low half. `flags` 0: the prices of a bracket's
    /// children instead, `price`: take profit; `quantity`: stop loss; `user_ref`, `instrument`: what the children have
    /// executed, low and high half.
    case restoreTie = 84
    /// What stopped a scope outlives the run. `flags`: RiskScope; `side`: TradingState; `instrument` or `price`: its
    /// instrument or strategy's index; `user_ref`: Rule; `quantity`: the day it was of, by the venue's calendar;
    /// `execution_id`: since when it stands (UTC ns, 0: not known).
    case restoreState = 85
    /// Day trades of an earlier day. `execution_id`: the day, by the venue's calendar; `quantity`: how many.
    case restoreDayTrades = 86
    /// Peak of the account's equity in earlier runs. `quantity`, `price`: low and high half of an Int128 in the money scale.
    case restorePeak = 87

    /// A strategy's own book of earlier runs in one instrument. `user_ref`: strategy; `instrument`; `quantity`: signed
    /// position; `execution_id`, `venue_time_ns`: low and high half of its cost; `price`: realised, saturating; both in points,
    /// without the multiplier. The account's
    /// position is told by others.
    case restoreBook = 88
    /// Of the ``restoreState`` that follows. `execution_id`, `venue_time_ns`: who did it, low and high half of an
    /// OperatorName; `price`: limit, `quantity`: value that tripped it. Older journals have none.
    case restoreOrigin = 89

    // New limits, in parts that count only together: begin, parts, commit.
    /// `user_ref`: number of the request, for the answer.
    case limitsBegin = 90
    /// One limit. `flags`: RiskScope; `instrument`: of that scope; `price`: index of the strategy; `user_ref`: LimitKind;
    /// `quantity`: value.
    case limitsPart = 91
    /// `quantity`: how many parts there were; all are checked first, and then all or none are taken. `execution_id`: digest of
    /// the settings' limits, for the record.
    case limitsCommit = 92
}

extension st_input {
    /// A record with everything but its kind at nothing.
    @inlinable public init(kind: InputKind, source: UInt8 = 0) {
        self.init()
        self.kind = kind.rawValue
        self.source = source
        self.instrument = UInt32.max
    }

    /// Traps on a number that no kind has: the record was not made by this engine.
    @inlinable public var inputKind: InputKind {
        guard let known = InputKind(rawValue: kind) else {
            preconditionFailure("Invariant: input kind is known")
        }
        return known
    }

    /// Bit 7 of an execution's flags: it gave what rested. Without it it took, or the venue did not say.
    @inlinable public static var makerFlag: UInt8 { 0x80 }

    /// An execution's flags: the venue's own letter, of 7 bits, and whether it gave what rested.
    #if !DEBUG
    @_noLocks
    #endif
    @inlinable public static func executionFlags(_ letter: UInt8, isMaker: Bool) -> UInt8 {
        (letter < makerFlag ? letter : 0) | (isMaker ? makerFlag : 0)
    }

    /// Whether an execution gave what rested.
    @inlinable public var isMaker: Bool { flags & Self.makerFlag != 0 }

    /// Of an execution, as the fact of it has it: the venue's liquidity flag, and bit 8: it gave what rested.
    @inlinable public var liquidity: UInt32 {
        UInt32(flags & ~Self.makerFlag) | (isMaker ? Self.makerDetail : 0)
    }

    /// Bit 8 of the detail of `FactKind.orderFilled`: it gave what rested.
    @inlinable public static var makerDetail: UInt32 { 0x100 }

    @inlinable public var orderSide: Side {
        guard let known = Side(rawValue: side) else { preconditionFailure("Invariant: side is known") }
        return known
    }
}

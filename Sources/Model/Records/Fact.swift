/// A fact that the core decided or learned, one cache line: see `st_records.h` for its fields.
public typealias Fact = st_fact

/// What a fact tells. The comment says which fields carry what, beside the order's id, number, instrument, side
/// and strategy, which are there whenever they are known.
///
/// Facts are enough to rebuild orders and positions without deciding again.
@frozen public enum FactKind: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// A strategy wants something. `price`: reference price; `execution_id`: bits of the strength (Double);
    /// `detail`: SignalAction.
    case signal = 1
    /// A signal came to nothing. `detail`: Rule; `price`: limit; `quantity`: value.
    case signalDiscarded = 2

    /// `price`, `quantity`: terms; `detail`: type | time in force << 8 | flags << 16; `execution_id`: bits of
    /// the signal's strength.
    case orderCreated = 10
    /// Our own risk said no. `detail`: Rule; `price`: limit; `quantity`: value that would have passed it.
    case riskRejected = 11
    /// Passed risk, queued for the session.
    case orderPending = 12
    case orderSubmitted = 13
    /// Proven not sent.
    case orderSendFailed = 14
    /// `execution_id`: the venue's order number; `quantity`, `price` as accepted.
    case orderAccepted = 15
    /// Booked. `price`, `quantity`, `execution_id`: match number; `detail`: liquidity flag.
    case orderFilled = 16
    /// `detail`: the venue's reason. `quantity`: what left the order.
    case orderCancelled = 17
    /// `detail`: the venue's reason code.
    case orderRejected = 18
    case orderExpired = 19
    case cancelRequested = 20
    case cancelRefused = 21
    case orderReplaced = 22
    /// An execution was undone: `price`, `quantity`, `execution_id`.
    case executionBroken = 23
    /// The same execution again; nothing was booked. `execution_id`.
    case executionRepeated = 24
    /// The slot is free again.
    case orderClosed = 25

    /// `detail`: how it came (InputKind).
    case orderInDoubt = 30
    /// Evidence has ended the doubt. `detail`: the lifecycle that it led to.
    case orderResolved = 31
    /// The venue told what the order cannot explain. `detail`: InputKind.
    case orderDisputed = 32
    /// A report that the lifecycle does not allow: refused, alerted. `detail`: lifecycle << 8 | InputKind.
    case illegalTransition = 33

    /// `quantity`: net position; `price`: average entry price, rounded; `execution_id`: realised P&L (Int64 in
    /// the instrument's money scale, saturating).
    case positionOpened = 40
    case positionChanged = 41
    case positionClosed = 42

    /// `detail`: 1 stale, 0 whole, 2 broken (a bound was passed or the feed contradicted itself).
    case bookState = 50
    /// `detail`: TradingState of the scope; instrument none: the account.
    case riskState = 51
    /// Something a person should see. `detail`: AlertCode; `quantity`, `price`: what it concerns.
    case alert = 60
    /// Digest of positions and counters after `quantity` inputs. `execution_id`: the digest.
    case digest = 70
}

extension st_fact {
    @inlinable public init(kind: FactKind, sequence: UInt64) {
        self.init()
        self.kind = kind.rawValue
        self.sequence = sequence
        self.instrument = UInt32.max
        self.strategy = UInt16.max
    }

    /// Traps on a number that no kind has: the record was not made by this engine.
    @inlinable public var factKind: FactKind {
        guard let known = FactKind(rawValue: kind) else {
            preconditionFailure("Invariant: fact kind is known")
        }
        return known
    }

    @inlinable public var orderID: OrderID {
        get { OrderID(high: order_id_high, low: order_id_low) }
        set {
            order_id_high = newValue.high
            order_id_low = newValue.low
        }
    }
}

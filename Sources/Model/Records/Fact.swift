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
    /// A signal came to nothing. `detail`: Rule | RiskScope << 16; `price`: limit; `quantity`: value.
    case signalDiscarded = 2
    /// What a strategy said about the signal before it. `detail` 0: a figure of its own, `execution_id`: its name, eight
    /// characters, `price`: bits of the value (Double). Else which of the common figures it told: 1 win rate, bits in `price`;
    /// 2 average win in percent, in `quantity`; 4 average loss in percent, in `execution_id`.
    case signalMetadata = 3

    /// `price`, `quantity`: terms; `detail`: type | time in force << 8 | flags << 16; `execution_id`: bits of
    /// the signal's strength.
    case orderCreated = 10
    /// Our own risk said no. `detail`: Rule | RiskScope << 16; `price`: limit; `quantity`: value that would have passed it.
    case riskRejected = 11
    /// Passed risk, queued for the session.
    case orderPending = 12
    case orderSubmitted = 13
    /// Proven not sent.
    case orderSendFailed = 14
    /// `execution_id`: the venue's order number; `quantity`, `price` as accepted.
    case orderAccepted = 15
    /// Booked. `price`, `quantity`, `execution_id`: match number; `detail`: the venue's liquidity flag, and bit 8: it gave
    /// what rested (a maker's execution).
    case orderFilled = 16
    /// `detail`: the venue's reason. `quantity`: what left the order.
    case orderCancelled = 17
    /// `detail`: the venue's reason code.
    case orderRejected = 18
    /// Its time was over. `quantity`: what left it; `detail`: the venue's reason.
    case orderExpired = 19
    case cancelRequested = 20
    case cancelRefused = 21
    /// `price`, `quantity`: terms from here on, the quantity with what has been executed; `user_ref`: the new number;
    /// `execution_id`: low 32 bits the old number, high 32 bits the version, from 1.
    case orderReplaced = 22
    /// An execution was undone: `price`, `quantity`, `execution_id`.
    case executionBroken = 23
    /// The same execution again; nothing was booked. `execution_id`.
    case executionRepeated = 24
    /// The slot is free again.
    case orderClosed = 25
    /// Waits in the engine. `price`: stop price, or 0; `quantity`: trail; `execution_id`: core time at which it wakes or
    /// ends, or 0; `detail`: type | remainder policy << 8.
    case orderHeld = 26
    /// What it waited for has come. `price`: the price that did it; `detail`: FactKind-independent cause (HoldCause).
    case orderTriggered = 27
    /// `price`, `quantity`: terms asked for; `user_ref`: the number of the version; `execution_id`: the number it
    /// is built on.
    case replaceRequested = 28
    /// `user_ref`: the number of the version; `detail`: the venue's reason, or Rule << 16 where we refused.
    case replaceRefused = 29

    /// `detail`: how it came (InputKind).
    case orderInDoubt = 30
    /// Evidence has ended the doubt. `detail`: the lifecycle that it led to.
    case orderResolved = 31
    /// The venue told what the order cannot explain. `detail`: InputKind.
    case orderDisputed = 32
    /// A report that the lifecycle does not allow: refused, alerted. `detail`: lifecycle << 8 | InputKind.
    case illegalTransition = 33
    /// An execution was corrected: `price`, `quantity`: what stands now; `execution_id`; `detail`: which correction.
    case executionCorrected = 34
    /// How it hangs on another order. `price`, `quantity`: the other's id, high and low half; `detail`: OrderLink.
    case orderLinked = 35
    /// It rested longer than the settings allow, or its date has come: it is cancelled. `execution_id`: age in ns.
    case orderTimedOut = 36
    /// Booked without the venue's own report, as its books show it: `price`, `quantity`; `execution_id`: our own number
    /// for it. Taken back when the real one comes.
    case executionInferred = 37
    /// The real execution has come: the inferred one was taken back. `execution_id`: the inferred one's number.
    case inferenceReplaced = 38
    /// Taken over from an earlier run. `price`, `quantity`: terms; `detail`: as for `orderCreated`.
    case orderRestored = 39

    /// `quantity`: net position; `price`: average entry price, rounded; `execution_id`: realised P&L (Int64 in
    /// the instrument's money scale, saturating).
    case positionOpened = 40
    case positionChanged = 41
    case positionClosed = 42

    /// It ends by itself. `execution_id`: core time of that.
    case orderDated = 44
    /// Its executions grow children that close them. `price`: take profit; `quantity`: stop loss; 0: none.
    case orderBracket = 47
    /// So much of the execution just filled the strategy's own book had already, from an earlier run: `quantity`.
    case executionKnown = 48
    /// The account as one. `price`: equity; `quantity`: day's profit; `execution_id`: drawdown, all Int64 in the
    /// money scale of the base currency, saturating; `detail`: AccountMoment. Each currency follows it.
    case accountState = 43
    /// What a currency is worth from here on: `quantity`, units of the base currency in 10⁻⁹, and `price`, before;
    /// `execution_id`: its code, eight characters as of a symbol.
    case currencyRate = 45
    /// One currency of the account, behind `accountState`. `price`: cash; `quantity`: what is held at its marks, in that
    /// currency, Int64, saturating: together they are the equity; `execution_id`: its code.
    case currencyState = 46

    /// `detail`: 1 stale, 0 whole, 2 broken (a bound was passed or the feed contradicted itself).
    case bookState = 50
    /// What one cause asks of a scope from here on. `detail`: TradingState (normal: it is over) | RiskScope << 8 | Rule << 16
    /// (the cause); `user_ref`: TradingState that the scope comes to with all its causes; `instrument` or `strategy` name
    /// the scope; `price`: limit, `quantity`: value that tripped it; the order id's 16 bytes: the name of the person, where
    /// one did it; `execution_id`: since when it stands (UTC ns), where an earlier run met it. Stale data of a whole stream:
    /// no instrument, `execution_id`: the stream.
    case riskState = 51
    /// A limit stands from here on. `detail`: LimitKind | RiskScope << 16; `instrument` or `strategy` name the scope;
    /// `quantity`: value; `price`: before.
    case limitChanged = 52
    /// A position was opened and closed on one day. `quantity`: day trades of this day so far; `price`: within the days that
    /// count.
    case dayTrade = 53
    /// The venue's books are asked for. `user_ref`: number of the question; `detail`: ReconciliationScope.
    case reconciliationAsked = 54
    /// The answer is applied. `user_ref`: number of the question; `quantity`: differences; `detail`: scope.
    case reconciliationDone = 55
    /// What the venue's books and ours do not agree in. `detail`: ReconciliationDifference; `price`: ours; `quantity`:
    /// the venue's.
    case reconciliationDifference = 56
    /// An operator's command was carried out, or not. `user_ref`: number of the request; `detail`: OperatorCommand | Rule
    /// << 16; `quantity`: how many orders it concerned.
    case operatorAnswered = 57

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

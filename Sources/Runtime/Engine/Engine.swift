public import Core
public import Feeds
public import Memory
public import Model
public import Plumbing
public import Venues

/// Everything from a packet to the order's bytes, on one thread. What is outside is `IO`: sockets of its own (`fused`), or
/// rings to the threads that hold them (`pipelined`).
///
///     datagram ─▶ feed ─▶ sequencer ─▶ journal record ─▶ decode ▸ book ▸ strategy ▸ size ▸ risk ▸ order
///                                                                                              │
///     venue bytes ─▶ session ─▶ sequencer ─▶ journal record ─▶ order, ledger ▸ strategy ▸ …     ▼
///                                                              facts ─▶ journal   command ─▶ bytes ─▶ send
///
/// Live, seeded and benchmark runs differ only in `IO`. It is generic over the strategies too: the whole hot path is
/// specialised where both are named, in a concrete `@_noLocks` function, and there the compiler proves that it
/// takes no lock and allocates nothing.
///
/// - Threads: the hot thread, once it runs.
public struct Engine<Strategies: StrategySet & ~Copyable, IO: HotIO & ~Copyable>: ~Copyable {
    public var core: TradingCore
    public var strategies: Strategies
    public var io: IO
    public var feeds: FixedList<MarketFeed>
    public var sessions: FixedList<OuchSession>
    public var sequencer = Sequencer()
    public var journal: EngineJournal
    public var latencies = StageLatencies()
    /// Off unless it is set before the run. What is logged changes nothing else.
    public var log = Log()
    public var counters = EngineCounters()
    public var state = EngineState.running
    /// Since when each stream lacks something; 0: it does not.
    public var gapSinceNs: FixedArray<UInt64>
    /// Whether each stream has somebody to ask for what is missing.
    public var canRequest: FixedArray<Bool>
    /// Whether the venue has ended each stream's session.
    public var streamEnded: FixedArray<Bool>
    /// Where a request for retransmission is written.
    public let requestRoom = FixedArray<UInt8>(count: 64, repeating: 0, for: "requests")
    /// How long a missing packet may only be late, where nobody can be asked for it.
    public var lateNsMax: UInt64 = 20_000_000
    /// In which turn each session last said something.
    public var heardAtTurn: FixedArray<UInt64>
    /// When each of the last orders was given to the kernel, by its number: for the time to the ack.
    public var sentAtNs: FixedArray<UInt64>
    /// Facts by their kind.
    public var factCounts = FixedArray<UInt64>(count: 128, repeating: 0, for: "fact counts")
    /// Alerts by their code, and refusals by their rule; what has a number beyond the table counts in its last place.
    public var alertCounts = FixedArray<UInt64>(count: 64, repeating: 0, for: "alert counts")
    public var refusalCounts = FixedArray<UInt64>(count: 256, repeating: 0, for: "refusal counts")
    /// Commands that a session did not take, until the core has been told.
    public var refused: FixedArray<Command>
    public var refusedCount = 0
    /// The way to people and back offices. Set before the run where there are any.
    public var control = ControlPort()
    /// Questions that nobody took, until the core has been told.
    public var failedQuestions: FixedArray<Command>
    public var failedQuestionCount = 0
    /// The view that is being shown, and where it stands; below 0: none is.
    public var viewRequest = ViewRequest(number: 0)
    public var viewKind: UInt16 = 0
    public var viewPlace = -1
    public var viewCount: UInt32 = 0
    /// Per instrument: 1 when the control thread knows its name.
    public var toldNames: FixedArray<UInt8>
    /// The input that a halt left unheard; see ``beginHalt(nowNs:)``.
    public var held = Input(kind: .stop)
    public var isHolding = false
    /// The messages of one packet are being applied: no other input may come between them.
    public var isInsidePacket = false
    /// Commands were put into a session's send buffer since the last flush of all.
    public var hasOutput = false
    /// Times of the last order that waits for its send, to be written down behind it; received at 0: none waits.
    public var waitingStages = StageTimes(receivedAtNs: 0, signalAtNs: 0, encodedAtNs: 0)
    /// What the strategies may take of a turn, and the turns in which they took more. Set before the run.
    public var budget = StrategyBudget()
    /// By which another thread sees that this one comes by, and shuts what it sends when it does not. Set before the run.
    public var watch = EgressGate.View()
    /// Kills that the core has heard of: see ``hearKill(nowNs:)``.
    public var heardKills: UInt32 = 0
    /// Per session: orders that were dropped behind our back, as far as they were asked about; and when the next are.
    public var droppedKnown: FixedArray<UInt32>
    public var askDroppedAtNs: UInt64 = .max
    /// Orders were kept back: those that were dropped are looked for until orders have passed for a while.
    public var looksAtDropped = false
    /// `.max`: they do not, or nobody has looked since.
    public var ordersPassSinceNs: UInt64 = .max
    /// When the turn that goes on began; ``noTurnNs``: none does.
    public var turnBeganNs = Self.noTurnNs
    /// The longest turn since whoever keeps account of it has set it back to 0.
    public var turnNsMax: Int64 = 0
    /// Half of all time ahead: no turn that "began" then has taken long.
    @inlinable static var noTurnNs: UInt64 { 1 << 62 }
    /// Whether latencies are kept. Off in the seeded world, whose clock stands still inside a step.
    public var measures: Bool

    public init(
        core: consuming TradingCore, strategies: consuming Strategies, io: consuming IO,
        feeds: consuming FixedList<MarketFeed>, sessions: consuming FixedList<OuchSession>,
        journal: consuming EngineJournal, measures: Bool = true
    ) {
        let streamCount = max(feeds.count, 1)
        gapSinceNs = FixedArray(count: streamCount, repeating: 0, for: "stream states")
        canRequest = FixedArray(count: streamCount, repeating: true, for: "stream states")
        streamEnded = FixedArray(count: streamCount, repeating: false, for: "stream states")
        heardAtTurn = FixedArray(count: max(sessions.count, 1), repeating: 0, for: "session states")
        droppedKnown = FixedArray(count: max(sessions.count, 1), repeating: 0, for: "session states")
        sentAtNs = FixedArray(count: 1 << 16, repeating: 0, for: "send times")
        failedQuestions = FixedArray(
            count: max(sessions.count, 1), repeating: Command(), for: "failed questions")
        toldNames = FixedArray(count: max(core.instrumentCountMax, 1), repeating: 0, for: "names told")
        refused = FixedArray(count: core.commands.capacity, repeating: Command(), for: "refused commands")
        self.core = core
        self.strategies = strategies
        self.io = io
        self.feeds = feeds
        self.sessions = sessions
        self.journal = journal
        self.measures = measures
    }
}

// Made by one thread, then owned by the hot thread alone.
extension Engine: @unchecked Sendable where Strategies: Sendable & ~Copyable, IO: Sendable & ~Copyable {}

internal import Memory
internal import Model

/// An execution that was booked without the venue's report of it.
struct InferredExecution: BitwiseCopyable {
    var instrument: UInt32 = .max
    var side = Side.none
    var session: UInt8 = 0
    var price: Int64 = 0
    var quantity: Int64 = 0
    /// Our own number for it: equal inputs give equal numbers.
    var id: UInt64 = 0
}

/// What may have executed of an order and was told by a list's silence only: what is inferred may stand for it.
struct Unexplained: BitwiseCopyable {
    /// Of the order's record: of another order in the same slot it says nothing.
    var generation: UInt32 = .max
    var quantity: Int64 = 0
}

/// The comparison of the venues' books with ours: what was asked, what has come of an answer so far, and what was
/// concluded without the venue's own word.
///
/// - Bounds: `partCountMax` parts of one answer: an order or execution each; a longer answer is refused whole.
struct Reconciliation: ~Copyable {
    /// What is known of one session's question.
    struct Question: BitwiseCopyable {
        /// 0: none is under way.
        var number: UInt32 = 0
        /// Another was wished for meanwhile.
        var isWantedAgain = false
        var askedAtNs: UInt64 = 0
    }

    let isOn: Bool
    let intervalNs: UInt64
    /// A list proves that an order never arrived if it was asked for this long after the order was sent.
    let delayNs: UInt64
    let infers: Bool
    var questions: FixedArray<Question>
    private(set) var parts: FixedArray<Input>
    private(set) var partCount = 0
    /// The answer has more parts than there is room for.
    private(set) var isOverfull = false
    /// Session and number of the answer that is coming in; 0: none.
    var answering: UInt32 = 0
    var answeringSession: UInt8 = 0
    /// Of the session's stream, up to which the answer is true.
    var trueUpTo: UInt64 = 0
    /// An answer is being compared with what we have.
    var isComparing = false
    var lastNumber: UInt32 = 0

    static var inferredCountMax: Int { 256 }
    var inferred: FixedArray<InferredExecution>
    var inferredCount = 0
    var inferredTotal: UInt64 = 0

    init(_ configuration: CoreConfiguration) {
        isOn = configuration.hasBackOffice
        intervalNs = configuration.reconciliationNs
        delayNs = configuration.reconciliationDelayNs
        infers = configuration.infersExecutions
        questions = FixedArray(
            count: configuration.sessionCount, repeating: Question(), for: "questions to back offices")
        parts = FixedArray(
            count: configuration.reconciliationPartCountMax, repeating: Input(),
            for: "answers of back offices")
        inferred = FixedArray(
            count: Self.inferredCountMax, repeating: InferredExecution(), for: "inferred executions")
    }

    mutating func begin() {
        partCount = 0
        isOverfull = false
    }

    mutating func append(_ part: Input) {
        guard partCount < parts.count else {
            isOverfull = true
            return
        }
        parts[partCount] = part
        partCount += 1
    }
}

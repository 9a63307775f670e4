import Model

/// What the venues know, which is the truth: orders by their chains of numbers, executions, and a sequenced stream of
/// reports for each session.
struct TruthOrder {
    let session: Int
    let instrument: UInt32
    let side: Side
    let timeInForce: TimeInForce
    /// Numbers that it had, the last one in force.
    var refs: [UInt32]
    var price: Int64
    /// Of the version in force, with what has been executed.
    var total: Int64
    /// Ever executed, and what of it was undone since.
    var executed: Int64 = 0
    var undone: Int64 = 0
    /// How much more was undone than the core has heard.
    var untoldUndone: Int64 = 0
    var leaves: Int64
    /// Executed, and nobody has told the core.
    var untold: Int64 = 0
    var isFilled = false
    /// A correction has said that more executed than was told first.
    var hasGrown = false
    var cancelsLater = false

    var isAlive: Bool { leaves > 0 }
}

struct TruthExecution {
    let order: Int
    let ref: UInt32
    let id: UInt64
    var price: Int64
    var quantity: Int64
    /// As it was reported first.
    let firstQuantity: Int64
    /// The most that it ever was said to be.
    var most: Int64
    var corrections: UInt8 = 0
    var isBroken = false
    var isTold = false
}

struct TruthReport {
    let input: Input
    /// Index of order and execution, -1: none.
    let order: Int
    let execution: Int
    var isTold = false
    /// A session may hand it over again: nothing is added up by it that has no key.
    var mayRepeat = true
    /// Of an execution told before.
    var undoes: Int64 = 0
}

/// One venue session between the core and the truth.
struct TruthSession {
    enum Fate { case open, written, failed }
    var isUp = false
    /// The core has heard the day's stream.
    var isReplayed = true
    /// Commands that the session has not spoken of.
    var outbox: [(command: Command, fate: Fate)] = []
    /// Given to the connection, not received.
    var wire: [(command: Command, sentAtNs: UInt64)] = []
    /// The stream: its first message has the number 1.
    var stream: [TruthReport] = []
    /// Where in the stream nothing before is still to be told.
    var told = 0
    /// The highest number that the venue has seen.
    var lastRef: UInt32 = 99
    /// The highest that the core has used.
    var lastUsedRef: UInt32 = 99
    /// Messages of the stream that the core must have counted.
    var heard: UInt64 = 1
    var questions: [UInt32] = []
    /// An answer on its way: what is left to tell of it.
    var answer: [Input] = []
    /// Executions of the answer, for the model; which number it answers, up to where it is true, and whether it is whole.
    var answered: [Input] = []
    var answerNumber: UInt32 = 0
    var answerUpTo: UInt64 = 0
    var isAnswerWhole = false
}

/// What kind of day one sequence is.
struct ModelTraits {
    /// The venue contradicts itself, unknown orders execute, answers are invented.
    var isChaotic = false
    /// Reports of different orders overtake each other, executions come twice.
    var reorders = false
    /// The venue's stream is not sequenced: some reports never come, and only its books tell.
    var isLossy = false
    var hasBackOffice = false
    var infers = false
    var tellsExecutions = true
    var replaceOutlivesFill = false
    /// What was undone still counts as executed in a replacement's quantity.
    var countsUndone = false
    /// A cancel or replacement that came too late is answered.
    var answersLate = false
    var submitsAtOnce = false
    /// The venue takes and answers most things at once.
    var isPrompt = false
    var replaysTooMuch = false
    var hasRate = false
    var remainder = RemainderPolicy.keep

    init(_ random: inout SeededRandom) {
        isChaotic = random.chance(perMillion: 250_000)
        reorders = random.chance(perMillion: 250_000)
        if !reorders || isChaotic {
            hasBackOffice = random.chance(perMillion: 600_000)
            infers = hasBackOffice && random.chance(perMillion: 300_000)
            isLossy = hasBackOffice && random.chance(perMillion: 300_000)
            tellsExecutions = !infers || random.chance(perMillion: 500_000)
        }
        replaceOutlivesFill = random.chance(perMillion: 250_000)
        countsUndone = random.chance(perMillion: 500_000)
        answersLate = random.chance(perMillion: 500_000)
        submitsAtOnce = random.chance(perMillion: 700_000)
        isPrompt = random.chance(perMillion: 500_000)
        replaysTooMuch = random.chance(perMillion: 300_000)
        hasRate = random.chance(perMillion: 150_000)
        if random.chance(perMillion: 200_000) {
            remainder = random.chance(perMillion: 500_000) ? .cancel : .cross
        }
    }
}

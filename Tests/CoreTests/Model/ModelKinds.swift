import Model

@testable import Core

/// What sequences are there for.
enum ModelKind: Int, CaseIterable {
    case restarts
    case ordersRestored
    /// Orders that a core knew from the stream alone.
    case ordersAdopted
    /// Told again, by the venue or in a replay.
    case reportsRepeated
    case reportsOvertaking
    /// They never came.
    case reportsLost
    case commandsLost
    case connectionsDropped
    /// Of an order that had ended here.
    case lateExecutions
    case unknownExecutions
    /// Both sides of one match were ours.
    case selfTrades
    case ordersInDoubt
    case ordersTimedOut
    case ordersHeld
    case stopsTriggered
    case stopsTrailed
    case bracketChildren
    case cancellingPairs
    case triggeredByOthers
    /// Built on replacements that nobody had answered yet.
    case replacesInChains
}

/// How often each kind of thing happened.
struct ModelKinds: CustomStringConvertible {
    private var counts = [Int](repeating: 0, count: ModelKind.allCases.count)

    subscript(kind: ModelKind) -> Int {
        get { counts[kind.rawValue] }
        set { counts[kind.rawValue] = newValue }
    }

    mutating func add(_ other: ModelKinds) {
        for place in counts.indices { counts[place] += other.counts[place] }
    }

    /// Counts what a fact tells.
    mutating func take(_ fact: Fact) {
        switch fact.factKind {
        case .orderRestored: self[.ordersRestored] += 1
        case .orderInDoubt: self[.ordersInDoubt] += 1
        case .orderTimedOut: self[.ordersTimedOut] += 1
        case .orderHeld: self[.ordersHeld] += 1
        case .orderTriggered:
            if fact.detail == HoldCause.price.rawValue { self[.stopsTriggered] += 1 }
            if fact.detail == HoldCause.parent.rawValue { self[.triggeredByOthers] += 1 }
        case .orderLinked:
            if fact.detail == OrderLink.sibling.rawValue { self[.cancellingPairs] += 1 }
            if fact.detail == OrderLink.takeProfit.rawValue || fact.detail == OrderLink.stopLoss.rawValue {
                self[.bracketChildren] += 1
            }
        default: break
        }
    }

    var description: String { ModelKind.allCases.map { "\(self[$0]) \($0)" }.joined(separator: ", ") }
}

extension CoreCounters {
    /// Of two cores together.
    mutating func add(_ other: CoreCounters) {
        ordersSent += other.ordersSent
        replacesDone += other.replacesDone
        ordersRetried += other.ordersRetried
        fills += other.fills
        busts += other.busts
        corrections += other.corrections
        executionsInferred += other.executionsInferred
        reconciliations += other.reconciliations
        executionsRepeated += other.executionsRepeated
        illegalTransitions += other.illegalTransitions
        disputes += other.disputes
    }
}

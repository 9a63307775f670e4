import Core
import Model
import Testing

/// Goal: every (lifecycle, report) pair does what was decided, none was forgotten, none slipped in.
/// Method: the table is walked completely against a list written for this test from the venue protocols: what is not
/// listed must be refused.
@Test func everyPairOfTheTableIsAsDecided() {
    let legal: [Lifecycle: [(Report, Lifecycle)]] = [
        .created: [(.riskPassed, .pending), (.riskHeld, .held), (.riskRefused, .rejected)],
        .held: [
            (.riskPassed, .pending), (.riskRefused, .rejected), (.withdrawn, .cancelled),
            (.expired, .expired),
        ],
        .pending: [(.submitted, .submitted), (.sendFailed, .rejected), (.withdrawn, .cancelled)],
        .submitted: [
            (.neverReceived, .rejected), (.accepted, .accepted), (.acceptedDead, .cancelled),
            (.execution, .accepted), (.lastExecution, .filled), (.reduced, .accepted),
            (.cancelled, .cancelled),
            (.rejected, .rejected), (.cancelRefused, .submitted), (.cancelDelayed, .submitted),
            (.executionBroken, .submitted), (.executionCorrected, .submitted), (.expired, .expired),
            (.replaced, .accepted), (.replaceRefused, .submitted),
        ],
        .accepted: [
            (.accepted, .accepted), (.acceptedDead, .cancelled), (.execution, .accepted),
            (.lastExecution, .filled), (.reduced, .accepted), (.cancelled, .cancelled),
            (.cancelRefused, .accepted), (.cancelDelayed, .accepted), (.executionBroken, .accepted),
            (.executionCorrected, .accepted), (.expired, .expired), (.replaced, .accepted),
            (.replaceRefused, .accepted),
        ],
        .filled: [
            (.accepted, .filled), (.acceptedDead, .filled), (.cancelRefused, .filled),
            (.cancelDelayed, .filled),
            (.executionBroken, .filled), (.executionCorrected, .filled), (.replaceRefused, .filled),
            (.horizonPassed, .closed),
        ],
        .cancelled: [
            (.accepted, .cancelled), (.acceptedDead, .cancelled), (.cancelRefused, .cancelled),
            (.cancelDelayed, .cancelled), (.executionBroken, .cancelled), (.executionCorrected, .cancelled),
            (.replaceRefused, .cancelled),
            (.horizonPassed, .closed),
        ],
        .rejected: [
            (.cancelRefused, .rejected), (.executionBroken, .rejected), (.executionCorrected, .rejected),
            (.replaceRefused, .rejected), (.horizonPassed, .closed),
        ],
        .expired: [
            (.accepted, .expired), (.acceptedDead, .expired), (.cancelRefused, .expired),
            (.cancelDelayed, .expired), (.executionBroken, .expired), (.executionCorrected, .expired),
            (.replaceRefused, .expired),
            (.horizonPassed, .closed),
        ],
        .closed: [],
    ]
    var pairs = 0
    for lifecycle in Lifecycle.allCases {
        for report in Report.allCases {
            pairs += 1
            let expected = legal[lifecycle]!.first { $0.0 == report }?.1
            #expect(lifecycle.next(on: report) == expected, "\(lifecycle) on \(report)")
        }
    }
    #expect(pairs == 220)
}

/// Goal: the rules that hold whatever the rows say. Method: the table is walked completely.
@Test func theTableNeverRevivesAnOrder() {
    for lifecycle in Lifecycle.allCases {
        for report in Report.allCases {
            guard let next = lifecycle.next(on: report) else { continue }
            if lifecycle.isEnded { #expect(next.isEnded, "\(lifecycle) on \(report) came back to life") }
            if next == .filled, lifecycle != .filled {
                #expect(
                    lifecycle == .submitted || lifecycle == .accepted, "filled without having been submitted")
            }
            if next == .closed { #expect(lifecycle.isEnded && report == .horizonPassed) }
        }
    }
}

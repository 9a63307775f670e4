internal import Core
internal import Model

// What the core wants to know of the venue's books. Each question ends, whatever comes: the core asks nothing else
// before it has.
extension ControlAgent {
    func take(question command: Command) {
        // The core asks a session again only when the question before is over for it.
        if let question, question.session == command.session, questionStep == .comparing { finished() }
        questions.append(command)
    }

    func stepQuestions(_ nowNs: UInt64) -> Int {
        var work = 0
        if question == nil, !questions.isEmpty {
            question = questions.removeFirst()
            reconciliation.asked += 1
            questionStep = .naming(0)
            work += 1
        }
        if let question, questionStep == .naming(0) {
            if configuration.backOffice == nil {
                failed(question, .nobody)
            } else if let number = askForNames(nowNs) {
                questionStep = .naming(number)
            }
            work += 1
        }
        guard let backOffice = configuration.backOffice else { return work }
        work += backOffice.step(nowNs: nowNs)
        reconciliation.late = backOffice.lateCount
        guard questionStep == .asking, let question, let outcome = backOffice.take() else { return work }
        switch outcome {
        case .answer(let answer):
            link.tell(
                answer.inputs(
                    session: question.session, question: question.user_ref,
                    instrument: { instruments[$0] }, unknown: &reconciliation.unknownSymbols))
            pendingUpTo = answer.sequence
            questionStep = .comparing
        case .failed(let why): failed(question, why)
        }
        return work + 1
    }

    /// The instruments' names are here: whatever the venue may speak of and the engine may know has its number.
    func named(_ nowNs: UInt64) {
        guard let question else { return }
        questionStep = .asking
        configuration.backOffice?.begin(
            afterSequence: comparedUpTo[question.session] ?? 0, nowNs: nowNs)
    }

    private func failed(_ question: Command, _ why: ReconciliationFailure) {
        var input = Input(kind: .reconcileFailed, source: question.session)
        input.user_ref = question.user_ref
        input.flags = why.rawValue
        link.tell([input])
        reconciliation.failed += 1
        reconciliation.lastOutcome = .failed
        reconciliation.failure = Self.words(why)
        finished()
    }

    /// The engine's word on an answer.
    func compared(_ fact: Fact) {
        guard let question, questionStep == .comparing else { return }
        if fact.kind == FactKind.reconciliationDone.rawValue {
            guard fact.user_ref == question.user_ref else { return }
            reconciliation.done += 1
            reconciliation.lastOutcome = .done
            reconciliation.differences = fact.quantity
            comparedUpTo[question.session] = pendingUpTo
            finished()
        } else if fact.detail == ReconciliationDifference.answerUseless.rawValue {
            reconciliation.useless += 1
            reconciliation.lastOutcome = .useless
            finished()
        }
    }

    private func finished() {
        reconciliation.finished += 1
        question = nil
        questionStep = .naming(0)
    }

    static func words(_ why: ReconciliationFailure) -> String {
        switch why {
        case .nobody: "nobody is there to ask"
        case .refused: "the back office could not be reached"
        case .logOnRefused: "the back office did not let us in (broker.ouch.username, broker.ouch.password)"
        case .timedOut: "the back office did not answer in time (broker.back_office.timeout_seconds)"
        case .dropped: "the connection to the back office ended in the middle"
        case .malformed: "what the back office sent is no answer"
        case .unavailable: "the back office cannot say now"
        }
    }
}

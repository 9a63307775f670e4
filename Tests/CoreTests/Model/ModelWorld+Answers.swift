import Model

@testable import Core

// The venue's books, and what becomes of the questions about them.
extension ModelWorld {
    /// One step of the answer to a session's oldest question: it is made, a part of it told, or it is over.
    func answerStep(_ session: Int) {
        if venues[session].answer.isEmpty {
            guard !venues[session].questions.isEmpty else { return }
            // A venue without numbers knows of what it could not tell: it answers once it can.
            if !isSettling && chance(10) || traits.isLossy && !venues[session].isUp {
                var failed = Input(kind: .reconcileFailed, source: UInt8(session))
                failed.user_ref = venues[session].questions.removeFirst()
                return input(failed)
            }
            look(session)
        }
        // Parts of an answer come together, or other things happen between them.
        var count = chance(70) || isSettling ? venues[session].answer.count : 1
        while count > 0, failure == nil, !venues[session].answer.isEmpty {
            input(venues[session].answer.removeFirst())
            count -= 1
        }
    }

    /// The books as they are now.
    private func look(_ session: Int) {
        receiveOld(session)
        let number = venues[session].questions.removeFirst()
        var begin = Input(kind: .reconcileBegin, source: UInt8(session))
        begin.user_ref = number
        begin.flags = ReconciliationScope.account.rawValue
        var upTo = UInt64(venues[session].stream.count + 1)
        // A venue without numbers: its answer waits for whatever it has sent before.
        if traits.isLossy {
            if venues[session].isUp { deliverAll(session) }
            upTo = venues[session].heard
        }
        begin.execution_id = upTo
        var parts: [Input] = []
        for order in orders where order.session == session && order.isAlive {
            var part = report(
                .reconcileOrder, order.refs[order.refs.count - 1], quantity: order.leaves, price: order.price)
            part.instrument = order.instrument
            part.side = order.side.rawValue
            part.flags = 2
            parts.append(part)
        }
        venues[session].answered = []
        if traits.tellsExecutions {
            for execution in executions
            where orders[execution.order].session == session && !execution.isBroken {
                parts.append(part(execution))
            }
        }
        for index in 0..<3 where (index == 2 ? 1 : 0) == session {
            let sum = position(index)
            if sum.quantity != 0 {
                var part = report(.reconcilePosition, 0, quantity: sum.quantity, price: sum.price)
                part.instrument = UInt32(index)
                parts.append(part)
            }
        }
        if traits.isChaotic { garble(&parts, UInt8(session)) }
        var commit = Input(kind: .reconcileCommit, source: UInt8(session))
        commit.user_ref = number
        commit.flags = 1
        commit.quantity = Int64(parts.count)
        var isWhole = true
        if !isSettling, chance(15) {
            // Partial: it says so, or it can be counted.
            if chance(50) { commit.flags = 0 } else { commit.quantity += 1 }
            isWhole = false
        }
        for place in parts.indices { parts[place].source = UInt8(session) }
        venues[session].answered = parts.filter { $0.inputKind == .reconcileExecution }.map {
            var part = $0
            part.kind = InputKind.execution.rawValue
            return part
        }
        venues[session].answerUpTo = upTo
        venues[session].isAnswerWhole = isWhole
        venues[session].answer = [begin] + parts + [commit]
    }

    private func part(_ execution: TruthExecution) -> Input {
        var part = report(
            .reconcileExecution, execution.ref, quantity: execution.quantity, price: execution.price)
        part.execution_id = execution.id
        part.instrument = orders[execution.order].instrument
        part.side = orders[execution.order].side.rawValue
        return part
    }

    /// An answer that is wrong.
    private func garble(_ parts: inout [Input], _ session: UInt8) {
        for _ in 0..<Int(random.below(3)) {
            switch random.below(5) {
            case 0 where !parts.isEmpty: parts.remove(at: Int(random.below(UInt64(parts.count))))
            case 1 where !parts.isEmpty && chance(30):
                parts[Int(random.below(UInt64(parts.count)))].quantity = chance(50) ? .max : .min
            case 1 where !parts.isEmpty:
                parts[Int(random.below(UInt64(parts.count)))].quantity &+= random.within(-5...5)
            case 2:
                var part = report(
                    .reconcileOrder, anyRef(Int(session)), quantity: random.within(-5...50), price: 1_000_000)
                part.source = session
                nameStranger(&part)
                parts.append(part)
            case 3:
                var part = report(
                    .reconcileExecution, anyRef(Int(session)), quantity: random.within(-1...20),
                    price: 1_000_000)
                part.execution_id = 1_000_000 + UInt64(part.user_ref) * 100 + random.below(10)
                part.source = session
                nameStranger(&part)
                parts.append(part)
            default:
                var part = report(.reconcilePosition, 0, quantity: random.within(-50...50), price: 1_000_000)
                part.instrument = UInt32(random.below(4))
                parts.append(part)
            }
        }
    }

    /// What stands of the venue's own executions.
    func position(_ index: Int) -> (quantity: Int64, price: Int64) {
        var quantity: Int64 = 0
        var price: Int64 = 1_000_000
        for execution in executions where orders[execution.order].instrument == index && !execution.isBroken {
            quantity += (orders[execution.order].side == .buy ? 1 : -1) * execution.quantity
            price = execution.price
        }
        return (quantity, price)
    }

    /// A number of ours, or of nobody.
    func anyRef(_ session: Int) -> UInt32 {
        let mine = orders.filter { $0.session == session }
        if chance(40) || mine.isEmpty { return 1 + UInt32(random.below(60)) }
        let order = mine[Int(random.below(UInt64(mine.count)))]
        return order.refs[Int(random.below(UInt64(order.refs.count)))]
    }

    /// Instrument and side of what nobody of us ordered: always the same for one number, and for some never told.
    func nameStranger(_ input: inout Input) {
        let ref = input.user_ref
        if let mine = given[Self.key(input.source, ref)] {
            input.instrument = mine.instrument
            input.side = mine.side.rawValue
            return
        }
        guard ref % 5 != 0 else { return }
        input.instrument = ref % 3
        input.side = (ref & 1 == 0 ? Side.buy : Side.sell).rawValue
    }
}

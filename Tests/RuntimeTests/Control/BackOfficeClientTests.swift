import Model
import Plumbing
import Settings
import Testing
import Wire

@testable import Core
@testable import Runtime
@testable import Simulation

/// A venue with a back office, and a client of it, turned by hand.
private final class Office {
    let server: VenueServer
    let client: BackOfficeClient

    init(faults: String = "", password: String = "spinetail", timeoutNs: Int64 = 300_000_000) throws {
        var account = ExchangeAccount(username: "spine1", password: "spinetail")
        account.startingPositions = (0..<450).map {
            ExchangeAccount.StartingPosition(symbol: Symbol("S\($0)")!, quantity: Int64($0) - 200)
        }
        let exchange = ExchangeConfiguration(
            instruments: [ExchangeInstrument(symbol: Symbol("S0")!)], accounts: [account],
            flow: FlowConfiguration(seed: 1, eventsPerSecond: 100, countMax: 1_000_000))
        var configuration = VenueConfiguration(exchange: exchange)
        configuration.queryPort = 0
        // Its time goes on from here, not from the first log-on.
        configuration.start = .immediately
        if !faults.isEmpty { configuration.faults = try #require(VenueFaults(script: faults)) }
        server = try VenueServer(configuration)
        server.begin(server.clock.nowNs())
        var settings = BrokerSettings()
        settings.ouch.password = password
        settings.backOffice.port = Int(try #require(server.ports.queryPort))
        settings.backOffice.timeoutNs = timeoutNs
        client = try #require(BackOfficeClient(settings))
    }

    /// Asks and waits for what comes of it.
    func ask(afterSequence: UInt64 = 0) -> BackOfficeClient.Outcome? {
        let beganNs = server.clock.nowNs()
        client.begin(afterSequence: afterSequence, nowNs: beganNs)
        while server.clock.nowNs() < beganNs + 5_000_000_000 {
            turn()
            if let outcome = client.take() { return outcome }
        }
        return nil
    }

    func turn() {
        _ = server.turn(server.clock.nowNs())
        _ = client.step(nowNs: server.clock.nowNs())
    }
}

private func failure(_ outcome: BackOfficeClient.Outcome?) -> ReconciliationFailure? {
    if case .failed(let why)? = outcome { why } else { nil }
}

private func told(_ outcome: BackOfficeClient.Outcome?) -> BackOfficeAnswer? {
    if case .answer(let answer)? = outcome { answer } else { nil }
}

@Suite(.serialized) struct BackOfficeClientTests {
    /// Goal: an answer of several pages is put together, on a connection that serves one question after the other.
    @Test func wholeAnswers() throws {
        let office = try Office()
        for _ in 0..<3 {
            let answer = try #require(told(office.ask()))
            #expect(answer.isComplete && answer.positions.count == 450)
            #expect(answer.positions[7].quantity == -193)
            #expect(answer.orders.isEmpty && answer.trades.isEmpty)
        }
        #expect(office.client.isIdle && office.client.lateCount == 0)
        #expect(office.server.inquirers.count == 1)
    }

    /// Goal: what is not complete says so; what lost a page, or was wrong in its form, is not taken for whole.
    @Test func incompleteAnswers() throws {
        #expect(told(try Office(faults: "query_partial=3").ask())?.isComplete == false)
        // A page in the middle: the next one tells. The last one: only time does.
        let lost = try Office(faults: "query_lost_page=3").ask()
        #expect(told(lost)?.isComplete == false || failure(lost) == .timedOut, "\(String(describing: lost))")
    }

    /// Goal: every way in which there is no answer has its reason.
    @Test func failuresHaveReasons() throws {
        #expect(failure(try Office(password: "wrong").ask()) == .logOnRefused)
        #expect(failure(try Office(faults: "query_unavailable=1").ask()) == .unavailable)
        #expect(failure(try Office(faults: "query_drop=2").ask()) == .dropped)
        #expect(failure(try Office(faults: "query_late=1,query_late_ms=2000").ask()) == .timedOut)
        var settings = BrokerSettings()
        settings.backOffice.port = 1
        let client = try #require(BackOfficeClient(settings))
        client.begin(afterSequence: 0, nowNs: 0)
        var outcome: BackOfficeClient.Outcome?
        for nowNs in 1...1_000 where outcome == nil {
            _ = client.step(nowNs: UInt64(nowNs))
            outcome = client.take()
        }
        #expect(failure(outcome) == .refused)
        settings.backOffice.port = 0
        #expect(BackOfficeClient(settings) == nil)
    }

    /// Goal: an answer that comes after its question was given up is dropped by its number, and the next question gets its
    /// own.
    @Test func lateAnswersAreDropped() throws {
        let office = try Office(faults: "query_late=5,query_late_ms=600")
        #expect(told(office.ask())?.isComplete == true)
        #expect(failure(office.ask()) == .timedOut)
        let untilNs = office.server.clock.nowNs() + 1_000_000_000
        while office.client.lateCount == 0, office.server.clock.nowNs() < untilNs { office.turn() }
        for _ in 0..<1_000 { office.turn() }
        let late = office.client.lateCount
        #expect(late > 0)
        #expect(office.client.isIdle)
        let next = told(office.ask())
        #expect(next?.isComplete == true && next?.positions.count == 450)
    }

    /// Goal: whoever answers rubbish is not listened to any longer. Method: a server of our own that says it.
    @Test(arguments: [[0, 0, 1], [0xff, 0xff, 1, 2, 3], [0, 3, 0x7a, 1, 2], [0, 1, 0x41]] as [[UInt8]])
    func rubbishIsRefused(_ bytes: [UInt8]) throws {
        let listener = try TcpListener(.loopback(0))
        var settings = BrokerSettings()
        settings.backOffice.port = Int(listener.localAddress.port)
        let client = try #require(BackOfficeClient(settings))
        client.begin(afterSequence: 0, nowNs: 0)
        var accepted: TcpConnection?
        var outcome: BackOfficeClient.Outcome?
        for nowNs in 1...200_000 where outcome == nil {
            if accepted == nil, let connection = listener.accept() {
                accepted = connection
                // SAFETY: the array stands during the call.
                unsafe bytes.withUnsafeBytes { _ = unsafe connection.send($0) }
            }
            _ = client.step(nowNs: UInt64(nowNs))
            outcome = client.take()
        }
        #expect(failure(outcome) == .malformed)
        #expect(client.descriptor == -1)
    }
}

private func trade(
    _ kind: OrderQuery.TradeKind, _ id: UInt64, other: UInt64 = 0, quantity: UInt32 = 10, match: UInt64
) -> OrderQuery.TradeRecord {
    OrderQuery.TradeRecord(
        kind: kind, executionID: id, otherID: other, userRef: 5, symbol: 1, side: UInt8(ascii: "T"),
        liquidityFlag: UInt8(ascii: "A"), price: 20_000, quantity: quantity, matchNumber: match, atNs: 0,
        sequence: 1)
}

/// Goal: what the core is told is what stands: executions undone or replaced are left out, corrections count as executions,
/// positions have the side's average; a count of parts that adds up; nothing of what is not complete.
@Test func answersBecomeInputs() {
    var answer = BackOfficeAnswer()
    answer.sequence = 41
    answer.orders = [
        OrderQuery.OrderRecord(
            userRef: 5, clientOrderID: .blank, symbol: 1, side: UInt8(ascii: "B"), timeInForce: 0,
            status: .live,
            price: 10_000, ordered: 100, executed: 40, leaves: 60, executedAmount: 0,
            orderReferenceNumber: 77,
            acceptedAtNs: 0, changedAtNs: 0, changedSequence: 0)
    ]
    answer.trades = [
        trade(.execution, 1, match: 101), trade(.execution, 2, match: 102), trade(.execution, 3, match: 103),
        trade(.bust, 2, match: 102), trade(.bust, 3, other: 4, match: 103),
        trade(.correction, 4, other: 3, quantity: 7, match: 104),
    ]
    answer.positions = [
        OrderQuery.PositionRecord(
            symbol: 1, quantity: -17, bought: 1, sold: 18, boughtAmount: 1, soldAmount: 180),
        OrderQuery.PositionRecord(symbol: 2, quantity: 5),
    ]
    var unknown: UInt64 = 0
    let inputs = answer.inputs(session: 3, question: 9, instrument: { $0 == 1 ? 6 : nil }, unknown: &unknown)
    #expect(
        inputs.map(\.inputKind) == [
            .reconcileBegin, .reconcileOrder, .reconcileExecution, .reconcileExecution, .reconcilePosition,
            .reconcileCommit,
        ])
    #expect(inputs.allSatisfy { $0.source == 3 })
    #expect(inputs[0].user_ref == 9 && inputs[0].execution_id == 42)
    #expect(inputs[1].user_ref == 5 && inputs[1].quantity == 60 && inputs[1].execution_id == 77)
    #expect(inputs[1].instrument == 6 && inputs[1].orderSide == .buy)
    #expect(inputs[2...3].map(\.execution_id) == [101, 104] && inputs[3].quantity == 7)
    #expect(inputs[2].orderSide == .sell)
    #expect(inputs[4].quantity == -17 && inputs[4].price == 10)
    #expect(inputs[5].quantity == 4 && inputs[5].flags == 1 && unknown == 1)

    answer.isComplete = false
    let none = answer.inputs(session: 3, question: 9, instrument: { _ in nil }, unknown: &unknown)
    #expect(none.map(\.inputKind) == [.reconcileBegin, .reconcileCommit])
    #expect(none[1].flags == 0 && none[1].quantity == 0)
}

/// The core's questions, from the ring to the venue and back.
@Suite(.serialized) struct QuestionTests {
    private func world(faults: String = "", symbols: [String] = ["SPIN", "S7"]) throws -> (
        ControlWorld, Office
    ) {
        let office = try Office(faults: faults)
        var settings = BrokerSettings()
        settings.backOffice.port = Int(office.server.ports.queryPort!)
        settings.backOffice.timeoutNs = 1_000_000_000
        let world = try ControlWorld(symbols: symbols, backOffice: BackOfficeClient(settings))
        // One clock for both; and the engine has heard all of the stream that the venue's answer counts.
        world.nowNs = office.server.clock.nowNs()
        world.engine.core.sessions[0].nextMessage = 1 << 40
        return (world, office)
    }

    /// Asks by a client's command, and turns all three until the comparison is over.
    private func reconcile(_ world: ControlWorld, _ office: Office, _ id: Int = 1) throws
        -> ControlStatus.Reconciliation
    {
        let client = try world.client()
        client.say("{\"id\":\(id),\"command\":\"reconcile\"}\n")
        let asked = world.lines(client)[0]
        #expect(asked.ok == true, "\(String(describing: asked.text))")
        let wanted = try #require(asked.reconciliation)
        let untilNs = office.server.clock.nowNs() + 5_000_000_000
        while world.agent.reconciliation.finished < wanted, office.server.clock.nowNs() < untilNs {
            _ = office.server.turn(office.server.clock.nowNs())
            // The venue's faults take their time in real time.
            world.nowNs = max(world.nowNs, office.server.clock.nowNs())
            _ = world.agent.step(nowNs: world.nowNs)
            _ = world.engine.run(turns: 64)
        }
        let agent = world.agent
        #expect(
            agent.reconciliation.finished >= wanted,
            "\(agent.questionStep) \(String(describing: agent.question?.user_ref)) \(agent.questions.count) \(agent.views)"
        )
        return agent.reconciliation
    }

    /// Goal: a question goes out, its answer is compared, and what differs is told; symbols that the engine does not know
    /// are counted.
    @Test func aQuestionIsAnswered() throws {
        let (world, office) = try world()
        let outcome = try reconcile(world, office)
        #expect(outcome.done == 1 && outcome.lastOutcome == .done, "\(outcome)")
        // The venue holds −193 of S7, we nothing; of the other 449 (0 of one of them) we have never heard.
        #expect(outcome.differences == 1 && outcome.unknownSymbols == 449)
        let again = try reconcile(world, office, 2)
        #expect(again.done == 2 && again.asked == 2 && again.finished == 2)
        let differences = world.engine.core.counters.differences
        #expect(differences == 2)
    }

    /// Goal: a question that finds no answer, or half of one, is over all the same, and the next one is asked.
    @Test(arguments: [
        ("query_unavailable=1", ControlStatus.Reconciliation.Outcome.failed), ("query_drop=1", .failed),
        ("query_late=1,query_late_ms=3000", .failed), ("query_partial=1", .useless),
    ])
    func questionsAlwaysEnd(_ faults: String, _ outcome: ControlStatus.Reconciliation.Outcome) throws {
        let (world, office) = try world(faults: faults)
        for round in 1...2 {
            let found = try reconcile(world, office, round)
            #expect(found.lastOutcome == outcome, "\(found)")
            #expect(found.finished == UInt64(round) && found.done == 0)
        }
        let (done, differences) = (
            world.engine.core.counters.reconciliations, world.agent.reconciliation.differences
        )
        #expect(done == 0 && differences == 0)
    }

    /// Goal: an engine without a back office is told that nobody is there.
    @Test func nobodyIsThere() throws {
        let world = try ControlWorld()
        let client = try world.client()
        client.say("{\"id\":1,\"command\":\"reconcile\"}\n")
        #expect(world.lines(client)[0].ok == true)
        world.turn(20)
        let found = world.agent.reconciliation
        #expect(found.lastOutcome == .failed && found.failure == ControlAgent.words(.nobody))
    }
}

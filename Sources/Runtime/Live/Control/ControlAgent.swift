internal import Core
internal import Model
internal import Plumbing
internal import Settings

/// Talks with people and back offices while the hot thread trades.
///
///     clients ⇄ socket ⇄ ControlAgent ⇄ two rings ⇄ hot thread
///     venue's back office ⇄ TCP ⇄ ┘
///
/// Everything is done a piece at a time: a client that does not read, a back office that does not answer, a ring that is full
/// keep nobody else waiting.
///
/// - Bounds: ``clientCountMax`` clients; ``ControlClient``'s.
/// - Threads: one of its own.
final class ControlAgent {
    /// What the agent is told at the start.
    struct Configuration {
        var status: ControlStatus
        var clock: RunClock
        var strategies: [String] = []
        /// Codes of the account's currencies, the base first.
        var currencies: [String] = []
        /// Reconciliation is on where there is one.
        var backOffice: BackOfficeClient?
        var sessionCount = 1
        /// `nil`: in tests of the rest.
        var killSwitch: KillSwitch?
        /// `nil`: the run's settings came from nowhere that can be read again.
        var reload: LimitReload?
        /// Where the account's state is shown to other processes.
        var progress: EngineProgress?
        /// Where people who watch the engine read what it says beside its log.
        var notices: RunNotices?
        var log: LogNotes?
        /// A command or view that the engine leaves unanswered for so long is told as such.
        var answerNsMax: UInt64 = 5_000_000_000
    }

    /// A command on its way through the engine.
    struct Asked {
        let client: UInt64
        let request: ControlRequest
        let dueNs: UInt64
        /// Of a lift: the kills that it is to end.
        var kills: UInt32 = 0
        /// Of new limits: what they change.
        var plan: LimitReload.Plan?
        /// Nobody waits for the answer any more; a lift and new limits have to be carried through all the same.
        var isMuted = false
    }

    /// A view on its way; the engine shows them in the order in which they were asked for.
    struct Viewed {
        let number: UInt32
        let client: UInt64
        let request: ControlRequest
        let dueNs: UInt64
        /// Nobody waits any more: what still comes of it is dropped.
        var isMuted = false
        var count: Int64 = 0
        /// Behind the positions.
        var account: AccountRow?
        /// Of the states: what is kept from being traded beside them.
        var kept: [InstrumentStateView] = []
    }

    static var clientCountMax: Int { 16 }
    static var messageCountPerTurn: Int { 512 }
    /// How long it sleeps at most: then it looks whether the hot thread wants something.
    static var idleNs: UInt64 { 20_000_000 }
    /// The same while an answer of the hot thread is waited for.
    static var busyNs: UInt64 { 500_000 }

    let configuration: Configuration
    /// Where people come in; `nil`: they do not.
    let listener: LocalListener?
    var link: EngineLink
    var clients: [ControlClient] = []
    var nextClient: UInt64 = 1
    var nextNumber: UInt32 = 1
    var asked: [UInt32: Asked] = [:]
    var views: [Viewed] = []
    /// Requests that wait for the names of the instruments.
    var unnamed: [UInt32: [(client: UInt64, request: ControlRequest)]] = [:]
    var symbols: [UInt32: Symbol] = [:]
    var instruments: [UInt64: UInt32] = [:]
    var reconciliation: ControlStatus.Reconciliation
    /// Questions of the core that wait for their turn.
    var questions: [Command] = []
    /// The question whose answer is wanted, and where it stands.
    var question: Command?
    var questionStep = QuestionStep.naming(0)
    /// Executions up to this message of each session's stream have been compared.
    var comparedUpTo: [UInt8: UInt64] = [:]
    /// The same of the answer that is being compared.
    var pendingUpTo: UInt64 = 0
    /// What the core last told of each scope, and when.
    var states: [ScopeKey: (fact: Fact, atUtcNs: UInt64)] = [:]
    private var switchDueNs: UInt64 = 0
    /// SIGHUPs that were heard.
    private var reloadSignals = Interrupt.reloadCount
    /// What the last reload came to, of whomever.
    var lastReload: ReloadRow?
    var room = [UInt8](repeating: 0, count: 1 << 14)

    init(_ configuration: Configuration, listener: LocalListener?, link: consuming EngineLink) {
        self.configuration = configuration
        self.listener = listener
        self.link = link
        reconciliation = configuration.status.reconciliations
    }

    // MARK: Turns

    /// Looks once at everything. How much there was to do.
    func step(nowNs: UInt64) -> Int {
        var work = link.flush()
        work += takeMessages(nowNs)
        work += takeClients()
        for client in clients { work += serve(client, nowNs) }
        work += stepQuestions(nowNs)
        watchSwitch(nowNs)
        work += link.flush()
        expire(nowNs)
        for client in clients { work += client.send() }
        clients.removeAll { client in
            if client.isOver { client.connection.close() }
            return client.isOver
        }
        return work
    }

    /// Fifty times a second: a signal and a file are kills, too.
    private func watchSwitch(_ nowNs: UInt64) {
        guard let killSwitch = configuration.killSwitch, nowNs >= switchDueNs else { return }
        switchDueNs = nowNs + Self.idleNs
        killSwitch.poll()
        let signals = Interrupt.reloadCount
        guard signals != reloadSignals else { return }
        reloadSignals = signals
        // Nobody's: what comes of it stands in the status, in the log and where the engine talks to.
        perform(ControlRequest(id: 0, .reload), 0, nowNs)
    }

    /// Sleeps until somebody says something.
    func wait(nowNs: UInt64) {
        var readable = [listener?.descriptor ?? -1]
        var writable: [Int32] = []
        for client in clients {
            if !client.connection.hasEnded { readable.append(client.connection.descriptor) }
            if client.hasOutput { writable.append(client.connection.descriptor) }
        }
        var waitNs = isAwaited ? Self.busyNs : Self.idleNs
        if let backOffice = configuration.backOffice {
            readable.append(backOffice.descriptor)
            if backOffice.wantsToWrite { writable.append(backOffice.descriptor) }
            waitNs = min(waitNs, backOffice.wakeNs - min(backOffice.wakeNs, nowNs))
        }
        Descriptors.wait(readable: readable, writable: writable, timeoutNs: waitNs)
    }

    /// The run is over: whoever waits is told so, and what was answered is sent as far as it is taken at once.
    func finish(nowNs: () -> UInt64) {
        listener?.remove()
        // What the engine has said before its end.
        while takeMessages(nowNs()) > 0 {}
        for asked in asked.values where !asked.isMuted {
            fail(asked.client, asked.request.id, .stopped, "the run has ended")
        }
        for view in views where !view.isMuted {
            fail(view.client, view.request.id, .stopped, "the run has ended")
        }
        for (client, request) in unnamed.values.joined() {
            fail(client, request.id, .stopped, "the run has ended")
        }
        let untilNs = nowNs() + 200_000_000
        while clients.contains(where: { $0.connection.isOpen && $0.hasOutput }), nowNs() < untilNs {
            var work = 0
            for client in clients { work += client.send() }
            if work == 0 {
                let waiting = clients.filter(\.hasOutput).map(\.connection.descriptor)
                Descriptors.wait(readable: [], writable: waiting, timeoutNs: 10_000_000)
            }
        }
        for client in clients { client.connection.close() }
        configuration.backOffice?.close()
    }

    /// Whether the hot thread owes something.
    private var isAwaited: Bool {
        if case .comparing = questionStep, question != nil { return true }
        return !asked.isEmpty || !views.isEmpty || link.isWaiting || clients.contains { $0.hasLines }
    }

    // MARK: Clients

    private func takeClients() -> Int {
        guard let connection = listener?.accept() else { return 0 }
        let client = ControlClient(id: nextClient, connection: connection)
        nextClient += 1
        if clients.count >= Self.clientCountMax {
            client.write(
                .failed(nil, .busy, "\(clients.count) clients talk to this engine already, which is the most")
            )
            _ = client.send()
            connection.close()
        } else {
            clients.append(client)
        }
        return 1
    }

    private func serve(_ client: ControlClient, _ nowNs: UInt64) -> Int {
        var work = client.receive(&room)
        for _ in 0..<ControlClient.lineCountPerTurn {
            guard let piece = client.nextPiece() else { break }
            work += 1
            client.requestCount += 1
            switch piece {
            case .tooLong:
                client.write(
                    .failed(
                        nil, .badRequest,
                        "a request is one line of at most \(ControlRequest.byteCountMax) bytes"))
            case .line(let line): take(line, client, nowNs)
            }
        }
        return work
    }

    private func take(_ line: ArraySlice<UInt8>, _ client: ControlClient, _ nowNs: UInt64) {
        let request: ControlRequest
        do throws(ControlRequest.Fault) {
            request = try ControlRequest(line: line)
        } catch {
            client.write(.failed(error.id, .badRequest, error.text))
            return
        }
        guard client.requestCount <= ControlClient.requestCountMax else {
            client.write(
                .failed(
                    request.id, .busy, "\(ControlClient.requestCountMax) requests of yours are under way"))
            return
        }
        perform(request, client.id, nowNs)
    }

    func write(_ client: UInt64, _ line: ControlLine) {
        clients.first { $0.id == client }?.write(line)
    }

    func fail(_ client: UInt64, _ id: Int64?, _ error: ControlError, _ text: String) {
        write(client, .failed(id, error, text))
    }

    /// Who has waited long enough is told that the engine owes the answer.
    private func expire(_ nowNs: UInt64) {
        for (number, waiting) in asked where nowNs >= waiting.dueNs && !waiting.isMuted {
            if waiting.request.command == .lift || waiting.plan != nil {
                asked[number]?.isMuted = true
            } else {
                asked[number] = nil
            }
            fail(
                waiting.client, waiting.request.id, .timeout,
                "the engine did not answer; whether it still does it, its journal will tell")
        }
        for place in views.indices where nowNs >= views[place].dueNs && !views[place].isMuted {
            views[place].isMuted = true
            if views[place].request.command == .states {
                // What was told goes without the hot thread, which may hang.
                showStates(views[place].request, views[place].client, kept: nil)
            } else {
                fail(views[place].client, views[place].request.id, .timeout, "the engine did not answer")
            }
            for waiting in unnamed.removeValue(forKey: views[place].number) ?? [] {
                fail(waiting.client, waiting.request.id, .timeout, "the engine did not answer")
            }
        }
    }
}

/// A scope by its number, and what holds it: of several causes each is lifted by itself.
struct ScopeKey: Hashable {
    let scope: RiskScope
    /// Of the strategy or the instrument; 0 of the account.
    let index: UInt32
    /// Where all instruments of a stream are meant, and none is named.
    let stream: UInt64
    let rule: UInt32
}

/// Where a question of the core stands.
enum QuestionStep: Equatable {
    /// The names of the instruments are asked for, by the view of this number; 0: not yet.
    case naming(UInt32)
    case asking
    /// The engine has the answer, and compares.
    case comparing
}

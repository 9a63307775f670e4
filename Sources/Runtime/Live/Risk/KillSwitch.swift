internal import Model
internal import Plumbing
internal import Synchronization

/// The kill switch of a run, for whoever hears it first.
///
///     control socket ─┐
///     SIGUSR2 ────────┼─▶ gate keeps orders back ─▶ its own files, durable ─▶ answer
///     file KILL ──────┘            └─▶ hot thread, next turn: the core hears it, cancels leave
///
/// The gate is closed before anything else: not one order leaves after the kill was said, whether the hot thread comes by or
/// not. What follows only makes it last.
///
/// - Threads: any but those that have the sockets; one at a time, by a lock.
final class KillSwitch: Sendable {
    /// What came of it.
    struct Outcome: Sendable {
        /// `nil`: the state is durable.
        var failure: String?
    }

    private struct Shared {
        var state: KillState
        /// Kills that the file knows of.
        var writtenKills: UInt32 = 0
        /// Why the state is not durable; `nil`: it is.
        var failure: String?
        /// The next attempt to make it so.
        var retryAtNs: UInt64 = 0
        /// When the account's own file is looked at next.
        var ownDueNs: UInt64 = 0
        /// Kill files that were heard: each once, until it is gone.
        var heardFiles: Set<String> = []
    }

    let gate: EgressGate
    /// Where its files are: see ``KillFolder``.
    let folder: String
    /// Whose switch it is; empty: nobody's but the folder's.
    let account: String
    private let clock: Clock
    private let shared: Mutex<Shared>

    /// A person's file is seen at once; what another engine passes on costs more to look for.
    private static var ownEveryNs: UInt64 { 200_000_000 }

    /// Reads the state that earlier runs left; where it is on, the gate keeps orders back from here on.
    init(folder: String, gate: EgressGate, clock: Clock, account: String = "") {
        self.gate = gate
        self.folder = folder
        self.account = account
        self.clock = clock
        let whole = KillStateFile.read(in: folder)
        let own = account.isEmpty ? whole : KillStateFile.read(in: folder, account: account)
        let state = own.isOn ? own : whole.isOn ? whole : own.atUtcNs > whole.atUtcNs ? own : whole
        shared = Mutex(Shared(state: state))
        if state.isOn { gate.keepOrders() }
        // One that was laid there while nothing ran, and one that is laid from now on.
        poll()
    }

    /// A run begins: by its own file the engines beside this one know of it, and pass a kill file on.
    func register() throws(SetupError) {
        guard !account.isEmpty, !KillFolder.accounts(in: folder).contains(account) else { return }
        try KillStateFile.write(.never, in: folder, account: account)
    }

    var state: KillState { shared.withLock { $0.state } }

    /// Why the state is not durable; `nil`: it is.
    var failure: String? { shared.withLock { $0.failure } }

    /// Whether the core has heard of every kill that was said.
    var isHeard: Bool { gate.heardKills == gate.kills }

    /// Says it. When it returns no order leaves any more, and the state outlives the process unless the outcome says
    /// otherwise.
    func kill(by name: OperatorName, cause: KillState.Cause) -> Outcome {
        shared.withLock { shared in
            gate.kill(by: name)
            note(&shared, name: name.description, cause: cause)
            return Outcome(failure: shared.failure)
        }
    }

    /// Looks whether one was said by a signal or by the file, and tries again to make durable what is not. About twenty
    /// times a second or more often.
    func poll() {
        shared.withLock { shared in
            if gate.kills != shared.writtenKills {
                if gate.isKilledBySignal {
                    note(&shared, name: gate.killName.description, cause: .signal)
                } else if clock.nowNs() >= shared.retryAtNs {
                    write(&shared)
                }
            } else if shared.failure != nil, clock.nowNs() >= shared.retryAtNs {
                write(&shared)
            }
            lookForFiles(&shared)
        }
    }

    /// Takes it off: durable first, then the gate. Another account's own stays as it is.
    ///
    /// - Parameter kills: As the gate counted them when the lift was asked for.
    /// - Returns: `nil`: done; else why not, and it stays on.
    func lift(by name: OperatorName, kills: UInt32) -> String? {
        shared.withLock { shared in
            lookForFiles(&shared)
            if let file = shared.heardFiles.min() {
                return "\(file) is there and cannot be removed: take it away first"
            }
            guard gate.kills == kills else { return "it was said again meanwhile" }
            let before = shared.state
            let off = KillState(
                isOn: false, cause: .command, name: name.description, atUtcNs: Clock.utcNs())
            do throws(SetupError) {
                try KillStateFile.write(off, in: folder)
                // Last: as long as it is on, nobody has lifted anything here.
                if !account.isEmpty { try KillStateFile.write(off, in: folder, account: account) }
            } catch {
                return "its file could not be written: \(error)"
            }
            shared.state = off
            guard gate.lift(kills: kills) else {
                // A signal, in this very moment: it holds.
                shared.state = before
                note(&shared, name: gate.killName.description, cause: .signal)
                return "it was said again meanwhile"
            }
            shared.failure = nil
            return nil
        }
    }

    /// The core believes that it is off, and it is not.
    func sayAgain() {
        shared.withLock { shared in
            gate.kill(by: OperatorName(shared.state.name) ?? OperatorName(high: 0, low: 0))
            write(&shared)
        }
    }

    /// Who said it first, and when, stays until it is lifted: what is said again is an input of the journal, like the first.
    private func note(_ shared: inout Shared, name: String, cause: KillState.Cause) {
        if !shared.state.isOn || shared.state.cause == .damaged {
            shared.state = KillState(isOn: true, cause: cause, name: name, atUtcNs: Clock.utcNs())
        }
        write(&shared)
    }

    private func write(_ shared: inout Shared) {
        let kills = gate.kills
        do throws(SetupError) {
            if !account.isEmpty { try KillStateFile.write(shared.state, in: folder, account: account) }
            // An account beside this one may have said it before.
            let whole = KillStateFile.read(in: folder)
            if !whole.isOn || whole.cause == .damaged { try KillStateFile.write(shared.state, in: folder) }
            shared.failure = nil
            shared.writtenKills = kills
        } catch {
            shared.failure = "\(error)"
            shared.retryAtNs = clock.nowNs() + 1_000_000_000
        }
    }

    /// A file's text is who says it; one that was only touched says it, too. It is removed when it is heard, durable, and
    /// passed on: whichever engine of the folder sees it first, it is meant for all of them, those that do not run, too.
    private func lookForFiles(_ shared: inout Shared) {
        let common = KillFolder.killFile(in: folder)
        lookForFile(&shared, common, for: KillFolder.accounts)
        guard !account.isEmpty, clock.nowNs() >= shared.ownDueNs else { return }
        shared.ownDueNs = clock.nowNs() + Self.ownEveryNs
        lookForFile(&shared, KillFolder.killFile(in: folder, account: account)) { _ in [] }
        // Another engine of this very account was the first to see it.
        guard !shared.state.isOn else { return }
        let own = KillStateFile.read(in: folder, account: account)
        guard own.isOn, own.cause == .file else { return }
        gate.kill(by: OperatorName(own.name) ?? OperatorName(high: 0, low: 0))
        shared.state = own
        write(&shared)
    }

    private func lookForFile(
        _ shared: inout Shared, _ path: String, for others: (String) -> [String]
    ) {
        guard let name = KillFolder.name(inKillFile: path) else {
            shared.heardFiles.remove(path)
            return
        }
        if shared.heardFiles.insert(path).inserted {
            gate.kill(by: OperatorName(name) ?? OperatorName(high: 0, low: 0))
            note(&shared, name: name, cause: .file)
        }
        guard shared.failure == nil else { return }
        // Where one of these is not allowed it stays, and stands in the way of a lift, which says so.
        do throws(SetupError) {
            for other in others(folder) where other != account {
                let passed = KillFolder.killFile(in: folder, account: other)
                try Files.replace(passed, with: Array("\(name)\n".utf8))
            }
            try Files.remove(path)
            shared.heardFiles.remove(path)
        } catch {
            return
        }
    }
}

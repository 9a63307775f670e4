internal import Model
internal import Plumbing
internal import Synchronization

/// The kill switch of a run, for whoever hears it first.
///
///     control socket ─┐
///     SIGUSR2 ────────┼─▶ gate keeps orders back ─▶ its own file, durable ─▶ answer
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
        /// The kill file was heard: once, until it is gone.
        var isFileHeard = false
    }

    let gate: EgressGate
    /// Where ``KillStateFile`` is.
    let folder: String
    /// A kill by that it is there.
    let killFile: String
    private let clock: Clock
    private let shared: Mutex<Shared>

    static func killFile(in folder: String) -> String { "\(folder)/KILL" }

    /// Reads the state that earlier runs left; where it is on, the gate keeps orders back from here on.
    init(folder: String, gate: EgressGate, clock: Clock) {
        self.gate = gate
        self.folder = folder
        self.clock = clock
        killFile = Self.killFile(in: folder)
        let state = KillStateFile.read(in: folder)
        shared = Mutex(Shared(state: state))
        if state.isOn { gate.keepOrders() }
        // One that was laid there while nothing ran, and one that is laid from now on.
        poll()
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
            lookForFile(&shared)
        }
    }

    /// Takes it off: durable first, then the gate.
    ///
    /// - Parameter kills: As the gate counted them when the lift was asked for.
    /// - Returns: `nil`: done; else why not, and it stays on.
    func lift(by name: OperatorName, kills: UInt32) -> String? {
        shared.withLock { shared in
            lookForFile(&shared)
            guard !shared.isFileHeard else {
                return "\(killFile) is there and cannot be removed: take it away first"
            }
            guard gate.kills == kills else { return "it was said again meanwhile" }
            let before = shared.state
            let off = KillState(
                isOn: false, cause: .command, name: name.description, atUtcNs: Clock.utcNs())
            do throws(SetupError) {
                try KillStateFile.write(off, in: folder)
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

    private func note(_ shared: inout Shared, name: String, cause: KillState.Cause) {
        shared.state = KillState(isOn: true, cause: cause, name: name, atUtcNs: Clock.utcNs())
        write(&shared)
    }

    private func write(_ shared: inout Shared) {
        let kills = gate.kills
        do throws(SetupError) {
            try KillStateFile.write(shared.state, in: folder)
            shared.failure = nil
            shared.writtenKills = kills
        } catch {
            shared.failure = "\(error)"
            shared.retryAtNs = clock.nowNs() + 1_000_000_000
        }
    }

    /// The file's text is who says it; one that was only touched says it, too. It is removed when it is heard and durable.
    private func lookForFile(_ shared: inout Shared) {
        var name = ""
        do throws(SetupError) {
            guard let bytes = try Files.read(killFile, byteCountMax: 64) else {
                shared.isFileHeard = false
                return
            }
            let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
            name = String(decoding: line.prefix(16).filter { $0 >= 0x20 && $0 < 0x7f }, as: UTF8.self)
        } catch {
            // It is there, whatever it is: that is enough.
        }
        if !shared.isFileHeard {
            shared.isFileHeard = true
            gate.kill(by: OperatorName(name.isEmpty ? "KILL" : name) ?? OperatorName(high: 0, low: 0))
            note(&shared, name: name.isEmpty ? "KILL" : name, cause: .file)
        }
        guard shared.failure == nil else { return }
        // Where that is not allowed it stands in the way of a lift, which says so.
        guard (try? Files.remove(killFile)) != nil else { return }
        shared.isFileHeard = false
    }
}

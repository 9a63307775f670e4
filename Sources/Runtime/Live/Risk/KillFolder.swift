internal import Foundation
public import Plumbing
public import Settings

/// What stands in a journal folder of the kill switches of all its engines, as whoever comes without an engine finds it.
///
///     risk-state            the folder's: on by any kill, off by any lift
///     risk-state-ACCOUNT    the account's own: on by a kill of its engine, off by a lift of its engine
///     KILL                  a person's: for every account; whoever hears it first passes it on and takes it away
///     KILL-ACCOUNT          passed on: for the engine of that account, running or at its next start
///
/// A start is killed by the folder's and by its own. One engine's lift ends both of these, and of the others' nothing.
public enum KillFolder {
    /// One switch that is on.
    public struct Standing: Sendable, Equatable {
        /// Empty: the folder's, which is every account's.
        public var account: String
        public var state: KillState
        /// The file that says so.
        public var path: String
    }

    /// Names the account of an engine in files: nothing but what a file's name may have, and no two alike.
    public static func account(_ settings: Settings) -> String {
        EarlierRuns.Account(settings).fileName
    }

    /// Accounts whose engines have run there.
    public static func accounts(in folder: String) -> [String] {
        let head = "risk-state-"
        return ((try? Files.list(folder)) ?? []).filter { $0.hasPrefix(head) && !$0.hasSuffix(".new") }.map {
            String($0.dropFirst(head.count))
        }
    }

    /// - Parameter account: Empty: every account's.
    public static func killFile(in folder: String, account: String = "") -> String {
        "\(folder)/KILL" + (account.isEmpty ? "" : "-\(account)")
    }

    /// Who says it in a kill file; `nil`: there is none. One that was only touched, or that cannot be read, says it, too.
    public static func name(inKillFile path: String) -> String? {
        do throws(SetupError) {
            guard let bytes = try Files.read(path, byteCountMax: 64) else { return nil }
            let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
            let name = String(
                decoding: line.prefix(16).filter { $0 >= 0x20 && $0 < 0x7f }, as: UTF8.self)
            return name.isEmpty ? "KILL" : name
        } catch {
            // It is there, whatever it is: that is enough.
            return "KILL"
        }
    }

    /// Every switch that is on, the folder's first.
    public static func standing(in folder: String) -> [Standing] {
        var found: [Standing] = []
        for account in [""] + accounts(in: folder) {
            let state = KillStateFile.read(in: folder, account: account)
            guard state.isOn else { continue }
            found.append(
                Standing(
                    account: account, state: state, path: KillStateFile.path(in: folder, account: account)))
        }
        for file in killFiles(in: folder) {
            guard let name = name(inKillFile: file.path) else { continue }
            let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
            let date = attributes?[.modificationDate] as? Date
            let atUtcNs = date.map { UInt64(max(0, $0.timeIntervalSince1970) * 1e9) } ?? 0
            found.append(
                Standing(
                    account: file.account,
                    state: KillState(isOn: true, cause: .file, name: name, atUtcNs: atUtcNs), path: file.path)
            )
        }
        return found
    }

    /// What a start of the account would find: the first that stands against it, or who lifted it last.
    public static func state(in folder: String, account: String) -> KillState {
        let against = standing(in: folder).filter { $0.account.isEmpty || $0.account == account }
        if let first = against.first(where: { $0.account == account }) ?? against.first { return first.state }
        let own = KillStateFile.read(in: folder, account: account)
        let whole = KillStateFile.read(in: folder)
        return own.atUtcNs > whole.atUtcNs ? own : whole
    }

    /// When a person last lifted the account; 0: never. What stood before that is over. The folder's file tells it of
    /// accounts that have none of their own: else it may be off by the lift of another's engine.
    static func liftedAtUtcNs(in folder: String, account: String) -> UInt64 {
        let isKnown = accounts(in: folder).contains(account)
        let state = KillStateFile.read(in: folder, account: isKnown ? account : "")
        return state.isOn ? 0 : state.atUtcNs
    }

    /// Without an engine: for every account that has run there, and every other.
    public static func kill(_ state: KillState, in folder: String) throws(SetupError) {
        for account in [""] + accounts(in: folder) {
            // Who said it first, and when, stays.
            let before = KillStateFile.read(in: folder, account: account)
            if before.isOn, before.cause != .damaged { continue }
            try KillStateFile.write(state, in: folder, account: account)
        }
    }

    /// Without an engine: of every account. The kill files go last: a lift that came to half of it has lifted nothing.
    public static func lift(_ state: KillState, in folder: String) throws(SetupError) {
        for account in accounts(in: folder) + [""] {
            try KillStateFile.write(state, in: folder, account: account)
        }
        for file in killFiles(in: folder) { try Files.remove(file.path) }
    }

    private static func killFiles(in folder: String) -> [(account: String, path: String)] {
        ((try? Files.list(folder)) ?? []).filter {
            $0 == "KILL" || $0.hasPrefix("KILL-") && !$0.hasSuffix(".new")
        }.map { ($0 == "KILL" ? "" : String($0.dropFirst(5)), "\(folder)/\($0)") }
    }
}

public import Plumbing

/// The kill switch's own durable files in the journal folder: `risk-state` is the folder's and holds for every run there;
/// `risk-state-ACCOUNT` is one account's own, so that a lift of one engine leaves the kill of another.
///
///     spinetail risk-state 1
///     kill on
///     name ann
///     at 1763750034123456789
///     cause command
///     crc32c 5d0c72aa
///
/// Whoever finds it otherwise than it was written takes the kill for on: a state that cannot be read is not "off".
public enum KillStateFile {
    /// - Parameter account: As ``KillFolder/account(_:)`` names it; empty: the folder's.
    public static func path(in folder: String, account: String = "") -> String {
        "\(folder)/risk-state" + (account.isEmpty ? "" : "-\(account)")
    }

    private static var head: String { "spinetail risk-state 1" }
    private static var byteCountMax: Int { 4_096 }

    /// Never fails: what cannot be read is on. That there is no file is "never said".
    public static func read(in folder: String, account: String = "") -> KillState {
        let bytes: [UInt8]?
        do throws(SetupError) {
            bytes = try Files.read(path(in: folder, account: account), byteCountMax: byteCountMax)
        } catch {
            return damaged("\(error)")
        }
        guard let bytes else { return .never }
        return parse(bytes)
    }

    /// Durable when it returns.
    public static func write(
        _ state: KillState, in folder: String, account: String = ""
    ) throws(SetupError) {
        try Files.makeFolder(folder)
        try Files.replace(path(in: folder, account: account), with: bytes(of: state))
    }

    static func bytes(of state: KillState) -> [UInt8] {
        let text = """
            \(head)
            kill \(state.isOn ? "on" : "off")
            name \(state.name)
            at \(state.atUtcNs)
            cause \(state.cause.rawValue)

            """
        let sum = crc(Array(text.utf8))
        return Array((text + "crc32c \(sum)\n").utf8)
    }

    private static func crc(_ bytes: [UInt8]) -> String {
        // SAFETY: the array stands still during the call.
        let sum = unsafe bytes.withUnsafeBytes { unsafe Checksum.crc32c($0) }
        let text = String(sum, radix: 16)
        return String(repeating: "0", count: 8 - text.count) + text
    }

    static func parse(_ bytes: [UInt8]) -> KillState {
        guard bytes.count < byteCountMax else { return damaged("it is longer than it may be") }
        // What is no UTF-8 does not come out as the same bytes, and fails the sum.
        let lines = String(decoding: bytes, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 7, lines[6].isEmpty, lines[0] == head else {
            return damaged(bytes.isEmpty ? "it is empty" : "it is not of this program's making")
        }
        let content = lines[..<5].map { $0 + "\n" }.joined()
        guard lines[5] == "crc32c \(crc(Array(content.utf8)))" else {
            return damaged("its checksum does not fit")
        }
        func value(_ line: Int, _ key: String) -> String? {
            lines[line].hasPrefix(key + " ") ? String(lines[line].dropFirst(key.count + 1)) : nil
        }
        guard let word = value(1, "kill"), word == "on" || word == "off", let name = value(2, "name"),
            let at = value(3, "at").flatMap({ UInt64($0) }),
            let cause = value(4, "cause").flatMap({ KillState.Cause(rawValue: $0) })
        else { return damaged("it says what this version does not know") }
        return KillState(isOn: word == "on", cause: cause, name: name, atUtcNs: at)
    }

    private static func damaged(_ why: String) -> KillState {
        var state = KillState(isOn: true, cause: .damaged, name: "", atUtcNs: 0)
        state.damage = why
        return state
    }
}

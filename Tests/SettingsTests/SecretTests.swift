import Foundation
import Model
import Testing

@testable import Settings

private let secret = "hunter2"
private let variable = "SPINETAIL_BROKER__OUCH__PASSWORD"

/// Everything that settings show of themselves.
private func everything(_ loaded: LoadedSettings) -> String {
    var shown = loaded.entries.map { "\($0.path) \($0.text) \($0.origin)" }
    shown.append(loaded.canonicalText)
    shown += loaded.warnings.map(\.description)
    shown += loaded.settings.values().map { "\($0) \($1)" }
    shown += loaded.settings.limits(strategies: []).map(\.description)
    var other = loaded.settings
    other.broker.ouch.password = "other"
    shown += loaded.settings.changesBesideLimits(other)
    return shown.joined(separator: "\n")
}

/// Goal: a password from each of its places comes through, and nothing shows it.
@Test func passwordsComeThroughAndAreNotShown() throws {
    let world = try FileWorld()
    for (text, environment, overrides) in [
        ("broker: {ouch: {password: \(secret)}}", [:], []),
        ("", [variable: secret], []),
        ("", [:], ["broker.ouch.password=\(secret)"]),
        ("broker: {ouch: {password_file: p}}", [:], []),
        ("broker: {ouch: {password: other}}", [:], ["broker.ouch.password_file=p"]),
        ("broker: {ouch: {password_file: gone}}", [variable: secret], []),
        ("venues: [{name: a, ouch: {password_file: p}}]", [:], []),
        ("venues: [{name: a}]", ["SPINETAIL_VENUES__A__OUCH__PASSWORD": secret], []),
    ] as [(String, [String: String], [String])] {
        try world.write("p", secret + "\n")
        try world.write("s.yaml", text)
        let loaded = try world.load(environment: environment, overrides: overrides)
        #expect(loaded.settings.routedVenues[0].ouch.password == secret, "\(text)")
        #expect(!everything(loaded).contains(secret), "\(text)")
        let shown = loaded.entries.filter { $0.path.hasSuffix(".password") }
        #expect(shown.allSatisfy { $0.isSecret && $0.text == "***" })
    }
}

/// Goal: no error shows a password, whatever is wrong with it.
@Test func errorsShowNoPassword() throws {
    for (text, environment, overrides) in [
        ("broker: {ouch: {password: \(secret)toolong}}", [:], []),
        ("broker: {ouch: {password \(secret)}}", [:], []),
        ("broker: {ouch: {password:\(secret)}}", [:], []),
        ("broker: {ouch: {password: [\(secret)]}}", [:], []),
        ("broker: {ouch: {password: {\(secret): 1}}}", [:], []),
        ("broker:\n  ouch:\n    password: &a \(secret)", [:], []),
        ("broker:\n  ouch:\n    password: \"\(secret)", [:], []),
        ("", [variable: secret + "toolong"], []),
        ("", [:], ["broker.ouch.password=\(secret)toolong"]),
        ("", [:], ["broker.ouch.password:\(secret)"]),
        ("", [:], ["broker.ouch.pasword=\(secret)"]),
        ("", [variable + "__X": secret], []),
    ] as [(String, [String: String], [String])] {
        let found = problems(text, environment: environment, overrides: overrides)
        #expect(!found.isEmpty, "\(text) \(environment) \(overrides)")
        #expect(!found.joined().contains(secret), "\(found)")
    }
}

/// Goal: a password's file is read only where nobody else may, and what is wrong says what to do.
@Test func passwordFilesAreTight() throws {
    let world = try FileWorld()
    try world.write("s.yaml", "broker:\n  ouch:\n    password_file: p\n")
    func found(_ text: String, mode: Int = 0o600) throws -> String {
        try? FileManager.default.removeItem(atPath: world.folder + "/p")
        try world.write("p", text, mode: mode)
        let found = world.problems()
        #expect(!found.joined().contains(secret))
        return found.joined()
    }
    for text in ["", "\n"] {
        #expect(try found(text).contains("s.yaml:3") && found(text).contains("is empty"))
    }
    for mode in [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644] {
        let told = try found(secret, mode: mode)
        #expect(told.contains("s.yaml:3") && told.contains("chmod 600"), "\(told)")
    }
    for mode in [0o600, 0o400] { #expect(try found(secret, mode: mode) == "") }
    for text in [secret, secret + "\n", secret + "\r\n"] {
        #expect(try found(text) == "")
        #expect(try world.load().settings.broker.ouch.password == secret)
    }
    #expect(try found(secret + "\n\n").contains("is no password"))
    #expect(try found(secret + "toolong").contains("is no password"))
    #expect(try found(String(repeating: secret, count: 1_000)).contains("a password and nothing else"))
    try FileManager.default.removeItem(atPath: world.folder + "/p")
    #expect(world.problems().first?.contains("cannot be read") == true)
    try FileManager.default.createDirectory(atPath: world.folder + "/p", withIntermediateDirectories: true)
    #expect(world.problems().first?.contains("no regular file") == true)
    try world.write("s.yaml", "broker: {ouch: {password_file: p, password: x}}")
    #expect(world.problems().first?.contains("both told") == true)
}

/// Goal: a password in an open file, or on the command line, is a warning; that of the simulator, on this machine, is none.
@Test func looseSecretsAreWarnedOf() throws {
    let world = try FileWorld()
    func warnings(_ text: String, mode: Int = 0o600, overrides: [String] = []) throws -> String {
        try world.write("s.yaml", text, mode: mode)
        return try world.load(overrides: overrides).warnings.map(\.description).joined(separator: "\n")
    }
    #expect(try warnings("") == "")
    #expect(try warnings("broker: {ouch: {password: spinetail}}", mode: 0o644) == "")
    #expect(try warnings("broker: {ouch: {password: \(secret)}}", mode: 0o600) == "")
    #expect(try warnings("broker: {ouch: {password: \(secret)}}", mode: 0o644).contains("chmod 600"))
    #expect(
        try warnings("", overrides: ["broker.ouch.password=x"]).contains("every user of this machine sees it")
    )
    let away = try warnings("broker: {ouch: {host: 10.0.0.1}}")
    #expect(away.contains("not this machine") && away.contains("that of the simulated exchange"))
}

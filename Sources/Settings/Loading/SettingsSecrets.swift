import Model

/// Where the passwords come from: told directly, or read from the file that is named. Of both, the later of the four places
/// wins; both in one place is a mistake.
struct SettingsSecrets {
    /// One password.
    struct Secret {
        /// `broker.ouch`, `venues.0.ouch`.
        let section: String
        /// Where it, or its file, was told; `nil`: nowhere, it is the default.
        let origin: Origin?
        /// What was read; `nil`: it was told directly.
        var read: String?

        var path: String { section + ".password" }
    }

    private(set) var secrets: [Secret] = []
    /// Whether nobody but its owner may read the settings file.
    let isFileTight: Bool

    init(_ settings: Settings, _ binder: inout Binder, _ files: SettingsFiles?) {
        isFileTight = files?.isTight ?? true
        for (section, ouch) in Self.sections(settings) {
            let told = binder.toldOrigin(section + ".password")
            let named = ouch.passwordFile.isEmpty ? nil : binder.toldOrigin(section + ".password_file")
            // Where no file is read, the journal's settings are: they hold no password either way.
            guard let named, let files else {
                secrets.append(Secret(section: section, origin: told))
                continue
            }
            if Self.rank(told) == Self.rank(named) {
                binder.refuse(
                    named, "\(section).password and password_file are both told, expected one of them")
                continue
            }
            guard Self.rank(named) > Self.rank(told) else {
                secrets.append(Secret(section: section, origin: told))
                continue
            }
            let path = files.path(ouch.passwordFile)
            do throws(SecretFile.Refusal) {
                let text = try SecretFile.read(path)
                let codec = Codec<String>.ascii(0...10)
                if codec.parse(text, false) == nil {
                    binder.refuse(
                        named,
                        "\(section).password_file: what \(path) holds is no password, expected \(codec.expected)"
                    )
                }
                secrets.append(Secret(section: section, origin: named, read: text))
            } catch {
                binder.refuse(named, "\(section).password_file: \(path) \(error.message)")
            }
        }
    }

    /// Puts what was read into the settings.
    func fill(_ settings: inout Settings, _ binder: inout Binder) {
        for secret in secrets {
            guard let text = secret.read, let origin = secret.origin else { continue }
            if secret.section == "broker.ouch" {
                settings.broker.ouch.password = text
            } else {
                for index in settings.venues.indices where secret.section == "venues.\(index).ouch" {
                    settings.venues[index].ouch.password = text
                }
            }
            binder.origins[secret.path] = origin
        }
    }

    private static func sections(_ settings: Settings) -> [(section: String, ouch: OuchSettings)] {
        [("broker.ouch", settings.broker.ouch)]
            + settings.venues.enumerated().map { ("venues.\($0.offset).ouch", $0.element.ouch) }
    }

    private static func rank(_ origin: Origin?) -> Int {
        switch origin {
        case nil, .standard: 0
        case .file: 1
        case .environment: 2
        case .commandLine: 3
        }
    }
}

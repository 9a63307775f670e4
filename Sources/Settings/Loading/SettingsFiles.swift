import Foundation

/// The files beside the settings file: the instrument master and passwords. Their names are relative to its folder.
struct SettingsFiles {
    /// Bytes of an instrument master: tens of thousands of instruments.
    static let masterBytesMax = 16 << 20

    /// `nil`: there is no settings file.
    let file: String?

    init(of file: String?) { self.file = file }

    func path(_ name: String) -> String {
        guard let file, !name.hasPrefix("/") else { return name }
        let folder = (file as NSString).deletingLastPathComponent
        return folder.isEmpty ? name : "\(folder)/\(name)"
    }

    /// Whether nobody but its owner and root may read the settings file; `true` where there is none.
    var isTight: Bool {
        guard let file else { return true }
        return (try? SecretFile.mode(file)).map { $0 & 0o077 == 0 } ?? false
    }

    /// Reads the master into definitions, and into the binder for the settings' own to begin with.
    ///
    /// - Parameter source: What the settings name; empty: the usual name, where there is such a file.
    func readMaster(
        _ source: String, into instruments: inout InstrumentSettings, _ binder: inout Binder
    ) throws(SettingsError) {
        guard source != "none" else { return }
        let name = path(source.isEmpty ? Settings.instrumentsNameStandard : source)
        if source.isEmpty {
            guard file != nil, FileManager.default.fileExists(atPath: name) else { return }
        }
        guard let data = FileManager.default.contents(atPath: name) else {
            binder.problems.append(
                SettingsProblem(
                    place: name,
                    message:
                        "cannot be read, expected an instrument master (instruments.source; \"\" for instruments.yaml, \"none\" for none)"
                ))
            return
        }
        guard let root = try YamlReader.read([UInt8](data), name: name, bytesMax: Self.masterBytesMax) else {
            return
        }
        SettingsSchema.definitions.bind(&instruments, root, "instruments.definitions", &binder)
        let prefix = "instruments.definitions."
        var origins: [Int: [String: Origin]] = [:]
        for (path, origin) in binder.origins where path.hasPrefix(prefix) {
            let parts = path.dropFirst(prefix.count).split(separator: ".", maxSplits: 1)
            if parts.count == 2, let place = Int(parts[0]) {
                origins[place, default: [:]][String(parts[1])] = origin
            }
        }
        for (place, terms) in instruments.definitions.enumerated() {
            binder.master[terms.symbol] = MasterEntry(
                place: place, terms: terms, origins: origins[place] ?? [:])
        }
    }
}

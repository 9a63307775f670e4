import Model

/// Whether orders are real.
public enum TradingMode: String, Sendable {
    case paper
    case live
}

/// What a run may do: paper trading for everybody, live trading only from ``LoadedSettings/start(live:)``.
public struct StartPermission: Sendable {
    public let mode: TradingMode

    public static let paper = StartPermission(.paper)

    fileprivate init(_ mode: TradingMode) { self.mode = mode }
}

extension LoadedSettings {
    /// Whether a run may start with these settings. Live trading takes three acts: `broker.paper_trading: false` in the
    /// settings file, a `risk` section there, and `--live`.
    ///
    /// - Parameter live: whether the command line says `--live`.
    /// - Throws: everything that is missing, with what to do.
    public func start(live: Bool) throws(SettingsError) -> StartPermission {
        let place = file ?? "settings"
        guard live || !settings.broker.paperTrading else { return .paper }
        var problems: [SettingsProblem] = []
        func refuse(_ message: String) { problems.append(SettingsProblem(place: place, message: message)) }
        if settings.broker.paperTrading {
            refuse(
                "broker.paper_trading is true and the command line says --live: set it to false in the settings file to trade live, or leave --live out"
            )
        }
        if !live {
            refuse(
                "broker.paper_trading is false: add --live to the command line to trade live, or set it to true"
            )
        }
        if !hasLimits {
            refuse(
                "there is no risk section with limits in the file (switches alone, and limits that are off, are none): live trading does not go by defaults alone, write the limits that are meant"
            )
        }
        problems += warnings.filter(\.forbidsLive).map(\.problem)
        guard problems.isEmpty else { throw SettingsError(problems: problems) }
        return StartPermission(.live)
    }
}

enum SafeStart {
    /// What should be known before the start.
    static func warnings(_ settings: Settings, _ secrets: SettingsSecrets, _ binder: Binder)
        -> [SettingsWarning]
    {
        var warnings: [SettingsWarning] = []
        func warn(_ origin: Origin?, _ message: String, forbidsLive: Bool) {
            let problem = SettingsProblem(place: "\(origin ?? .standard)", message: message)
            warnings.append(SettingsWarning(problem: problem, forbidsLive: forbidsLive))
        }
        let isSingle = settings.venues.isEmpty
        for secret in secrets.secrets where isSingle == (secret.section == "broker.ouch") {
            guard let venue = venue(settings, secret.section) else { continue }
            let isHere = venue.host.hasPrefix("127.")
            if venue.password == OuchSettings.passwordStandard, secret.read == nil {
                // It is meant for the simulated exchange, which is here.
                if !settings.broker.paperTrading || !isHere {
                    warn(
                        secret.origin,
                        "\(secret.path) is that of the simulated exchange"
                            + (isHere ? "" : ", and \(venue.host) is not on this machine")
                            + ": give the venue's by the environment or password_file", forbidsLive: true)
                }
            } else {
                switch secret.origin {
                case .file where secret.read == nil && !secrets.isFileTight:
                    warn(
                        secret.origin,
                        "\(secret.path) stands in a file that others may read: chmod 600 it, or use password_file or the environment",
                        forbidsLive: true)
                case .commandLine where secret.read == nil:
                    warn(
                        secret.origin,
                        "\(secret.path) is on the command line, where every user of this machine sees it: use password_file or the environment",
                        forbidsLive: true)
                case .file, .commandLine, .environment, .standard, nil: break
                }
            }
            if settings.broker.paperTrading, !isHere {
                warn(
                    binder.toldOrigin(secret.section + ".host"),
                    "\(secret.section).host is \(venue.host), not this machine, and broker.paper_trading is true: the engine cannot know that no real orders are taken there",
                    forbidsLive: false)
            }
        }
        return warnings
    }

    private static func venue(_ settings: Settings, _ section: String) -> OuchSettings? {
        if section == "broker.ouch" { return settings.broker.ouch }
        return settings.venues.enumerated().first { "venues.\($0.offset).ouch" == section }?.element.ouch
    }
}

/// Where orders go: one venue, or what all of ``Settings/venues`` have in common.
public struct BrokerSettings: Sendable, Equatable {
    public enum Provider: String, Sendable, CaseIterable { case ouch }

    public var provider = Provider.ouch
    /// Live trading needs more than this setting: see ``LoadedSettings/start(live:acceptsWarnings:)``.
    public var paperTrading = true
    /// What an execution costs, of its value, whoever gave what rested.
    public var commissionPct = Percent(partsPerMillion: 50)
    /// What it costs on top.
    public var fees = FeeSettings()
    public var ouch = OuchSettings()
    public var backOffice = BackOfficeSettings()

    public init() {}
}

/// One of several venues.
public struct RoutedVenueSettings: Sendable, Equatable {
    /// What instruments and reports call it.
    public var name = "main"
    public var provider = BrokerSettings.Provider.ouch
    public var ouch = OuchSettings()
    public var backOffice = BackOfficeSettings()

    public init() {}
}

extension Settings {
    /// The venues that orders go to, in the order of their sessions; never empty. `broker` alone is the short form of one.
    public var routedVenues: [RoutedVenueSettings] {
        guard venues.isEmpty else { return venues }
        var venue = RoutedVenueSettings()
        venue.provider = broker.provider
        venue.ouch = broker.ouch
        venue.backOffice = broker.backOffice
        return [venue]
    }
}

/// Where the venue answers about orders, executions and positions; the log-on is that of the order session.
public struct BackOfficeSettings: Sendable, Equatable {
    public var host = "127.0.0.1"
    /// 0: nobody is asked.
    public var port = 0
    /// An answer that is not whole by then is given up.
    public var timeoutNs: Int64 = 5_000_000_000

    public init() {}
}

/// An OUCH 5.0 session over SoupBinTCP.
public struct OuchSettings: Sendable, Equatable {
    /// The password of the exchange that comes with the engine: no secret.
    public static let passwordStandard = "spinetail"

    public var host = "127.0.0.1"
    public var port = 30502
    /// At most 6 characters, as SoupBinTCP carries it.
    public var username = "spine1"
    /// At most 10 characters; what ``passwordFile`` holds, where one is named.
    public var password = OuchSettings.passwordStandard
    /// The file that the password is read from; empty: none.
    public var passwordFile = ""
    /// The session to log on to, at most 10 characters; empty: whichever the venue has.
    public var session = ""
    public var heartbeatNs: Int64 = 1_000_000_000
    /// The first wait before connecting again; it doubles up to ``reconnectNsMax``.
    public var reconnectNsMin: Int64 = 1_000_000_000
    public var reconnectNsMax: Int64 = 30_000_000_000
    /// Messages a second that the venue takes; 0: as many as come. NASDAQ publishes no rate for OUCH ports.
    public var messagesPerSecond = 0
    /// Messages that may go at once, a quarter of them kept for cancels.
    public var messageBurst = 100
    /// What the venue has promised: it cancels every order when the session ends. It is told to people, and nothing is
    /// concluded from it: what became of an order the venue's stream says.
    public var cancelOnDisconnect = false

    public init() {}
}

/// Where orders go.
public struct BrokerSettings: Sendable, Equatable {
    public enum Provider: String, Sendable, CaseIterable { case ouch }

    public var provider = Provider.ouch
    /// Always true in this version: there is no live trading yet, and the file must not say that there is.
    public var paperTrading = true
    /// What an execution costs, of its value, whoever gave what rested.
    public var commissionPct = Percent(partsPerMillion: 50)
    /// What it costs on top.
    public var fees = FeeSettings()
    public var ouch = OuchSettings()
    public var backOffice = BackOfficeSettings()

    public init() {}
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
    public var host = "127.0.0.1"
    public var port = 30502
    /// At most 6 characters, as SoupBinTCP carries it.
    public var username = "spine1"
    /// At most 10 characters.
    public var password = "spinetail"
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

/// What a session needs to know before it can log on.
public struct OuchSessionConfiguration: Sendable {
    /// Up to 6 characters.
    public var username: String
    /// Up to 10 characters.
    public var password: String
    /// Up to 10 characters; empty: whatever session the venue is running.
    public var session: String
    /// We send something at least this often, and so does the venue.
    public var heartbeatNs: UInt64
    /// Nothing heard for this long: the connection counts as gone.
    public var silenceNsMax: UInt64
    /// Time for connecting, for the answer to a log-on, and for each message of the replay.
    public var answerNsMax: UInt64
    /// First delay before connecting again; doubles up to ``reconnectNsMax``, with a jitter of a quarter.
    public var reconnectNsMin: UInt64
    public var reconnectNsMax: UInt64
    /// Seed of the jitter.
    public var seed: UInt64
    /// Most instruments whose symbols the session can be told.
    public var instrumentCountMax: Int

    public init(
        username: String, password: String, session: String = "",
        heartbeatNs: UInt64 = 1_000_000_000, silenceNsMax: UInt64 = 2_000_000_000,
        answerNsMax: UInt64 = 5_000_000_000, reconnectNsMin: UInt64 = 1_000_000_000,
        reconnectNsMax: UInt64 = 30_000_000_000, seed: UInt64 = 1,
        instrumentCountMax: Int = 16_384
    ) {
        self.username = username
        self.password = password
        self.session = session
        self.heartbeatNs = heartbeatNs
        self.silenceNsMax = silenceNsMax
        self.answerNsMax = answerNsMax
        self.reconnectNsMin = reconnectNsMin
        self.reconnectNsMax = reconnectNsMax
        self.seed = seed
        self.instrumentCountMax = instrumentCountMax
    }
}

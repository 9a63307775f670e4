public import Model
public import Wire

/// What one ``MarketFeed`` is told before it starts.
public struct FeedConfiguration: Sendable {
    public var feedProtocol: FeedProtocol
    /// Number of the stream in inputs and books.
    public var stream: UInt8 = 0
    /// They get the instrument ids 0, 1, 2 … in this order. No symbol twice.
    public var symbols: [Symbol] = []
    /// Whether symbols that are not in ``symbols`` get ids too, in the order in which they appear. If not, their
    /// messages are counted and left out.
    public var discoversInstruments = true
    /// First id of a discovered symbol; `nil`: the one after ``symbols``. Feeds that share one table of instruments
    /// must not share ids.
    public var discoveredFrom: Int?
    /// Ids stay below it.
    public var instrumentCountMax = 16_384
    public var start = FeedStart.first
    /// Takes only this session; `nil`: the first that comes, and then whatever replaces it. MoldUDP64 only.
    public var session: Token10?

    /// Packets that can wait behind a gap; those for which there is no room are asked for again.
    public var waitingPacketCountMax = 256
    /// Bytes of the largest packet that can wait.
    public var waitingPacketBytesMax = 2048
    /// A packet further ahead than so many messages is garbage, not a gap.
    public var aheadCountMax: UInt64 = 1 << 26

    /// Messages that one request asks for at most.
    public var requestMessageCountMax: UInt16 = 512
    /// How long a new gap may close by itself, by packets that were only reordered.
    public var requestDelayNs: UInt64 = 100_000
    /// Shortest time between two requests.
    public var requestIntervalNs: UInt64 = 50_000
    /// Time after which a request that brought nothing is repeated; it doubles each time.
    public var requestRetryNs: UInt64 = 10_000_000
    /// …up to this. The feed never gives up by itself.
    public var requestRetryNsMax: UInt64 = 2_000_000_000

    public init(_ feedProtocol: FeedProtocol) { self.feedProtocol = feedProtocol }
}

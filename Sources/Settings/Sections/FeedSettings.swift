/// A source of market data.
public struct FeedSettings: Sendable, Equatable {
    public enum FeedProtocol: String, Sendable, CaseIterable {
        /// NASDAQ TotalView-ITCH 5.0 over MoldUDP64.
        case itchMoldUDP64 = "itch_moldudp64"
        /// IEX DEEP 1.0 over IEX-TP.
        case deepIEXTP = "deep_iextp"
    }

    public var name = "main"
    public var feedProtocol = FeedProtocol.itchMoldUDP64
    /// The local address that datagrams come to.
    public var address = "127.0.0.1"
    public var port = 30501
    /// A group to join; empty: unicast.
    public var multicastGroup = ""
    /// Address of the network interface that the group is joined on; empty: the system's choice.
    public var interface = ""
    /// Whom to ask for missed messages (MoldUDP64 only); empty: nobody, a gap stays a gap.
    public var requestHost = "127.0.0.1"
    public var requestPort = 30503
    /// The kernel's receive buffer; it may give less and that is said at start.
    public var receiveBufferBytes = 8 << 20

    public init() {}
}

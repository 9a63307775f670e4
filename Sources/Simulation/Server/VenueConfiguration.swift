public import Plumbing

/// What `spinetail venue` runs: where its market comes from, its ports, and how it behaves.
public struct VenueConfiguration: Sendable {
    public enum Start: Sendable, Equatable {
        /// The market stands still until the first client has logged on.
        case firstLogon
        case immediately
    }

    /// The exchange's accounts, instruments and flow; times in it are set by the server.
    public var exchange: ExchangeConfiguration
    /// A capture or ITCH file whose market is followed; `nil`: the exchange's own flow.
    public var file: String?
    /// Our own address for orders and requests.
    public var address: UInt32 = 0x7f00_0001
    /// 0: any free one.
    public var orderPort: UInt16 = 0
    /// 0: any free one.
    public var requestPort: UInt16 = 0
    /// Where the back office is asked; 0: any free one, `nil`: there is none.
    public var queryPort: UInt16?
    /// Where market data goes: unicast, or a multicast group. Port 0: one that is free now.
    public var marketData = SocketAddress.loopback(0)
    /// Address of the interface that multicast leaves by; 0: the kernel's choice.
    public var interface: UInt32 = 0
    /// Hops that multicast may take; 1: it stays on the local network.
    public var multicastHops: UInt8 = 1
    /// Of a capture; the flow's pace is its own rate.
    public var speed = FlowPace.Speed.automatic
    public var start = Start.firstLogon
    public var faults = VenueFaults()
    /// How long orders in flight are waited for after the market has ended.
    public var settleNs: UInt64 = 1_000_000_000
    /// The core to run on; `nil`: wherever the kernel puts it.
    public var core: Int?

    public init(exchange: ExchangeConfiguration, file: String? = nil) {
        self.exchange = exchange
        self.file = file
    }
}

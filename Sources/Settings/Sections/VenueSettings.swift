/// The exchange of `spinetail venue`: the ports it opens and the market it makes.
public struct VenueSettings: Sendable, Equatable {
    /// The local address of the order and request ports.
    public var address = "127.0.0.1"
    /// Where market data is sent to.
    public var marketDataAddress = "127.0.0.1"
    public var marketDataPort = 30501
    /// The interface that multicast leaves by; empty: the system's choice.
    public var interface = ""
    /// 0: any free port, told by `--ports-file`.
    public var orderPort = 30502
    /// 0: any free port.
    public var requestPort = 30503
    /// The whole market follows from it.
    public var seed: UInt64 = 1
    public var instruments = 8
    public var eventsPerSecond = 100_000
    /// How long the generated market lasts.
    public var seconds = 20
    /// Pace of a followed capture: 1 is the speed of its own time stamps, 0 a pace that ends within a minute.
    public var speed = 0.0

    public init() {}
}

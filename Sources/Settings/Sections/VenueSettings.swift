/// The exchange of `spinetail venue`: the ports it opens and the market it makes.
public struct VenueSettings: Sendable, Equatable {
    /// The local address of the order and request ports.
    public var address = "127.0.0.1"
    /// Where market data is sent to.
    public var marketDataAddress = "127.0.0.1"
    public var marketDataPort = 30501
    /// Address of the interface that multicast leaves by; empty: the system's choice.
    public var interface = ""
    /// 0: any free port, told by `--ports-file`.
    public var orderPort = 30502
    /// 0: any free port.
    public var requestPort = 30503
    /// The whole market follows from it.
    public var seed: UInt64 = 1
    public var instruments = 8
    public var eventsPerSecond = 20_000
    /// How long the generated market lasts.
    public var seconds = 20
    /// Pace of a capture: `auto` ends within a minute, `max` is as fast as the receiver takes it, a number is times
    /// the speed of its own time stamps.
    public var speed = "auto"
    /// Every order of an account is cancelled when its connection ends, however it ends.
    public var cancelOnDisconnect = false

    public init() {}
}

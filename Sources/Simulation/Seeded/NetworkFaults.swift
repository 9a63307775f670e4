/// How often a ``SeededNetwork`` does what to whatever passes through it. Chances are in a million; delays are in
/// nanoseconds and drawn evenly from their range.
public struct NetworkFaults: Sendable, Equatable {
    // Datagrams, both ways
    public var lossPerMillion: UInt64 = 0
    public var duplicatePerMillion: UInt64 = 0
    /// Delayed by up to ``lateNsMax`` more, so that those behind overtake it.
    public var latePerMillion: UInt64 = 0
    public var lateNsMax: UInt64 = 2_000_000
    public var datagramDelayNs: ClosedRange<Int64> = 5_000...20_000

    // Connections
    public var refusePerMillion: UInt64 = 0
    /// A connect that nobody answers.
    public var silentConnectPerMillion: UInt64 = 0
    /// Connections that break at a byte of one direction, drawn below ``breakByteMax``.
    public var breakPerMillion: UInt64 = 0
    public var breakByteMax: UInt64 = 6_000
    /// Broken connections of which one side, or both, hears nothing.
    public var halfOpenPerMillion: UInt64 = 0
    /// Sends of which the connection takes only a part, or nothing.
    public var shortSendPerMillion: UInt64 = 0
    /// How long a connection then takes nothing, at most.
    public var fullNsMax: UInt64 = 30_000_000
    /// Bytes that arrive cut into pieces.
    public var splitPerMillion: UInt64 = 0
    public var connectionDelayNs: ClosedRange<Int64> = 10_000...60_000

    /// One connection that breaks at one byte, for sure.
    public struct Cut: Sendable, Equatable {
        public var session = 0
        /// Which of the session's connections, from 0.
        public var connection = 0
        public var isToVenue = true
        /// How many bytes pass.
        public var afterBytes: UInt64 = 0

        public init(connection: Int, isToVenue: Bool, afterBytes: UInt64) {
            self.connection = connection
            self.isToVenue = isToVenue
            self.afterBytes = afterBytes
        }
    }
    public var cuts: [Cut] = []

    /// Nothing goes wrong.
    public init() {}

    /// No datagram arrives and no connection is made, and open ones break: somebody has pulled the plug.
    public var isOutage = false
}

/// What a ``SeededNetwork`` did.
public struct NetworkCounters: Sendable, Equatable {
    public var datagrams: UInt64 = 0
    public var lost: UInt64 = 0
    public var duplicated: UInt64 = 0
    public var late: UInt64 = 0
    public var connects: UInt64 = 0
    public var refused: UInt64 = 0
    public var broken: UInt64 = 0
    /// Bytes of connections that were sent and never arrived.
    public var bytesLost: UInt64 = 0
    public var shortSends: UInt64 = 0

    public init() {}
}

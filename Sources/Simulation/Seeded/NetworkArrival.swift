/// What reaches the venue's side of a ``SeededNetwork``, or wakes one of the world's agents.
public enum NetworkArrival {
    /// A request for retransmission.
    case request(stream: Int, bytes: [UInt8])
    case connected(Int)
    case bytes(connection: Int, [UInt8])
    /// The connection is gone, as far as the venue can see.
    case ended(connection: Int)
    /// Something has come for the engine: it has work.
    case client
    /// What ``SeededNetwork/wake(_:atNs:)`` was told.
    case wake(Int)
}

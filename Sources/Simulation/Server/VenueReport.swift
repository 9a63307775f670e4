/// What a venue did, at its end and while it runs.
public struct VenueReport: Sendable, Equatable {
    public var packets: UInt64 = 0
    public var messages: UInt64 = 0
    public var bytes: UInt64 = 0
    public var retransmittedPackets: UInt64 = 0
    /// Packets that a fault script held back.
    public var withheldPackets: UInt64 = 0
    /// Packets that the kernel did not take.
    public var unsentPackets: UInt64 = 0
    public var orders: UInt64 = 0
    public var rejects: UInt64 = 0
    public var executions: UInt64 = 0
    /// Datagrams that the receiving socket lost while we sent, as far as the kernel tells; `nil`: it does not.
    public var drops: UInt64?
    /// Time for which sending waited for the receiver.
    public var pausedNs: UInt64 = 0
    /// From the start of the market to its end.
    public var elapsedNs: UInt64 = 0
    /// What ended the venue.
    public var end = End.marketOver
    /// Damage of the file, or empty.
    public var damage = ""

    public enum End: String, Sendable {
        case marketOver = "market over"
        case interrupted
    }

    public init() {}

    /// One line for a person.
    public var summary: String {
        let lost = drops.map { "\($0) dropped by the receiver" } ?? "drops unknown"
        return "\(packets) packets, \(messages) messages, \(bytes) bytes, \(lost), "
            + "\(orders) orders, \(rejects) rejected, \(executions) executions"
    }

    /// One JSON object; names as in the report of a run.
    public var json: String {
        var text = "{\"packets\":\(packets),\"messages\":\(messages),\"bytes\":\(bytes)"
        text += ",\"retransmitted_packets\":\(retransmittedPackets),\"withheld_packets\":\(withheldPackets)"
        text += ",\"unsent_packets\":\(unsentPackets),\"orders\":\(orders),\"rejects\":\(rejects)"
        text += ",\"executions\":\(executions),\"drops\":\(drops.map { "\($0)" } ?? "null")"
        text += ",\"paused_ns\":\(pausedNs),\"elapsed_ns\":\(elapsedNs),\"end\":\"\(end.rawValue)\""
        return text + ",\"damaged\":\(damage.isEmpty ? "false" : "true")}"
    }
}

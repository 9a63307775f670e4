/// The stages whose latencies a run shows, in the order in which they lie in the shared file: a change of it is another
/// `ST_LIVE_VERSION` (st_live.h).
public enum LatencyStage: Int, CaseIterable, Sendable {
    case signal, order, engine, send, total, acknowledged

    /// As the report names it.
    public var title: String {
        switch self {
        case .signal: "received → signal"
        case .order: "→ bytes"
        case .engine: "engine, in all"
        case .send: "→ sent"
        case .total: "received → sent"
        case .acknowledged: "sent → ack"
        }
    }
}

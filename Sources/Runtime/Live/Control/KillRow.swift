/// The kill switch as people and programs outside look at it.
public struct KillRow: Codable, Sendable, Equatable {
    public var on: Bool
    /// Who said it, or lifted it last; `nil`: nobody ever.
    public var by: String?
    /// UTC, nanoseconds since 1970.
    public var sinceUtcNs: UInt64?
    /// `command`, `signal`, `file`, `damaged`.
    public var cause: String?
    /// What is wrong with its file, where it is on because of that.
    public var damage: String?
    /// Whether the core has heard of it and has sent its cancels as far as the venue takes them. While it is not, the hot
    /// thread does not come by.
    public var heard: Bool
    /// Whether it outlives the process; else ``failure`` says why not.
    public var durable: Bool
    public var failure: String?

    public init(_ state: KillState, isHeard: Bool, failure: String?) {
        on = state.isOn
        by = state.name.isEmpty ? nil : state.name
        sinceUtcNs = state.atUtcNs == 0 ? nil : state.atUtcNs
        cause = state.isOn ? state.cause.rawValue : nil
        damage = state.damage.isEmpty ? nil : state.damage
        heard = isHeard
        durable = failure == nil
        self.failure = failure
    }
}

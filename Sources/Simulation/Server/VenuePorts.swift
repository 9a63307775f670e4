/// What a venue has opened.
public struct VenuePorts: Sendable, Equatable {
    public var isDeep: Bool
    public var marketDataPort: UInt16
    public var orderPort: UInt16
    public var requestPort: UInt16
    /// `nil`: no back office.
    public var queryPort: UInt16?
}

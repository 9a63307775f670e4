/// The way to the venue, or a stream of its market data, is gone or back.
@frozen public struct ConnectionChange: BitwiseCopyable, Sendable {
    /// What a connection is for.
    @frozen public enum Purpose: UInt8, BitwiseCopyable, Sendable, CaseIterable {
        case orders = 0
        case marketData = 1
    }

    public var purpose: Purpose
    /// Of the venue session or of the stream, from 0.
    public var number: UInt8
    /// Orders: logged on, and all that was missed has been told. Market data: the stream is whole.
    public var isUp: Bool

    @inlinable public init(purpose: Purpose, number: UInt8, isUp: Bool) {
        self.purpose = purpose
        self.number = number
        self.isUp = isUp
    }
}

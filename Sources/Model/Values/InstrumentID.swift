/// Index of an instrument in the run's instrument table, given in the order in which they became known.
@frozen public struct InstrumentID: Hashable, BitwiseCopyable, Sendable {
    public let index: UInt32

    @inlinable public init(index: UInt32) { self.index = index }

    /// Concerns no instrument.
    @inlinable public static var none: InstrumentID { InstrumentID(index: UInt32.max) }
}

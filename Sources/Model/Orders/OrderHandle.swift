/// Names one order record; fits in an event. Goes stale, detectably, when the record is released.
@frozen public struct OrderHandle: BitwiseCopyable, Hashable, Sendable {
    public let index: UInt32
    public let generation: UInt32

    @inlinable public init(index: UInt32, generation: UInt32) {
        self.index = index
        self.generation = generation
    }

    /// Names none.
    @inlinable public static var none: OrderHandle { OrderHandle(index: .max, generation: 0) }
    @inlinable public var isNone: Bool { index == .max }
}

/// What a strategy calls a figure of its own: up to eight printable ASCII characters, so that the journal carries the name
/// itself. Made once, in the strategy's `init`: text has no place on the way of an event.
@frozen public struct MetadataName: Hashable, BitwiseCopyable, Sendable, CustomStringConvertible {
    /// The characters as loaded little-endian, padded with spaces.
    public let raw: UInt64

    @inlinable public init(raw: UInt64) { self.raw = raw }

    /// Traps where the name is empty, longer than eight characters, or not printable ASCII: the strategy's own bug.
    public init(_ name: String) {
        guard let symbol = Symbol(name) else {
            preconditionFailure("Caller: a figure's name has one to eight printable characters")
        }
        raw = symbol.raw
    }

    public var description: String { Symbol(raw: raw).description }
}

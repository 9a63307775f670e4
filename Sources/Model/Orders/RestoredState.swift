/// What an order taken over from an earlier run was about to do.
///
/// Layout: bit 0 to 7 the policy for its rest, bit 8 and 9 the flags.
@frozen public struct RestoredState: BitwiseCopyable, Sendable, Equatable {
    public var bits: UInt32

    @inlinable public init(bits: UInt32) { self.bits = bits }

    /// - Parameters:
    ///   - remainder: What becomes of the rest after a partial fill; `nil`: as the settings say.
    ///   - isAttempt: It is to be given to the venue (anew) as soon as that takes it.
    ///   - isTriggered: What it waited for has come, and something else kept it.
    @inlinable public init(remainder: RemainderPolicy?, isAttempt: Bool = false, isTriggered: Bool = false) {
        bits = UInt32(remainder?.rawValue ?? UInt8.max)
        if isAttempt { bits |= 1 << 8 }
        if isTriggered { bits |= 1 << 9 }
    }

    @inlinable public var remainder: RemainderPolicy? {
        RemainderPolicy(rawValue: UInt8(truncatingIfNeeded: bits))
    }
    @inlinable public var isAttempt: Bool { bits & 1 << 8 != 0 }
    @inlinable public var isTriggered: Bool { bits & 1 << 9 != 0 }
}

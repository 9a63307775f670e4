internal import Model

/// What one scope may do: for each cause the state that it asks for, two bits each. The strictest holds, and one that is
/// lifted leaves the others.
struct ScopeState: BitwiseCopyable {
    private(set) var bits: UInt32 = 0

    private static var low: UInt32 { 0x5555_5555 }

    var isNormal: Bool { bits == 0 }

    /// The strictest that any cause asks for.
    var state: TradingState {
        if bits & (bits >> 1) & Self.low != 0 { return .halted }
        if (bits >> 1) & Self.low != 0 { return .liquidationOnly }
        return bits == 0 ? .normal : .reduceOnly
    }

    /// The first cause that asks for ``state``; `nil`: none asks for anything.
    var cause: StateCause? {
        let halting = bits & (bits >> 1) & Self.low
        let liquidating = (bits >> 1) & Self.low
        let strictest = halting != 0 ? halting : liquidating != 0 ? liquidating : bits
        guard strictest != 0 else { return nil }
        return StateCause(rawValue: UInt8(strictest.trailingZeroBitCount / 2))
    }

    func asked(by cause: StateCause) -> TradingState {
        switch (bits >> (2 * UInt32(cause.rawValue))) & 3 {
        case 0: .normal
        case 1: .reduceOnly
        case 2: .liquidationOnly
        // Two bits have one more value.
        default: .halted
        }
    }

    mutating func set(_ cause: StateCause, _ state: TradingState) {
        let shift = 2 * UInt32(cause.rawValue)
        bits = bits & ~(3 << shift) | UInt32(state.rawValue) << shift
    }
}

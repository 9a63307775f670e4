internal import Model

/// One limit on its way, as an input told it.
struct LimitPart: BitwiseCopyable {
    var value: Int64 = 0
    var instrument: UInt32 = .max
    var strategy: UInt32 = .max
    var kind: UInt16 = 0
    var scope: UInt8 = 0
}

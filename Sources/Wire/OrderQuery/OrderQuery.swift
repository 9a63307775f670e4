/// A venue's answers about orders, executions, positions and cash, beside its order session: what a back office gives.
///
/// A protocol of our own, over TCP. Both sides send frames: a length in two bytes (of what follows it), a type letter,
/// fields. Numbers are big-endian, prices and money in 10⁻⁴ of the currency, text space padded on the right. The client
/// logs on, then asks; each request has a number, and every answer repeats it. An answer is one page or several, all
/// of one moment of the venue, and the answers to one client come in the order of its requests.
///
///     client  L user password                    O order   T client id   P open orders   E trades   S positions   B balance
///     venue   A account session time | J reason  o         t             p               e          s             b
///
/// Cold code: it allocates, and belongs on no hot path.
public enum OrderQuery {
    /// A frame's type letter and fields are never longer, so that a page is one frame.
    public static var frameByteCountMax: Int { 32_768 }
    /// Records of one page at most, whatever a request asks for: ``OrderRecord`` is the longest.
    public static var recordsPerPageMax: Int { 200 }

    /// What a client sends.
    public enum RequestType: UInt8, Sendable, CaseIterable {
        case logOn = 0x4c  // L
        case orderByUserRef = 0x4f  // O
        case ordersByClientID = 0x54  // T
        case openOrders = 0x50  // P
        case trades = 0x45  // E
        case positions = 0x53  // S
        case balance = 0x42  // B

        /// The letter of its answer.
        public var answer: UInt8 { rawValue | 0x20 }
    }

    /// What a venue sends before it answers questions.
    public static var logOnAccepted: UInt8 { 0x41 }
    public static var logOnRefused: UInt8 { 0x4a }

    /// What stands at the front of received bytes.
    public enum Frame: Equatable, Sendable {
        /// The frame is not whole yet.
        case needMore
        /// No frame begins like this: the connection is of no use any more.
        case malformed
        /// Type letter, then its fields at `2 + 1 ..< totalCount`.
        case whole(type: UInt8, totalCount: Int)
    }

    public static func frame(at bytes: ArraySlice<UInt8>) -> Frame {
        guard bytes.count >= 2 else { return .needMore }
        let length = Int(bytes[bytes.startIndex]) << 8 | Int(bytes[bytes.startIndex + 1])
        guard length >= 1, length <= frameByteCountMax else { return .malformed }
        guard bytes.count >= 3 else { return .needMore }
        guard bytes.count >= 2 + length else { return .needMore }
        return .whole(type: bytes[bytes.startIndex + 2], totalCount: 2 + length)
    }

    /// Appends a frame around what `write` appends.
    static func appendFrame(_ type: UInt8, to bytes: inout [UInt8], _ write: (inout FieldWriter) -> Void) {
        var fields = FieldWriter()
        write(&fields)
        let length = fields.bytes.count + 1
        precondition(length <= frameByteCountMax, "Invariant: a frame has room for a page")
        bytes.append(UInt8(length >> 8))
        bytes.append(UInt8(length & 0xff))
        bytes.append(type)
        bytes += fields.bytes
    }
}

/// Puts fields one after the other.
struct FieldWriter {
    var bytes: [UInt8] = []

    mutating func big<Value: FixedWidthInteger>(_ value: Value) {
        for shift in stride(from: Value.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
    mutating func text<Value: FixedWidthInteger>(_ value: Value) {
        for shift in stride(from: 0, to: Value.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
    mutating func token6(_ value: Token6) {
        text(value.head)
        text(value.tail)
    }
    mutating func token10(_ value: Token10) {
        text(value.head)
        text(value.tail)
    }
    mutating func token14(_ value: Token14) {
        text(value.head)
        text(value.middle)
        text(value.tail)
    }
}

/// Takes fields one after the other. Past the end it gives zeros and remembers that; who reads asks in the end.
struct FieldReader {
    var rest: ArraySlice<UInt8>
    private(set) var isShort = false

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// Everything was there, and nothing is left.
    var isWhole: Bool { !isShort && rest.isEmpty }

    mutating func big<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) -> Value {
        take(Value.bitWidth / 8).reduce(0) { $0 << 8 | Value(truncatingIfNeeded: $1) }
    }
    mutating func text<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) -> Value {
        take(Value.bitWidth / 8).reversed().reduce(0) { $0 << 8 | Value(truncatingIfNeeded: $1) }
    }
    mutating func token6() -> Token6 { Token6(head: text(), tail: text()) }
    mutating func token10() -> Token10 { Token10(head: text(), tail: text()) }
    mutating func token14() -> Token14 { Token14(head: text(), middle: text(), tail: text()) }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8> {
        guard rest.count >= count else {
            isShort = true
            rest = []
            return []
        }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}

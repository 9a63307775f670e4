/// The messages of one connection as the engine's side has sent them, byte by byte: a second opinion on what a gate lets
/// through.
struct SentFrames {
    /// The first four bytes of the message that is being sent: its length, its packet's type and its letter.
    private var head: [UInt8] = []
    private var rest = 0
    private var wasKept = false

    /// - Returns: How many orders or replacements have begun to leave although they were to be kept back.
    mutating func take(_ bytes: [UInt8], keepsOrders: Bool) -> Int {
        var count = 0
        for byte in bytes {
            if rest > 0 {
                rest -= 1
                continue
            }
            if head.isEmpty { wasKept = keepsOrders }
            head.append(byte)
            guard head.count >= 2 else { continue }
            let length = Int(head[0]) << 8 | Int(head[1])
            guard head.count == min(4, length + 2) else { continue }
            if head.count == 4, head[2] == UInt8(ascii: "U"),
                [UInt8(ascii: "O"), UInt8(ascii: "U")].contains(head[3]),
                wasKept
            {
                count += 1
            }
            rest = length + 2 - head.count
            head = []
        }
        return count
    }
}

/// `B` or `S` as ``Side`` codes, without a branch that depends on which: sides come as coin tosses, and a branch
/// guessed wrong every second time costs more than the rest of a message.
struct SideLetter {
    private let letter: UInt8

    @inline(__always) init(_ letter: UInt8) { self.letter = letter }

    /// The letters are 0x42 and 0x53: bit 4 tells them apart.
    @inline(__always) private var isSell: UInt8 { letter >> 4 & 1 }

    /// It is one of the two letters.
    @inline(__always) var isGood: Bool { letter == UInt8(ascii: "B") &+ isSell &* 0x11 }

    /// 1 buy, 2 sell: the raw values of ``Side``. Only where ``isGood``.
    @inline(__always) var code: UInt8 { 1 &+ isSell }
}

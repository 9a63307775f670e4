/// Where the fields of one type of order message stand, and which fields it has: what makes one code, without a jump
/// on the type, decode all of them. Types come as coin tosses, and a jump guessed wrong costs more than a message.
///
/// A field that a type does not have is read from where every message has bytes, and its mask is 0. Every offset leaves
/// room for its field within the message.
struct ItchOrderShape: BitwiseCopyable {
    /// Kind, side, flags and code as they stand in the event's last word, for a letter that is even.
    var lastWord: UInt64
    /// What an odd letter adds to the last word.
    var letterStep: UInt64
    /// All bits: the type has the field.
    var newReferenceMask: UInt64
    var matchMask: UInt64
    var symbolMask: UInt64
    var quantityMask: UInt32
    var priceMask: UInt32
    /// Bytes of the message · 256 + its type.
    var key: UInt16
    /// A number of eight bytes: the new order's, the match's, or the symbol; the masks say which.
    var extraOffset: UInt8
    var quantityOffset: UInt8
    var priceOffset: UInt8
    /// A letter that must be one of two, B or S, N or Y; the type itself where a message has none.
    var letterOffset: UInt8
    /// The one of the two whose lowest bit is 0, or the type; and how far the other is from it.
    var evenLetter: UInt8
    var letterDistance: UInt8
    /// A row is a cache line.
    var reserved: UInt64 = 0

    /// The shape for a type. No two types of order messages share a place; whatever else comes here is told apart by
    /// its type.
    @inline(__always) static func of(_ type: UInt8) -> UnsafePointer<ItchOrderShape> {
        let place = Int((UInt32(type) &* 37) >> 4 & 7)
        // SAFETY: the table has eight shapes and lives as long as the program; nobody writes it: it lies in read-only
        // memory.
        return unsafe withUnsafePointer(to: &itchOrderShapes) {
            unsafe UnsafeRawPointer($0).assumingMemoryBound(to: ItchOrderShape.self) + place
        }
    }
}

private typealias S = ItchOrderShape

// A tuple and no array, and a variable although it never changes: of these the compiler makes constant data, where an
// array or a `let` would be built, or copied, at run time. In the order that the multiplication gives.
private nonisolated(unsafe) var itchOrderShapes: (S, S, S, S, S, S, S, S) = (
    S(  // none: no message that comes here has 0 bytes
        lastWord: 0, letterStep: 0, newReferenceMask: 0, matchMask: 0, symbolMask: 0, quantityMask: 0,
        priceMask: 0,
        key: 0x0000, extraOffset: 0, quantityOffset: 0, priceOffset: 0, letterOffset: 0,
        evenLetter: 0,
        letterDistance: 0),
    S(  // F
        lastWord: 0x4600010100000000, letterStep: 1 << 40, newReferenceMask: 0, matchMask: 0,
        symbolMask: .max, quantityMask: .max, priceMask: .max, key: 0x2846, extraOffset: 24,
        quantityOffset: 20, priceOffset: 32, letterOffset: 19, evenLetter: 0x42, letterDistance: 17),
    S(  // C
        lastWord: 0x4301000300000000, letterStep: 0xffff_0000_0000_0000, newReferenceMask: 0, matchMask: .max,
        symbolMask: 0, quantityMask: .max, priceMask: .max, key: 0x2443, extraOffset: 23,
        quantityOffset: 19, priceOffset: 32, letterOffset: 31, evenLetter: 0x4e, letterDistance: 11),
    S(  // X
        lastWord: 0x5800000400000000, letterStep: 0, newReferenceMask: 0, matchMask: 0,
        symbolMask: 0, quantityMask: .max, priceMask: 0, key: 0x1758, extraOffset: 11,
        quantityOffset: 19, priceOffset: 11, letterOffset: 0, evenLetter: 0x58, letterDistance: 0),
    S(  // U
        lastWord: 0x5500000600000000, letterStep: 0, newReferenceMask: .max, matchMask: 0,
        symbolMask: 0, quantityMask: .max, priceMask: .max, key: 0x2355, extraOffset: 19,
        quantityOffset: 27, priceOffset: 31, letterOffset: 0, evenLetter: 0x55, letterDistance: 0),
    S(  // D
        lastWord: 0x4400000500000000, letterStep: 0, newReferenceMask: 0, matchMask: 0,
        symbolMask: 0, quantityMask: 0, priceMask: 0, key: 0x1344, extraOffset: 11,
        quantityOffset: 11, priceOffset: 11, letterOffset: 0, evenLetter: 0x44, letterDistance: 0),
    S(  // A
        lastWord: 0x4100010100000000, letterStep: 1 << 40, newReferenceMask: 0, matchMask: 0,
        symbolMask: .max, quantityMask: .max, priceMask: .max, key: 0x2441, extraOffset: 24,
        quantityOffset: 20, priceOffset: 32, letterOffset: 19, evenLetter: 0x42, letterDistance: 17),
    S(  // E
        lastWord: 0x4500000200000000, letterStep: 0, newReferenceMask: 0, matchMask: .max,
        symbolMask: 0, quantityMask: .max, priceMask: 0, key: 0x1f45, extraOffset: 23,
        quantityOffset: 19, priceOffset: 11, letterOffset: 0, evenLetter: 0x45, letterDistance: 0)
)

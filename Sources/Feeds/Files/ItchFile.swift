/// The messages of a NASDAQ ITCH 5.0 file, one after the other: each behind a length of two bytes, big-endian, as
/// NASDAQ's own daily files have it; also the variant whose lengths are all 0 and follow from the message's type.
/// Either may be gzip-compressed.
///
/// Damage is thrown when it is reached, after all before it was given.
///
/// - Bounds: ``FileBytes/windowBytes`` of memory; a message is at most ``messageBytesMax`` long.
/// - Source: NASDAQ TotalView-ITCH 5.0; "BinaryFILE" for the framing (a length of 0 at the very end closes it).
public struct ItchFile: ~Copyable {
    /// No message of ITCH 5.0 is longer than 50 bytes; what a later one adds may be.
    static let messageBytesMax = 256

    private var bytes: FileBytes
    private var failure: MarketFileError?
    public private(set) var messageCount: UInt64 = 0
    /// Messages of types that ITCH 5.0 does not have, given all the same.
    public private(set) var unknownTypeCount: UInt64 = 0

    /// Bytes of (decompressed) content read so far.
    public var offset: UInt64 { bytes.offset }

    /// Opens the file; what is in it shows with the first message.
    public init(path: String) throws(MarketFileError) {
        bytes = try FileBytes(path: path)
    }

    /// The next message; `nil` at the end of the file.
    ///
    /// - Throws: At damage, and the same again at each call after it.
    public mutating func next() throws(MarketFileError) -> ItchFileMessage? {
        if let failure { throw failure }
        do {
            return try read()
        } catch {
            failure = error
            throw error
        }
    }

    private mutating func read() throws(MarketFileError) -> ItchFileMessage? {
        let seen = bytes.want(3)
        guard seen >= 3 else {
            if bytes.damage == nil, seen == 0 || seen == 2 && bytes.big16(0) == 0 {
                bytes.drop(seen)
                return nil
            }
            throw bytes.ending(in: "the length of message \(messageCount + 1)")
        }
        let type = bytes[2]
        let known = Self.messageBytes(type)
        var count = bytes.big16(0)
        if count == 0 {
            guard let known else {
                throw garbage(
                    "message \(messageCount + 1) has length 0 and a type that ITCH 5.0 does not have (byte \(type))"
                )
            }
            count = known
        } else if let known, known != count {
            throw messageCount == 0 ? notItch() : wrongLength(type, count, known)
        } else if known == nil {
            guard messageCount > 0 else { throw notItch() }
            let isLetter = type >= 0x41 && type <= 0x5a || type >= 0x61 && type <= 0x7a
            guard isLetter, count <= Self.messageBytesMax else {
                throw garbage(
                    "message \(messageCount + 1) has \(count) bytes and type byte \(type), which is none of ITCH"
                )
            }
            unknownTypeCount += 1
        }
        guard bytes.want(2 + count) >= 2 + count else {
            throw bytes.ending(in: "message \(messageCount + 1)")
        }
        // SAFETY: the bytes stay in the window until the next want().
        let message = unsafe ItchFileMessage(bytes: bytes.slice(from: 2, count: count))
        bytes.drop(2 + count)
        messageCount += 1
        return message
    }

    private func notItch() -> MarketFileError {
        bytes.error(
            .notThisFormat, "it does not begin with a message of ITCH 5.0 behind its length",
            "Give a NASDAQ TotalView-ITCH 5.0 file (SoupBinTCP framing, also gzip-compressed), or an IEX DEEP capture."
        )
    }

    private func wrongLength(_ type: UInt8, _ count: Int, _ known: Int) -> MarketFileError {
        let letter = Character(Unicode.Scalar(type))
        return bytes.error(
            .wrongVersion,
            "message \(messageCount + 1) of type \(letter) has \(count) bytes where ITCH 5.0 has \(known)",
            "The file is of another version of ITCH, or damaged before this place. All before it was read.")
    }

    private func garbage(_ what: String) -> MarketFileError {
        bytes.error(.garbage, what, "The file is damaged: fetch it again. All before this place was read.")
    }

    /// How long a message of ITCH 5.0 is, its type included; `nil`: no such type.
    public static func messageBytes(_ type: UInt8) -> Int? {
        // swift-format-ignore
        switch type {
        case UInt8(ascii: "S"): 12   // system event
        case UInt8(ascii: "R"): 39   // stock directory
        case UInt8(ascii: "H"): 25   // trading action
        case UInt8(ascii: "Y"): 20   // short sale restriction
        case UInt8(ascii: "L"): 26   // market participant position
        case UInt8(ascii: "V"): 35   // market-wide circuit breaker levels
        case UInt8(ascii: "W"): 12   // market-wide circuit breaker status
        case UInt8(ascii: "K"): 28   // IPO quoting period
        case UInt8(ascii: "J"): 35   // limit up, limit down collar
        case UInt8(ascii: "h"): 21   // operational halt
        case UInt8(ascii: "A"): 36   // add order
        case UInt8(ascii: "F"): 40   // add order with participant
        case UInt8(ascii: "E"): 31   // executed
        case UInt8(ascii: "C"): 36   // executed at a price
        case UInt8(ascii: "X"): 23   // cancelled in part
        case UInt8(ascii: "D"): 19   // deleted
        case UInt8(ascii: "U"): 35   // replaced
        case UInt8(ascii: "P"): 44   // trade with a hidden order
        case UInt8(ascii: "Q"): 40   // cross trade
        case UInt8(ascii: "B"): 19   // broken trade
        case UInt8(ascii: "I"): 50   // order imbalance
        case UInt8(ascii: "N"): 20   // retail interest
        case UInt8(ascii: "O"): 48   // direct listing with capital raise
        default: nil
        }
    }
}

/// One message of an ITCH file. Its bytes stand until the reader's next call.
@safe public struct ItchFileMessage {
    public let bytes: UnsafeRawBufferPointer

    init(bytes: UnsafeRawBufferPointer) { unsafe self.bytes = bytes }

    public var type: UInt8 { unsafe bytes[0] }
    /// Nanoseconds since midnight, New York.
    public var timeNs: UInt64 {
        // SAFETY: every message of ITCH has its stamp in bytes 5 ..< 11; a shorter one, of an unknown type, has none.
        guard unsafe bytes.count >= 11 else { return 0 }
        var value: UInt64 = 0
        for index in 5..<11 { value = unsafe value << 8 | UInt64(bytes[index]) }
        return value
    }
}

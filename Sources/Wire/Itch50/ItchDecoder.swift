internal import CSpinetailWire
public import Model

/// Turns one ITCH 5.0 message into a ``MarketEvent``: the engine's way in.
///
/// Where the processor permutes 64 bytes at once, that is how nearly all messages are decoded (`st_itch_decode`). Elsewhere
/// order messages, nearly all of a day, are decoded by table (``ItchOrderShape``): one comparison of type and length, then
/// the same loads for every type. The others: one jump on the type, one comparison of the length, then loads at
/// fixed places. Either way the event is written whole, once everything has been found good. `instrument` is the
/// message's stock locate, `code` its type unless ``MarketEventKind`` says otherwise.
@frozen public enum ItchDecoder {
    /// Decodes the `count` bytes at `message`, a message without its length prefix.
    ///
    /// - Parameter event: Untouched unless the answer is `ok`.
    #if !DEBUG
    @_noLocks
    #endif
    public static func decode(
        _ message: UnsafeRawPointer, count: Int, into event: inout MarketEvent
    ) -> WireResult {
        guard count >= 1 else { return .truncated }
        // SAFETY: the message has at least one byte, and no more than `count` are read.
        if unsafe st_itch_decode(message, count, &event) { return .ok }
        return unsafe decodeAnywhere(message, count: count, into: &event)
    }

    /// As ``decode(_:count:into:)``, for at least one byte, on any processor.
    @inline(never)
    static func decodeAnywhere(
        _ message: UnsafeRawPointer, count: Int, into event: inout MarketEvent
    ) -> WireResult {
        // SAFETY: the type letter is there.
        let type = unsafe message.load(as: UInt8.self)
        let shape = unsafe ItchOrderShape.of(type)
        guard unsafe count &<< 8 | Int(type) == Int(shape.pointee.key) else {
            return unsafe decodeOther(message, type, count: count, into: &event)
        }
        // SAFETY: the message has the length of its type, and every offset in the type's shape leaves room for its
        // field in that length.
        let letter = unsafe byte(message, Int(shape.pointee.letterOffset))
        // All bits where the letter is odd: no jump, as a side cannot be guessed.
        let odd = 0 &- UInt64(letter & 1)
        let wanted =
            unsafe shape.pointee.evenLetter &+ UInt8(truncatingIfNeeded: odd) & shape.pointee.letterDistance
        guard letter == wanted else { return .badField }
        let lastWord = unsafe shape.pointee.lastWord &+ (odd & shape.pointee.letterStep)
        unsafe event.venue_time_ns = big64(message, 3) & 0xffff_ffff_ffff
        unsafe event.order_ref = big64(message, 11)
        let extra = unsafe little64(message, Int(shape.pointee.extraOffset))
        let number = UInt64(bigEndian: extra)
        unsafe event.new_order_ref = number & shape.pointee.newReferenceMask
        unsafe event.match_number = number & shape.pointee.matchMask
        unsafe event.symbol = extra & shape.pointee.symbolMask
        unsafe event.price = Int64(big32(message, Int(shape.pointee.priceOffset)) & shape.pointee.priceMask)
        unsafe event.quantity = Int64(
            big32(message, Int(shape.pointee.quantityOffset)) & shape.pointee.quantityMask)
        // SAFETY: instrument, kind, side, flags and code are the event's last eight bytes, in this order.
        unsafe withUnsafeMutableBytes(of: &event) {
            let instrument = unsafe UInt64(big16(message, 1))
            unsafe $0.storeBytes(of: (lastWord | instrument).littleEndian, toByteOffset: 56, as: UInt64.self)
        }
        return .ok
    }

    /// Everything that is no order message of the right length.
    @inline(never)
    private static func decodeOther(
        _ message: UnsafeRawPointer, _ type: UInt8, count: Int, into event: inout MarketEvent
    ) -> WireResult {
        // SAFETY: every case reads only after it has compared the whole length.
        switch type {
        case UInt8(ascii: "A"), UInt8(ascii: "F"), UInt8(ascii: "D"), UInt8(ascii: "U"), UInt8(ascii: "E"),
            UInt8(ascii: "X"), UInt8(ascii: "C"):
            return .truncated
        case UInt8(ascii: "P"):
            guard count == Itch50.Trade.byteCount else { return .truncated }
            return unsafe trade(message, &event)
        case UInt8(ascii: "Q"):
            guard count == Itch50.CrossTrade.byteCount else { return .truncated }
            return unsafe crossTrade(message, &event)
        case UInt8(ascii: "B"):
            guard count == Itch50.BrokenTrade.byteCount else { return .truncated }
            unsafe put(&event, message, .tradeBreak, type, match: big64(message, 11))
        case UInt8(ascii: "H"):
            guard count == Itch50.TradingAction.byteCount else { return .truncated }
            return unsafe tradingAction(message, &event)
        case UInt8(ascii: "R"):
            guard count == Itch50.StockDirectory.byteCount else { return .truncated }
            unsafe put(
                &event, message, .instrument, type, symbol: little64(message, 11),
                quantity: Int64(big32(message, 21)))
        case UInt8(ascii: "S"):
            guard count == Itch50.SystemEvent.byteCount else { return .truncated }
            return unsafe systemEvent(message, &event)
        case UInt8(ascii: "Y"), UInt8(ascii: "N"):
            guard count == Itch50.RetailInterest.byteCount else { return .truncated }
            unsafe put(&event, message, .other, type, symbol: little64(message, 11))
        case UInt8(ascii: "L"):
            guard count == Itch50.ParticipantPosition.byteCount else { return .truncated }
            unsafe put(&event, message, .other, type, symbol: little64(message, 15))
        case UInt8(ascii: "V"):
            guard count == Itch50.CircuitBreakerLevels.byteCount else { return .truncated }
            unsafe put(&event, message, .other, type)
        case UInt8(ascii: "W"):
            guard count == Itch50.CircuitBreakerStatus.byteCount else { return .truncated }
            unsafe put(&event, message, .other, type)
        case UInt8(ascii: "K"):
            guard count == Itch50.IpoQuotingPeriod.byteCount else { return .truncated }
            unsafe put(&event, message, .other, type, symbol: little64(message, 11))
        case UInt8(ascii: "J"):
            guard count == Itch50.AuctionCollar.byteCount else { return .truncated }
            unsafe put(&event, message, .other, type, symbol: little64(message, 11))
        case UInt8(ascii: "h"):
            guard count == Itch50.OperationalHalt.byteCount else { return .truncated }
            unsafe put(&event, message, .other, type, symbol: little64(message, 11))
        case UInt8(ascii: "I"):
            guard count == Itch50.NetOrderImbalance.byteCount else { return .truncated }
            unsafe put(&event, message, .other, type, symbol: little64(message, 28))
        case UInt8(ascii: "O"):
            guard count == Itch50.DirectListing.byteCount else { return .truncated }
            unsafe put(&event, message, .other, type, symbol: little64(message, 11))
        default:
            return .unknownType
        }
        return .ok
    }

    // Each of these is called once its message's length has been compared.

    @inline(__always)
    private static func trade(_ message: UnsafeRawPointer, _ event: inout MarketEvent) -> WireResult {
        // SAFETY: the length has been compared; the last field read ends at byte 44.
        let side = unsafe SideLetter(byte(message, 19))
        guard side.isGood else { return .badField }
        unsafe put(
            &event, message, .trade, UInt8(ascii: "P"), reference: big64(message, 11),
            match: big64(message, 36), symbol: little64(message, 24), price: Int64(big32(message, 32)),
            quantity: Int64(big32(message, 20)), side: side.code)
        return .ok
    }

    private static func crossTrade(_ message: UnsafeRawPointer, _ event: inout MarketEvent) -> WireResult {
        // SAFETY: the length has been compared; the last field read ends at byte 40.
        guard let quantity = unsafe Int64(exactly: big64(message, 11)) else { return .badField }
        unsafe put(
            &event, message, .trade, UInt8(ascii: "Q"), match: big64(message, 31),
            symbol: little64(message, 19), price: Int64(big32(message, 27)), quantity: quantity,
            flags: MarketEventFlags.cross.rawValue)
        return .ok
    }

    private static func tradingAction(_ message: UnsafeRawPointer, _ event: inout MarketEvent) -> WireResult {
        // SAFETY: the length has been compared; the last field read ends at byte 20.
        let state = unsafe byte(message, 19)
        switch state {
        case UInt8(ascii: "T"), UInt8(ascii: "H"), UInt8(ascii: "P"), UInt8(ascii: "Q"):
            unsafe put(&event, message, .status, state, symbol: little64(message, 11))
            return .ok
        default:
            return .badField
        }
    }

    private static func systemEvent(_ message: UnsafeRawPointer, _ event: inout MarketEvent) -> WireResult {
        // SAFETY: the length has been compared; the last field read ends at byte 12.
        let code = unsafe byte(message, 11)
        switch code {
        case UInt8(ascii: "O"), UInt8(ascii: "S"), UInt8(ascii: "Q"), UInt8(ascii: "M"), UInt8(ascii: "E"),
            UInt8(ascii: "C"):
            unsafe put(&event, message, .system, code)
            return .ok
        default:
            return .badField
        }
    }

    /// Writes the whole event: what a message does not carry is zero.
    @inline(__always)
    private static func put(
        _ event: inout MarketEvent, _ message: UnsafeRawPointer, _ kind: MarketEventKind, _ code: UInt8,
        reference: UInt64 = 0, newReference: UInt64 = 0, match: UInt64 = 0, symbol: UInt64 = 0,
        price: Int64 = 0, quantity: Int64 = 0, side: UInt8 = 0, flags: UInt8 = 0
    ) {
        // SAFETY: every message is at least twelve bytes long. The time is six of the eight bytes from 3 on.
        event = unsafe MarketEvent(
            venue_time_ns: big64(message, 3) & 0xffff_ffff_ffff, order_ref: reference,
            new_order_ref: newReference, match_number: match, symbol: symbol, price: price,
            quantity: quantity,
            instrument: UInt32(big16(message, 1)), kind: kind.rawValue, side: side, flags: flags,
            code: code)
    }
}

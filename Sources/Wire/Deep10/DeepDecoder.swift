public import Model

/// Turns one DEEP 1.0 message into a ``MarketEvent``: the engine's way in.
///
/// `symbol` names the instrument (0: the message concerns none) and `instrument` is `UInt32.max`, for the feed to fill in;
/// `code` is the message's type unless ``MarketEventKind`` says otherwise. Two mappings are choices:
/// - Trading status `O` (halted, orders are taken for the auction) is the event's `Q`.
/// - IEX's own halt (message `O`, status `O`) is the status `H`. Its end (`N`) is no status, because the market's own halt
///   may still stand: `other` with code `N`. Until the next trading status the instrument counts as halted.
@frozen public enum DeepDecoder {
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
        // SAFETY: the type letter is there; every case reads only after it has compared the whole length.
        let type = unsafe message.load(as: UInt8.self)
        switch type {
        case UInt8(ascii: "8"):
            guard count >= Deep10.PriceLevelBuy.byteCount else { return .truncated }
            return unsafe level(message, type, .buy, &event)
        case UInt8(ascii: "5"):
            guard count >= Deep10.PriceLevelSell.byteCount else { return .truncated }
            return unsafe level(message, type, .sell, &event)
        case UInt8(ascii: "T"):
            guard count >= Deep10.TradeReport.byteCount else { return .truncated }
            return unsafe trade(message, .trade, type, &event)
        case UInt8(ascii: "B"):
            guard count >= Deep10.TradeBreak.byteCount else { return .truncated }
            return unsafe trade(message, .tradeBreak, type, &event)
        case UInt8(ascii: "H"):
            guard count >= Deep10.TradingStatus.byteCount else { return .truncated }
            return unsafe tradingStatus(message, &event)
        case UInt8(ascii: "O"):
            guard count >= Deep10.OperationalHalt.byteCount else { return .truncated }
            return unsafe operationalHalt(message, &event)
        case UInt8(ascii: "D"):
            guard count >= Deep10.SecurityDirectory.byteCount else { return .truncated }
            unsafe put(&event, message, .instrument, type, quantity: Int64(little32(message, 18)))
        case UInt8(ascii: "S"):
            guard count >= Deep10.SystemEvent.byteCount else { return .truncated }
            return unsafe systemEvent(message, &event)
        case UInt8(ascii: "P"):
            guard count >= Deep10.ShortSaleStatus.byteCount else { return .truncated }
            unsafe put(&event, message, .other, type)
        case UInt8(ascii: "I"), UInt8(ascii: "E"):
            guard count >= Deep10.SecurityEvent.byteCount else { return .truncated }
            unsafe put(&event, message, .other, type)
        case UInt8(ascii: "X"):
            guard count >= Deep10.OfficialPrice.byteCount else { return .truncated }
            unsafe put(&event, message, .other, type)
        case UInt8(ascii: "A"):
            guard count >= Deep10.AuctionInformation.byteCount else { return .truncated }
            unsafe put(&event, message, .other, type)
        default:
            return .unknownType
        }
        return .ok
    }

    // Each of these is called once its message's length has been compared.

    @inline(__always)
    private static func level(
        _ message: UnsafeRawPointer, _ type: UInt8, _ side: Side, _ event: inout MarketEvent
    ) -> WireResult {
        // SAFETY: the length has been compared; the last field read ends at byte 30.
        let price = unsafe Int64(bitPattern: little64(message, 22))
        guard price >= 0 else { return .badField }
        let isOver = unsafe byte(message, 1) & 1
        unsafe put(
            &event, message, .levelSet, type, price: price, quantity: Int64(little32(message, 18)),
            side: side.rawValue, flags: (isOver ^ 1) &* MarketEventFlags.transactionOpen.rawValue)
        return .ok
    }

    @inline(__always)
    private static func trade(
        _ message: UnsafeRawPointer, _ kind: MarketEventKind, _ type: UInt8, _ event: inout MarketEvent
    ) -> WireResult {
        // SAFETY: the length has been compared; the last field read ends at byte 38.
        let price = unsafe Int64(bitPattern: little64(message, 22))
        guard price >= 0 else { return .badField }
        let isSinglePriceCross = unsafe byte(message, 1) & 0x08 != 0
        unsafe put(
            &event, message, kind, type, match: little64(message, 30), price: price,
            quantity: Int64(little32(message, 18)),
            flags: isSinglePriceCross ? MarketEventFlags.cross.rawValue : 0)
        return .ok
    }

    @inline(__always)
    private static func tradingStatus(_ message: UnsafeRawPointer, _ event: inout MarketEvent) -> WireResult {
        // SAFETY: the length has been compared.
        let status = unsafe byte(message, 1)
        switch status {
        case UInt8(ascii: "T"), UInt8(ascii: "H"), UInt8(ascii: "P"):
            unsafe put(&event, message, .status, status)
        case UInt8(ascii: "O"):
            unsafe put(&event, message, .status, UInt8(ascii: "Q"))
        default:
            return .badField
        }
        return .ok
    }

    @inline(__always)
    private static func operationalHalt(_ message: UnsafeRawPointer, _ event: inout MarketEvent) -> WireResult
    {
        // SAFETY: the length has been compared.
        let status = unsafe byte(message, 1)
        guard status == UInt8(ascii: "O") || status == UInt8(ascii: "N") else { return .badField }
        unsafe put(&event, message, .status, status)
        return .ok
    }

    private static func systemEvent(_ message: UnsafeRawPointer, _ event: inout MarketEvent) -> WireResult {
        // SAFETY: the length has been compared; this message has no symbol, it ends at byte 10.
        let code = unsafe byte(message, 1)
        switch code {
        case UInt8(ascii: "O"), UInt8(ascii: "S"), UInt8(ascii: "R"), UInt8(ascii: "M"), UInt8(ascii: "E"),
            UInt8(ascii: "C"):
            event = unsafe MarketEvent(
                venue_time_ns: little64(message, 2), order_ref: 0, new_order_ref: 0, match_number: 0,
                symbol: 0,
                price: 0, quantity: 0, instrument: UInt32.max, kind: MarketEventKind.system.rawValue, side: 0,
                flags: 0, code: code)
            return .ok
        default:
            return .badField
        }
    }

    /// Writes the whole event: what a message does not carry is zero.
    @inline(__always)
    private static func put(
        _ event: inout MarketEvent, _ message: UnsafeRawPointer, _ kind: MarketEventKind, _ code: UInt8,
        match: UInt64 = 0, price: Int64 = 0, quantity: Int64 = 0, side: UInt8 = 0, flags: UInt8 = 0
    ) {
        // SAFETY: every message but the system event is at least eighteen bytes long, time and symbol in front.
        event = unsafe MarketEvent(
            venue_time_ns: little64(message, 2), order_ref: 0, new_order_ref: 0, match_number: match,
            symbol: little64(message, 10), price: price, quantity: quantity, instrument: UInt32.max,
            kind: kind.rawValue, side: side, flags: flags, code: code)
    }
}

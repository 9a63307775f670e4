import Wire

/// The market of the tick-to-trade benchmark: one instrument, whose best bid grows and shrinks by turns, so that every
/// packet changes the quote and nothing piles up. Each is one MoldUDP64 packet with one ITCH message.
struct TradePackets {
    static let session = Token10("TICKTRADE")!
    static let locate: UInt16 = 1
    static let symbol: UInt64 = Token8.load("TICK    ")
    static let bid: UInt32 = 1_000_000
    static let ask: UInt32 = 1_000_100

    /// Number of the next message.
    private(set) var sequence: UInt64 = 1
    private var orderReference: UInt64 = 100
    private var isAdded = false
    private var bytes = [UInt8](repeating: 0, count: 128)

    /// The directory, the trading status and the two orders that stand throughout: much bid, little offered.
    mutating func opening() -> [[UInt8]] {
        unsafe [
            packet {
                unsafe Itch50.StockDirectory(
                    stockLocate: Self.locate, trackingNumber: 0, timestamp: 1, stock: Self.symbol,
                    marketCategory: UInt8(ascii: "Q"), financialStatus: UInt8(ascii: "N"), roundLotSize: 100,
                    roundLotsOnly: UInt8(ascii: "N"), issueClassification: UInt8(ascii: "C"),
                    issueSubType: 0x205a,
                    authenticity: UInt8(ascii: "P"), shortSaleThreshold: UInt8(ascii: "N"),
                    ipoFlag: UInt8(ascii: "N"),
                    luldTier: UInt8(ascii: "1"), etpFlag: UInt8(ascii: "N"), etpLeverage: 0,
                    inverse: UInt8(ascii: "N")
                ).write(to: $0)
            },
            unsafe packet {
                unsafe Itch50.TradingAction(
                    stockLocate: Self.locate, trackingNumber: 0, timestamp: 2, stock: Self.symbol,
                    tradingState: UInt8(ascii: "T"), reserved: 0x20, reason: 0x2020_2020
                ).write(to: $0)
            },
            unsafe packet { unsafe Self.order(1, UInt8(ascii: "B"), 1_000, Self.bid).write(to: $0) },
            unsafe packet { unsafe Self.order(2, UInt8(ascii: "S"), 100, Self.ask).write(to: $0) },
        ]
    }

    private static func order(
        _ reference: UInt64, _ side: UInt8, _ shares: UInt32, _ price: UInt32
    ) -> Itch50.AddOrder {
        Itch50.AddOrder(
            stockLocate: locate, trackingNumber: 0, timestamp: 3, orderReference: reference, side: side,
            shares: shares,
            stock: symbol, price: price)
    }

    /// The next change of the bid.
    mutating func next() -> [UInt8] {
        isAdded.toggle()
        if isAdded {
            orderReference += 1
            let reference = orderReference
            return unsafe packet {
                unsafe Self.order(reference, UInt8(ascii: "B"), 100, Self.bid).write(to: $0)
            }
        }
        let reference = orderReference
        return unsafe packet {
            unsafe Itch50.OrderDelete(
                stockLocate: Self.locate, trackingNumber: 0, timestamp: 3, orderReference: reference
            ).write(to: $0)
        }
    }

    private mutating func packet(_ write: (UnsafeMutableRawBufferPointer) -> Int) -> [UInt8] {
        let header = MoldUDP64.Header(session: Self.session, sequence: sequence, count: 1)
        sequence += 1
        return unsafe bytes.withUnsafeMutableBytes { room in
            // SAFETY: 128 bytes hold a header, a length and the longest message.
            let head = unsafe header.write(to: room)
            let message = unsafe UnsafeMutableRawBufferPointer(rebasing: room[(head + 2)...])
            let count = unsafe write(message)
            unsafe room.storeBytes(of: UInt16(count).bigEndian, toByteOffset: head, as: UInt16.self)
            return unsafe Array(room[..<(head + 2 + count)])
        }
    }
}

/// Eight characters as the wire has them.
enum Token8 {
    static func load(_ text: String) -> UInt64 {
        var word: UInt64 = 0
        for (place, character) in text.utf8.prefix(8).enumerated() {
            word |= UInt64(character) << UInt64(8 * place)
        }
        return word
    }
}

extension Deep10 {
    /// How an auction would come out now.
    @frozen public struct AuctionInformation: WireMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "A") }
        @inlinable public static var byteCount: Int { 80 }

        /// `O` opening, `C` closing, `I` initial offering, `H` halt, `V` volatility.
        public var auctionType: UInt8
        /// Nanoseconds since 1970, UTC.
        public var timestamp: UInt64
        public var symbol: UInt64
        public var pairedShares: UInt32
        /// In 10⁻⁴ dollars.
        public var referencePrice: Int64
        /// In 10⁻⁴ dollars.
        public var indicativeClearingPrice: Int64
        public var imbalanceShares: UInt32
        /// `B`, `S`, `N`.
        public var imbalanceSide: UInt8
        public var extensionNumber: UInt8
        /// Seconds since 1970, UTC.
        public var scheduledTime: UInt32
        /// In 10⁻⁴ dollars.
        public var bookClearingPrice: Int64
        /// In 10⁻⁴ dollars.
        public var collarReferencePrice: Int64
        /// In 10⁻⁴ dollars.
        public var lowerCollar: Int64
        /// In 10⁻⁴ dollars.
        public var upperCollar: Int64

        @inlinable public init(
            auctionType: UInt8, timestamp: UInt64, symbol: UInt64, pairedShares: UInt32,
            referencePrice: Int64, indicativeClearingPrice: Int64, imbalanceShares: UInt32,
            imbalanceSide: UInt8, extensionNumber: UInt8, scheduledTime: UInt32,
            bookClearingPrice: Int64, collarReferencePrice: Int64, lowerCollar: Int64, upperCollar: Int64
        ) {
            self.auctionType = auctionType
            self.timestamp = timestamp
            self.symbol = symbol
            self.pairedShares = pairedShares
            self.referencePrice = referencePrice
            self.indicativeClearingPrice = indicativeClearingPrice
            self.imbalanceShares = imbalanceShares
            self.imbalanceSide = imbalanceSide
            self.extensionNumber = extensionNumber
            self.scheduledTime = scheduledTime
            self.bookClearingPrice = bookClearingPrice
            self.collarReferencePrice = collarReferencePrice
            self.lowerCollar = lowerCollar
            self.upperCollar = upperCollar
        }

        #if !DEBUG
        @_noLocks
        #endif
        public init?(reading bytes: UnsafeRawBufferPointer) {
            // SAFETY: the check makes sure of the bytes that the fields below are read from.
            guard let base = unsafe checkedFront(bytes, type: Self.type, byteCount: Self.byteCount) else {
                return nil
            }
            var reader = unsafe WireReader(base + 1)
            auctionType = reader.byte()
            timestamp = reader.little64()
            symbol = reader.little64()
            pairedShares = reader.little32()
            referencePrice = reader.littleSigned64()
            indicativeClearingPrice = reader.littleSigned64()
            imbalanceShares = reader.little32()
            imbalanceSide = reader.byte()
            extensionNumber = reader.byte()
            scheduledTime = reader.little32()
            bookClearingPrice = reader.littleSigned64()
            collarReferencePrice = reader.littleSigned64()
            lowerCollar = reader.littleSigned64()
            upperCollar = reader.littleSigned64()
        }

        #if !DEBUG
        @_noLocks
        #endif
        public func write(to bytes: UnsafeMutableRawBufferPointer) -> Int {
            // SAFETY: the writer is given room for one message, which is what the calls below write.
            var writer = unsafe WireWriter(bytes, byteCount: Self.byteCount)
            writer.byte(Self.type)
            writer.byte(auctionType)
            writer.little64(timestamp)
            writer.little64(symbol)
            writer.little32(pairedShares)
            writer.littleSigned64(referencePrice)
            writer.littleSigned64(indicativeClearingPrice)
            writer.little32(imbalanceShares)
            writer.byte(imbalanceSide)
            writer.byte(extensionNumber)
            writer.little32(scheduledTime)
            writer.littleSigned64(bookClearingPrice)
            writer.littleSigned64(collarReferencePrice)
            writer.littleSigned64(lowerCollar)
            writer.littleSigned64(upperCollar)
            return Self.byteCount
        }
    }
}

extension Itch50 {
    /// An instrument and its terms; once a day before anything else of it.
    @frozen public struct StockDirectory: WireMessage, Equatable, BitwiseCopyable, Sendable {
        @inlinable public static var type: UInt8 { UInt8(ascii: "R") }
        @inlinable public static var byteCount: Int { 39 }

        /// The day's number of the instrument; 0: concerns none.
        public var stockLocate: UInt16
        /// The venue's own.
        public var trackingNumber: UInt16
        /// Nanoseconds since midnight, 48 bits.
        public var timestamp: UInt64
        public var stock: UInt64
        public var marketCategory: UInt8
        public var financialStatus: UInt8
        /// Shares.
        public var roundLotSize: UInt32
        /// `Y` or `N`.
        public var roundLotsOnly: UInt8
        public var issueClassification: UInt8
        public var issueSubType: UInt16
        /// `P` live, `T` test.
        public var authenticity: UInt8
        public var shortSaleThreshold: UInt8
        public var ipoFlag: UInt8
        /// Tier of the price bands: `1`, `2` or space.
        public var luldTier: UInt8
        public var etpFlag: UInt8
        public var etpLeverage: UInt32
        public var inverse: UInt8

        @inlinable public init(
            stockLocate: UInt16, trackingNumber: UInt16, timestamp: UInt64, stock: UInt64,
            marketCategory: UInt8, financialStatus: UInt8, roundLotSize: UInt32, roundLotsOnly: UInt8,
            issueClassification: UInt8, issueSubType: UInt16, authenticity: UInt8,
            shortSaleThreshold: UInt8, ipoFlag: UInt8, luldTier: UInt8, etpFlag: UInt8,
            etpLeverage: UInt32, inverse: UInt8
        ) {
            self.stockLocate = stockLocate
            self.trackingNumber = trackingNumber
            self.timestamp = timestamp
            self.stock = stock
            self.marketCategory = marketCategory
            self.financialStatus = financialStatus
            self.roundLotSize = roundLotSize
            self.roundLotsOnly = roundLotsOnly
            self.issueClassification = issueClassification
            self.issueSubType = issueSubType
            self.authenticity = authenticity
            self.shortSaleThreshold = shortSaleThreshold
            self.ipoFlag = ipoFlag
            self.luldTier = luldTier
            self.etpFlag = etpFlag
            self.etpLeverage = etpLeverage
            self.inverse = inverse
        }

        #if !DEBUG
        @_noLocks
        #endif
        public init?(reading bytes: UnsafeRawBufferPointer) {
            // SAFETY: the check makes sure of the bytes that the fields below are read from.
            guard let base = unsafe checkedStart(bytes, type: Self.type, byteCount: Self.byteCount) else {
                return nil
            }
            var reader = unsafe WireReader(base + 1)
            stockLocate = reader.big16()
            trackingNumber = reader.big16()
            timestamp = reader.big48()
            stock = reader.little64()
            marketCategory = reader.byte()
            financialStatus = reader.byte()
            roundLotSize = reader.big32()
            roundLotsOnly = reader.byte()
            issueClassification = reader.byte()
            issueSubType = reader.little16()
            authenticity = reader.byte()
            shortSaleThreshold = reader.byte()
            ipoFlag = reader.byte()
            luldTier = reader.byte()
            etpFlag = reader.byte()
            etpLeverage = reader.big32()
            inverse = reader.byte()
        }

        #if !DEBUG
        @_noLocks
        #endif
        public func write(to bytes: UnsafeMutableRawBufferPointer) -> Int {
            // SAFETY: the writer is given room for one message, which is what the calls below write.
            var writer = unsafe WireWriter(bytes, byteCount: Self.byteCount)
            writer.byte(Self.type)
            writer.big16(stockLocate)
            writer.big16(trackingNumber)
            writer.big48(timestamp)
            writer.little64(stock)
            writer.byte(marketCategory)
            writer.byte(financialStatus)
            writer.big32(roundLotSize)
            writer.byte(roundLotsOnly)
            writer.byte(issueClassification)
            writer.little16(issueSubType)
            writer.byte(authenticity)
            writer.byte(shortSaleThreshold)
            writer.byte(ipoFlag)
            writer.byte(luldTier)
            writer.byte(etpFlag)
            writer.big32(etpLeverage)
            writer.byte(inverse)
            return Self.byteCount
        }
    }
}

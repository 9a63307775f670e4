extension Ouch50 {
    /// The options at the end of a message: each is there or not; not there means the venue's default.
    ///
    /// One flat value without indirection, so that it can be filled on the hot path. Written in the order of
    /// the tags. An option that we do not know, or of a length that its tag does not have, is skipped and counted.
    @frozen public struct Options: Equatable, BitwiseCopyable, Sendable {
        /// Bit n: the option with tag n is there.
        @usableFromInline var present: UInt32 = 0

        /// How many options were skipped in reading. Not written.
        public internal(set) var skippedCount: UInt32 = 0

        @inlinable public init() {}

        /// None is there (those skipped do not count).
        @inlinable public var isEmpty: Bool { present == 0 }

        @inlinable public func has(_ tag: OptionTag) -> Bool { present >> UInt32(tag.rawValue) & 1 != 0 }

        @inlinable public mutating func remove(_ tag: OptionTag) { present &= ~(1 << UInt32(tag.rawValue)) }

        @usableFromInline var secondaryOrderReferenceNumberValue: UInt64 = 0
        /// The venue's second number of the order: a displayed part of a reserve.
        @inlinable public var secondaryOrderReferenceNumber: UInt64? {
            get { has(.secondaryOrderReferenceNumber) ? secondaryOrderReferenceNumberValue : nil }
            set {
                secondaryOrderReferenceNumberValue = newValue ?? 0;
                mark(.secondaryOrderReferenceNumber, newValue != nil)
            }
        }

        @usableFromInline var firmValue: UInt32 = 0
        /// The firm that the order is for.
        @inlinable public var firm: UInt32? {
            get { has(.firm) ? firmValue : nil }
            set { firmValue = newValue ?? 0; mark(.firm, newValue != nil) }
        }

        @usableFromInline var minimumQuantityValue: UInt32 = 0
        /// Least quantity to execute, in shares.
        @inlinable public var minimumQuantity: UInt32? {
            get { has(.minimumQuantity) ? minimumQuantityValue : nil }
            set { minimumQuantityValue = newValue ?? 0; mark(.minimumQuantity, newValue != nil) }
        }

        @usableFromInline var customerTypeValue: UInt8 = 0
        /// `R` retail, `N` not.
        @inlinable public var customerType: UInt8? {
            get { has(.customerType) ? customerTypeValue : nil }
            set { customerTypeValue = newValue ?? 0; mark(.customerType, newValue != nil) }
        }

        @usableFromInline var maximumFloorValue: UInt32 = 0
        /// What a reserve order shows, in shares.
        @inlinable public var maximumFloor: UInt32? {
            get { has(.maximumFloor) ? maximumFloorValue : nil }
            set { maximumFloorValue = newValue ?? 0; mark(.maximumFloor, newValue != nil) }
        }

        @usableFromInline var priceTypeValue: UInt8 = 0
        /// `L` limit, `P` market peg, `R` primary peg, `M` midpoint peg, `Q` market maker peg, `m` midpoint …
        @inlinable public var priceType: UInt8? {
            get { has(.priceType) ? priceTypeValue : nil }
            set { priceTypeValue = newValue ?? 0; mark(.priceType, newValue != nil) }
        }

        @usableFromInline var pegOffsetValue: Int32 = 0
        /// In 10⁻⁴ dollars, signed.
        @inlinable public var pegOffset: Int32? {
            get { has(.pegOffset) ? pegOffsetValue : nil }
            set { pegOffsetValue = newValue ?? 0; mark(.pegOffset, newValue != nil) }
        }

        @usableFromInline var discretionPriceValue: UInt64 = 0
        /// In 10⁻⁴ dollars.
        @inlinable public var discretionPrice: UInt64? {
            get { has(.discretionPrice) ? discretionPriceValue : nil }
            set { discretionPriceValue = newValue ?? 0; mark(.discretionPrice, newValue != nil) }
        }

        @usableFromInline var discretionPriceTypeValue: UInt8 = 0
        /// As `priceType`.
        @inlinable public var discretionPriceType: UInt8? {
            get { has(.discretionPriceType) ? discretionPriceTypeValue : nil }
            set { discretionPriceTypeValue = newValue ?? 0; mark(.discretionPriceType, newValue != nil) }
        }

        @usableFromInline var discretionPegOffsetValue: Int32 = 0
        /// In 10⁻⁴ dollars, signed.
        @inlinable public var discretionPegOffset: Int32? {
            get { has(.discretionPegOffset) ? discretionPegOffsetValue : nil }
            set { discretionPegOffsetValue = newValue ?? 0; mark(.discretionPegOffset, newValue != nil) }
        }

        @usableFromInline var postOnlyValue: UInt8 = 0
        /// `P` post only, `N` not.
        @inlinable public var postOnly: UInt8? {
            get { has(.postOnly) ? postOnlyValue : nil }
            set { postOnlyValue = newValue ?? 0; mark(.postOnly, newValue != nil) }
        }

        @usableFromInline var randomReserveValue: UInt32 = 0
        /// By how much the shown size varies, in shares.
        @inlinable public var randomReserve: UInt32? {
            get { has(.randomReserve) ? randomReserveValue : nil }
            set { randomReserveValue = newValue ?? 0; mark(.randomReserve, newValue != nil) }
        }

        @usableFromInline var routeValue: UInt32 = 0
        /// Where the order may be routed.
        @inlinable public var route: UInt32? {
            get { has(.route) ? routeValue : nil }
            set { routeValue = newValue ?? 0; mark(.route, newValue != nil) }
        }

        @usableFromInline var expireTimeValue: UInt32 = 0
        /// Seconds from now; with time in force `6`.
        @inlinable public var expireTime: UInt32? {
            get { has(.expireTime) ? expireTimeValue : nil }
            set { expireTimeValue = newValue ?? 0; mark(.expireTime, newValue != nil) }
        }

        @usableFromInline var tradeNowValue: UInt8 = 0
        /// `Y`, `N`, or blank: as the port is set.
        @inlinable public var tradeNow: UInt8? {
            get { has(.tradeNow) ? tradeNowValue : nil }
            set { tradeNowValue = newValue ?? 0; mark(.tradeNow, newValue != nil) }
        }

        @usableFromInline var handleInstructionValue: UInt8 = 0
        /// `I` imbalance only, `O` retail, `T`, `Q` …
        @inlinable public var handleInstruction: UInt8? {
            get { has(.handleInstruction) ? handleInstructionValue : nil }
            set { handleInstructionValue = newValue ?? 0; mark(.handleInstruction, newValue != nil) }
        }

        @usableFromInline var bboWeightIndicatorValue: UInt8 = 0
        /// How the order stood to the market: `0` … `3`, `S`, `N`, blank.
        @inlinable public var bboWeightIndicator: UInt8? {
            get { has(.bboWeightIndicator) ? bboWeightIndicatorValue : nil }
            set { bboWeightIndicatorValue = newValue ?? 0; mark(.bboWeightIndicator, newValue != nil) }
        }

        @usableFromInline var displayQuantityValue: UInt32 = 0
        /// Shares shown.
        @inlinable public var displayQuantity: UInt32? {
            get { has(.displayQuantity) ? displayQuantityValue : nil }
            set { displayQuantityValue = newValue ?? 0; mark(.displayQuantity, newValue != nil) }
        }

        @usableFromInline var displayPriceValue: UInt64 = 0
        /// In 10⁻⁴ dollars.
        @inlinable public var displayPrice: UInt64? {
            get { has(.displayPrice) ? displayPriceValue : nil }
            set { displayPriceValue = newValue ?? 0; mark(.displayPrice, newValue != nil) }
        }

        @usableFromInline var groupIDValue: UInt16 = 0
        /// A group of orders that can be cancelled together.
        @inlinable public var groupID: UInt16? {
            get { has(.groupID) ? groupIDValue : nil }
            set { groupIDValue = newValue ?? 0; mark(.groupID, newValue != nil) }
        }

        @usableFromInline var sharesLocatedValue: UInt8 = 0
        /// `Y` or `N`.
        @inlinable public var sharesLocated: UInt8? {
            get { has(.sharesLocated) ? sharesLocatedValue : nil }
            set { sharesLocatedValue = newValue ?? 0; mark(.sharesLocated, newValue != nil) }
        }

        @usableFromInline var locateBrokerValue: UInt32 = 0
        /// Where the shares were located.
        @inlinable public var locateBroker: UInt32? {
            get { has(.locateBroker) ? locateBrokerValue : nil }
            set { locateBrokerValue = newValue ?? 0; mark(.locateBroker, newValue != nil) }
        }

        @usableFromInline var sideValue: UInt8 = 0
        /// `B`, `S`: mass cancel of one side.
        @inlinable public var side: UInt8? {
            get { has(.side) ? sideValue : nil }
            set { sideValue = newValue ?? 0; mark(.side, newValue != nil) }
        }

        @usableFromInline var userRefIndexValue: UInt8 = 0
        /// Which of the account's number ranges the numbers are from; 0: the first.
        @inlinable public var userRefIndex: UInt8? {
            get { has(.userRefIndex) ? userRefIndexValue : nil }
            set { userRefIndexValue = newValue ?? 0; mark(.userRefIndex, newValue != nil) }
        }

        @inlinable mutating func mark(_ tag: OptionTag, _ isThere: Bool) {
            remove(tag)
            if isThere { present |= 1 << UInt32(tag.rawValue) }
        }
    }
}

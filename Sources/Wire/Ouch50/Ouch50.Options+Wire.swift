extension Ouch50.Options {
    /// Reads the appendage whose two bytes of length stand at `start`; nothing there means no option. Where an
    /// element runs over the end, what came before it stands (messages are checked for that when they are read).
    #if !DEBUG
    @_noLocks
    #endif
    public init(reading bytes: UnsafeRawBufferPointer, from start: Int) {
        precondition(start >= 0, "Caller: an offset is not negative")
        self.init()
        let count = bytes.count
        var offset = start + 2
        while offset < count {
            // SAFETY: offset < count, checked by the loop.
            let elementLength = unsafe Int(bytes[offset])
            guard elementLength >= 1, offset + 1 + elementLength <= count else { return }
            guard let base = bytes.baseAddress else { return }
            // SAFETY: the element, tag and value, ends before `count`, checked just above.
            unsafe take(base + offset + 1, valueByteCount: elementLength - 1)
            offset += 1 + elementLength
        }
    }

    /// One option: its tag, then its value.
    private mutating func take(_ element: UnsafeRawPointer, valueByteCount: Int) {
        // SAFETY: the caller has checked that the tag and `valueByteCount` bytes are there.
        let number = unsafe element.load(as: UInt8.self)
        guard let tag = Ouch50.OptionTag(rawValue: number), tag.valueByteCount == valueByteCount else {
            skippedCount += 1
            return
        }
        var value = unsafe WireReader(element + 1)
        switch tag {
        case .secondaryOrderReferenceNumber: secondaryOrderReferenceNumber = value.big64()
        case .firm: firm = value.little32()
        case .minimumQuantity: minimumQuantity = value.big32()
        case .customerType: customerType = value.byte()
        case .maximumFloor: maximumFloor = value.big32()
        case .priceType: priceType = value.byte()
        case .pegOffset: pegOffset = Int32(bitPattern: value.big32())
        case .discretionPrice: discretionPrice = value.big64()
        case .discretionPriceType: discretionPriceType = value.byte()
        case .discretionPegOffset: discretionPegOffset = Int32(bitPattern: value.big32())
        case .postOnly: postOnly = value.byte()
        case .randomReserve: randomReserve = value.big32()
        case .route: route = value.little32()
        case .expireTime: expireTime = value.big32()
        case .tradeNow: tradeNow = value.byte()
        case .handleInstruction: handleInstruction = value.byte()
        case .bboWeightIndicator: bboWeightIndicator = value.byte()
        case .displayQuantity: displayQuantity = value.big32()
        case .displayPrice: displayPrice = value.big64()
        case .groupID: groupID = value.big16()
        case .sharesLocated: sharesLocated = value.byte()
        case .locateBroker: locateBroker = value.little32()
        case .side: side = value.byte()
        case .userRefIndex: userRefIndex = value.byte()
        }
    }

    /// How many bytes the appendage takes, its own length included.
    @inlinable public var byteCount: Int {
        var count = 2
        for number in UInt8(1)...28 {
            guard let tag = Ouch50.OptionTag(rawValue: number), has(tag) else { continue }
            count += 2 + tag.valueByteCount
        }
        return count
    }

    /// Writes the appendage, its length first, at `start`; traps where there is no room for it.
    ///
    /// - Returns: How many bytes it wrote.
    #if !DEBUG
    @_noLocks
    #endif
    public func write(to bytes: UnsafeMutableRawBufferPointer, from start: Int) -> Int {
        let total = byteCount
        precondition(start >= 0, "Caller: an offset is not negative")
        precondition(bytes.count >= start + total, "Caller: the buffer has room for the options")
        // SAFETY: `start` lies inside the buffer, and `total` bytes from it, checked just above.
        var writer = unsafe WireWriter(
            UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + total]), byteCount: total)
        writer.big16(UInt16(total - 2))
        for number in UInt8(1)...28 {
            guard let tag = Ouch50.OptionTag(rawValue: number), has(tag) else { continue }
            writer.byte(UInt8(1 + tag.valueByteCount))
            writer.byte(number)
            put(tag, &writer)
        }
        return total
    }

    private func put(_ tag: Ouch50.OptionTag, _ writer: inout WireWriter) {
        switch tag {
        case .secondaryOrderReferenceNumber: writer.big64(secondaryOrderReferenceNumberValue)
        case .firm: writer.little32(firmValue)
        case .minimumQuantity: writer.big32(minimumQuantityValue)
        case .customerType: writer.byte(customerTypeValue)
        case .maximumFloor: writer.big32(maximumFloorValue)
        case .priceType: writer.byte(priceTypeValue)
        case .pegOffset: writer.big32(UInt32(bitPattern: pegOffsetValue))
        case .discretionPrice: writer.big64(discretionPriceValue)
        case .discretionPriceType: writer.byte(discretionPriceTypeValue)
        case .discretionPegOffset: writer.big32(UInt32(bitPattern: discretionPegOffsetValue))
        case .postOnly: writer.byte(postOnlyValue)
        case .randomReserve: writer.big32(randomReserveValue)
        case .route: writer.little32(routeValue)
        case .expireTime: writer.big32(expireTimeValue)
        case .tradeNow: writer.byte(tradeNowValue)
        case .handleInstruction: writer.byte(handleInstructionValue)
        case .bboWeightIndicator: writer.byte(bboWeightIndicatorValue)
        case .displayQuantity: writer.big32(displayQuantityValue)
        case .displayPrice: writer.big64(displayPriceValue)
        case .groupID: writer.big16(groupIDValue)
        case .sharesLocated: writer.byte(sharesLocatedValue)
        case .locateBroker: writer.little32(locateBrokerValue)
        case .side: writer.byte(sideValue)
        case .userRefIndex: writer.byte(userRefIndexValue)
        }
    }
}

import Model
import TestSupport
import Testing
import Wire

/// Goal: MoldUDP64 headers and requests stand as specified, and cut ones are refused.
@Test func moldHeadersStandAsSpecified() throws {
    let header = MoldUDP64.Header(
        session: try #require(Token10("SESSION01")), sequence: 0x0102_0304_0506_0708, count: 0x0a0b)
    let bytes = Array("SESSION01 ".utf8) + [1, 2, 3, 4, 5, 6, 7, 8, 0x0a, 0x0b]
    #expect(written(byteCount: 30) { unsafe header.write(to: $0) } == bytes)
    let request = MoldUDP64.RequestPacket(
        session: header.session, sequence: header.sequence, count: header.count)
    #expect(written(byteCount: 30) { unsafe request.write(to: $0) } == bytes)
    #expect(withExactCopy(bytes) { unsafe MoldUDP64.RequestPacket(reading: $0) } == request)
    #expect(withExactCopy(bytes + [0]) { unsafe MoldUDP64.RequestPacket(reading: $0) } == nil)
    #expect(withExactCopy(bytes + [0]) { unsafe MoldUDP64.Header(reading: $0) } == header)
    for count in 0..<20 {
        #expect(withExactCopy(Array(bytes[..<count])) { unsafe MoldUDP64.Header(reading: $0) } == nil)
        #expect(withExactCopy(Array(bytes[..<count])) { unsafe MoldUDP64.RequestPacket(reading: $0) } == nil)
    }
    #expect(MoldUDP64.Header(session: .blank, sequence: 1, count: 0).isHeartbeat)
    #expect(MoldUDP64.Header(session: .blank, sequence: 1, count: 0xffff).isEndOfSession)
}

/// Goal: IEX-TP headers stand as specified, and cut ones are refused.
@Test func iexHeadersStandAsSpecified() {
    let header = IexTransport.Header(
        channel: 0x0403_0201, session: 0x0807_0605, payloadByteCount: 0x0201, messageCount: 0x0403,
        streamOffset: 0x0807_0605_0403_0201, sequence: 0x1817_1615_1413_1211,
        sendTimeNs: 0x2827_2625_2423_2221)
    let bytes: [UInt8] =
        [1, 0, 0x04, 0x80, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4] + Array(1...8) + Array(0x11...0x18)
        + Array(0x21...0x28)
    #expect(written(byteCount: 50) { unsafe header.write(to: $0) } == bytes)
    #expect(withExactCopy(bytes) { unsafe IexTransport.Header(reading: $0) } == header)
    for count in 0..<40 {
        #expect(withExactCopy(Array(bytes[..<count])) { unsafe IexTransport.Header(reading: $0) } == nil)
    }
}

/// A MoldUDP64 or IEX-TP packet of `messages`, put together by the writers of the blocks.
private func packet(_ messages: [[UInt8]], isMold: Bool) -> [UInt8] {
    let payload = messages.reduce(0) { $0 + 2 + $1.count }
    return written(byteCount: 60 + payload) { room in
        var offset: Int
        if isMold {
            let header = MoldUDP64.Header(session: .blank, sequence: 7, count: UInt16(messages.count))
            offset = unsafe header.write(to: room)
        } else {
            let header = IexTransport.Header(
                channel: 1, session: 2, payloadByteCount: UInt16(payload),
                messageCount: UInt16(messages.count),
                streamOffset: 0, sequence: 7, sendTimeNs: 0)
            offset = unsafe header.write(to: room)
        }
        for message in messages {
            offset +=
                unsafe isMold
                ? MoldUDP64.writeBlockHeader(count: message.count, to: room, at: offset)
                : IexTransport.writeBlockHeader(count: message.count, to: room, at: offset)
            for byte in message {
                unsafe room[offset] = byte
                offset += 1
            }
        }
        return offset
    }
}

private func isWhole(_ bytes: [UInt8], isMold: Bool) -> Bool {
    withExactCopy(bytes) { unsafe isMold ? MoldUDP64.isWhole($0) : IexTransport.isWhole($0) }
}

private func messages(_ bytes: [UInt8], isMold: Bool) -> [[UInt8]] {
    withExactCopy(bytes) { copy in
        var offset = isMold ? MoldUDP64.Header.byteCount : IexTransport.Header.byteCount
        var found: [[UInt8]] = []
        while let block = unsafe isMold
            ? MoldUDP64.block(at: offset, in: copy) : IexTransport.block(at: offset, in: copy)
        {
            unsafe found.append(Array(copy[block.offset..<block.end]))
            offset = block.end
        }
        return found
    }
}

/// Goal: the messages of a packet are found, the same that went in; a cut packet is told, whatever its length.
/// Method: random messages, some empty, in both transports; every truncation, and a byte too many.
@Test(arguments: [true, false]) func messagesOfPacketsAreFound(isMold: Bool) {
    var random = SeededRandom(seed: TestSeed.current)
    for _ in 0..<30 {
        let sent = (0..<Int(random.below(6))).map { _ in randomBytes(Int(random.below(50)), &random) }
        let bytes = packet(sent, isMold: isMold)
        #expect(messages(bytes, isMold: isMold) == sent)
        #expect(isWhole(bytes, isMold: isMold))
        #expect(!isWhole(bytes + [0], isMold: isMold))
        for count in 0..<bytes.count { #expect(!isWhole(Array(bytes[..<count]), isMold: isMold)) }
    }
}

/// Goal: no garbage traps the walk over a packet's blocks, at any place, inside or out.
@Test(arguments: [true, false]) func garbageNeverTrapsTheWalk(isMold: Bool) {
    var random = SeededRandom(seed: TestSeed.current)
    for _ in 0..<20_000 {
        let bytes = randomBytes(Int(random.below(70)), &random)
        _ = isWhole(bytes, isMold: isMold)
        let offset = Int(random.within(-3...80))
        let block = withExactCopy(bytes) {
            unsafe isMold ? MoldUDP64.block(at: offset, in: $0) : IexTransport.block(at: offset, in: $0)
        }
        if let block { #expect(block.end <= bytes.count && block.offset == offset + 2) }
    }
}

import Model
import TestSupport
import Testing
import Wire

private func parse(_ bytes: [UInt8]) -> SoupBin.Parsed {
    withExactCopy(bytes) { unsafe SoupBin.parse($0) }
}

private func packet(_ type: SoupBin.PacketType, _ payload: [UInt8]) -> [UInt8] {
    written(byteCount: payload.count + 10) { room in
        unsafe payload.withUnsafeBytes { unsafe SoupBin.write(type, payload: $0, to: room) }
    }
}

/// Goal: a packet is found as soon as it is whole, and not before, whatever the TCP stream was cut into.
/// Method: every packet type, every length of its front.
@Test func packetsAreFoundWhenWhole() {
    var random = SeededRandom(seed: TestSeed.current)
    for type in SoupBin.PacketType.allCases {
        let payload = randomBytes(type.payloadByteCount ?? 37, &random)
        let bytes = packet(type, payload)
        #expect(bytes[3...].elementsEqual(payload))
        for count in 0..<bytes.count {
            #expect(parse(Array(bytes[..<count])) == .needMore, "\(type) \(count)")
        }
        let frame = SoupBin.Frame(type: type, payloadCount: payload.count)
        #expect(parse(bytes) == .frame(frame))
        #expect(parse(bytes + [1, 2, 3]) == .frame(frame))
        #expect(frame.totalCount == bytes.count)
        #expect(frame.payloadOffset == 3)
    }
}

/// Goal: what can be no packet is told at once. Method: zero lengths, all 256 letters, wrong lengths of fixed packets.
@Test func whatIsNoPacketIsMalformed() {
    #expect(parse([0, 0]) == .malformed)
    for letter in UInt8.min...UInt8.max {
        let known = SoupBin.PacketType(rawValue: letter)
        if known == nil { #expect(parse([0, 5, letter]) == .malformed) }
        if let count = known?.payloadByteCount {
            #expect(parse([0, UInt8(count + 2), letter]) == .malformed)
            if count > 0 { #expect(parse([0, UInt8(count), letter]) == .malformed) }
        }
    }
}

/// Goal: the log-on and its answers stand as specified: numbers in twenty characters, spaces on the left.
@Test func logOnsStandAsSpecified() throws {
    let request = SoupBin.LoginRequest(
        userName: try #require(Token6("USER1")), password: try #require(Token10("SECRET")), session: .blank,
        sequence: 1)
    let text = "USER1 SECRET              " + String(repeating: " ", count: 19) + "1"
    #expect(written(byteCount: 60) { unsafe request.write(to: $0) } == [0, 47, 0x4c] + Array(text.utf8))
    #expect(withExactCopy(Array(text.utf8)) { unsafe SoupBin.LoginRequest(readingPayload: $0) } == request)

    let accepted = SoupBin.LoginAccepted(session: try #require(Token10("SESSION01")), sequence: .max)
    let answer = "SESSION01 18446744073709551615"
    #expect(written(byteCount: 60) { unsafe accepted.write(to: $0) } == [0, 31, 0x41] + Array(answer.utf8))
    #expect(
        withExactCopy(Array(answer.utf8)) { unsafe SoupBin.LoginAccepted(readingPayload: $0) } == accepted)

    let rejected = SoupBin.LoginRejected(reason: UInt8(ascii: "A"))
    #expect(written(byteCount: 10) { unsafe rejected.write(to: $0) } == [0, 2, 0x4a, 0x41])
    #expect(withExactCopy([0x41]) { unsafe SoupBin.LoginRejected(readingPayload: $0) } == rejected)
    #expect(written(byteCount: 10) { unsafe SoupBin.writeEmpty(.clientHeartbeat, to: $0) } == [0, 1, 0x52])
}

/// Goal: only a decimal number that fits is taken as a sequence; every length but the right one is refused.
@Test func sequencesAreNumbers() {
    func sequence(_ text: String) -> UInt64? {
        withExactCopy(Array(("SESSION01 " + text).utf8)) {
            unsafe SoupBin.LoginAccepted(readingPayload: $0)?.sequence
        }
    }
    #expect(sequence("                    ") == 0)
    #expect(sequence("                   0") == 0)
    #expect(sequence("00000000000000000042") == 42)
    #expect(sequence("18446744073709551616") == nil)
    #expect(sequence("99999999999999999999") == nil)
    #expect(sequence("                  -1") == nil)
    #expect(sequence("                 1 2") == nil)
    #expect(sequence("1                   ") == nil)
    for count in 0..<60 where count != 46 {
        #expect(
            withExactCopy([UInt8](repeating: 0x20, count: count)) {
                unsafe SoupBin.LoginRequest(readingPayload: $0)
            }
                == nil)
    }
    var random = SeededRandom(seed: TestSeed.current)
    for _ in 0..<2_000 {
        let value = random.next() >> random.below(64)
        let bytes = written(byteCount: 40) { room in
            unsafe SoupBin.LoginAccepted(session: .blank, sequence: value).write(to: room)
        }
        let found = withExactCopy(Array(bytes[3...])) {
            unsafe SoupBin.LoginAccepted(readingPayload: $0)?.sequence
        }
        #expect(found == value)
    }
}

/// Goal: no stream of bytes traps the parser, and what it finds lies inside. Method: random bytes, small lengths.
@Test func garbageNeverTrapsTheParser() {
    var random = SeededRandom(seed: TestSeed.current)
    for _ in 0..<50_000 {
        var bytes = randomBytes(Int(random.below(64)), &random)
        if bytes.count > 2, random.chance(perMillion: 700_000) {
            bytes[0] = 0
            bytes[1] = UInt8(random.below(60))
            bytes[2] = SoupBin.PacketType.allCases[Int(random.below(10))].rawValue
        }
        if case .frame(let frame) = parse(bytes) { #expect(frame.totalCount <= bytes.count) }
    }
}

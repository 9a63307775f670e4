import Model
import TestSupport
import Testing
import Wire

/// Goal: nothing is lost or moved between the wire and a message's fields. That a field is read from the right
/// place is the matter of the golden messages, the real packets and the judges; this walks every message.
/// Method: random bytes of the message's length are read and written again; they must be the same.
@Test func everyMessageSurvivesTheWayInAndOut() {
    var random = SeededRandom(seed: TestSeed.current)
    func check<Message: WireMessage>(_ type: Message.Type) {
        for step in 0..<200 {
            let bytes = randomMessage(type, &random)
            guard let message = read(type, bytes) else {
                Issue.record("\(type) refused step \(step), seed \(TestSeed.current)")
                return
            }
            #expect(written(message) == bytes, "\(type) step \(step), seed \(TestSeed.current)")
        }
    }
    for type in Families.all { check(type) }
}

/// Goal: a message that is cut short, too long, or of another type is refused, and nothing reads past its end.
/// Method: every length from none to one too many, in memory of exactly that length; then each wrong letter.
@Test func everyTruncationIsRefused() {
    var random = SeededRandom(seed: TestSeed.current)
    func check<Message: WireMessage>(_ type: Message.Type) {
        let bytes = randomMessage(type, &random)
        let isOuch = type is any OuchMessage.Type
        // OUCH: the length of the appendage may be left out altogether.
        let shortest = (type as? any OuchMessage.Type)?.fixedByteCount ?? type.byteCount
        for count in 0..<bytes.count {
            let isWhole = isOuch && count == shortest
            #expect((read(type, Array(bytes[..<count])) != nil) == isWhole, "\(type) cut to \(count)")
        }
        let mayGrow = Families.deep.contains { $0 == type }
        #expect((read(type, bytes + [0]) != nil) == mayGrow, "\(type) one byte too long")
        for letter in UInt8.min...UInt8.max where letter != type.type {
            var other = bytes
            other[0] = letter
            #expect(read(type, other) == nil, "\(type) with letter \(letter)")
        }
    }
    for type in Families.all { check(type) }
}

/// Goal: the lists that the tests walk, the tables of lengths and the hot decoders know the same letters.
@Test func everyTypeLetterIsListed() {
    for letter in UInt8.min...UInt8.max {
        let itch = Families.itch.filter { $0.type == letter }
        #expect(itch.count <= 1)
        #expect(Itch50.byteCount(ofType: letter) == itch.first?.byteCount)
        let deep = Families.deep.filter { $0.type == letter }
        #expect(deep.count <= 1)
        #expect(Deep10.byteCount(ofType: letter) == deep.first?.byteCount)
        var event = untouched
        let message = [letter] + [UInt8](repeating: 0xff, count: 199)
        #expect((decodeItch(message, &event) == .unknownType) == itch.isEmpty)
        #expect((decodeDeep(message, &event) == .unknownType) == deep.isEmpty)
    }
    #expect(Families.itch.count == 23)
    #expect(Families.deep.count == 13)
    #expect(Families.ouchInbound.count == 8)
    #expect(Families.ouchOutbound.count == 17)
    #expect(Families.itch.allSatisfy { $0.byteCount <= Itch50.byteCountMax })
    #expect(Families.deep.allSatisfy { $0.byteCount <= Deep10.byteCountMax })
}

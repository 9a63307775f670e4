import Model
import TestSupport
import Testing
import Wire

/// The element of `tag` with a value of `count` bytes.
private func element(_ tag: UInt8, _ value: [UInt8]) -> [UInt8] { [UInt8(value.count + 1), tag] + value }

private func big16(_ value: Int) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xff)] }

private func written(_ message: some OuchMessage, _ options: Ouch50.Options) -> [UInt8] {
    written(byteCount: Ouch50.byteCountMax) { unsafe message.write(to: $0, options: options) }
}

private func options<Message: OuchMessage>(_ type: Message.Type, _ bytes: [UInt8]) -> Ouch50.Options {
    withExactCopy(bytes) { unsafe Message.options(of: $0) }
}

/// Goal: every option, in every combination that a seed finds, on every message, comes back as it was written.
/// Method: elements with random values are put together here by hand; reading and writing gives the same bytes.
@Test func everyOptionSurvivesTheWayInAndOut() {
    var random = SeededRandom(seed: TestSeed.current)
    func check<Message: OuchMessage>(_ type: Message.Type) {
        for step in 0..<100 {
            var appendage: [UInt8] = []
            for tag in Ouch50.OptionTag.allCases where step == 0 || random.chance(perMillion: 300_000) {
                appendage += element(tag.rawValue, randomBytes(tag.valueByteCount, &random))
            }
            let fixed = Array(randomMessage(type, &random)[..<type.fixedByteCount])
            let bytes = fixed + (appendage.isEmpty ? [] : big16(appendage.count) + appendage)
            guard let message = read(type, bytes) else {
                Issue.record("\(type) refused step \(step), seed \(TestSeed.current)")
                return
            }
            let found = options(type, bytes)
            let expected = appendage.isEmpty && type.appendageIsRequired ? bytes + [0, 0] : bytes
            #expect(written(message, found) == expected, "\(type) step \(step), seed \(TestSeed.current)")
            #expect(found.skippedCount == 0)
            #expect(bytes.count <= Ouch50.byteCountMax)
        }
    }
    for type in Families.ouch { check(type) }
}

/// Goal: each field of the options is the one with its number and its kind of value.
/// Method: the elements are written out by hand from the specification's appendix A.
@Test func optionsStandAsTheSpecificationHasThem() {
    var options = Ouch50.Options()
    #expect(options.isEmpty)
    options.firm = 0x4d52_4946  // FIRM
    options.minimumQuantity = 200
    options.customerType = UInt8(ascii: "R")
    options.priceType = UInt8(ascii: "M")
    options.pegOffset = -100
    options.discretionPrice = 1_500_000
    options.expireTime = 3600
    options.groupID = 7
    options.side = UInt8(ascii: "S")
    options.userRefIndex = 5
    let message = Ouch50.CancelOrder(userRefNum: 77, quantity: 25)
    let elements: [[UInt8]] = [
        [5, 2] + Array("FIRM".utf8), [5, 3, 0, 0, 0, 0xc8], [2, 4, 0x52], [2, 6, 0x4d],
        [5, 7, 0xff, 0xff, 0xff, 0x9c], [9, 9, 0, 0, 0, 0, 0, 0x16, 0xe3, 0x60], [5, 15, 0, 0, 0x0e, 0x10],
        [3, 24, 0, 7], [2, 27, 0x53], [2, 28, 5],
    ]
    let appendage = elements.flatMap { $0 }
    let fixed: [UInt8] = [0x58, 0, 0, 0, 77, 0, 0, 0, 25]
    let bytes = fixed + big16(appendage.count) + appendage
    #expect(written(message, options) == bytes)
    let found = cancelOptions(bytes)
    #expect(found == options)
    #expect(found.pegOffset == -100)
    #expect(found.route == nil)
    options.pegOffset = nil
    #expect(!options.has(.pegOffset))
}

private func cancelOptions(_ bytes: [UInt8]) -> Ouch50.Options { options(Ouch50.CancelOrder.self, bytes) }

/// Goal: options that we do not know, and those of a wrong length, are skipped and counted, and the ones behind
/// them are read; elements that do not fit into the appendage make the message refused.
@Test func strangeOptionsAreCountedAndBrokenOnesRefused() {
    let fixed: [UInt8] = [0x58, 0, 0, 0, 1, 0, 0, 0, 0]
    func message(_ appendage: [UInt8]) -> [UInt8] { fixed + big16(appendage.count) + appendage }
    let strange =
        element(8, [1]) + element(200, [1, 2, 3]) + element(2, [1, 2]) + [1, 77] + element(28, [9])
    let bytes = message(strange)
    #expect(read(Ouch50.CancelOrder.self, bytes) == Ouch50.CancelOrder(userRefNum: 1, quantity: 0))
    let found = cancelOptions(bytes)
    #expect(found.skippedCount == 4)
    #expect(found.userRefIndex == 9)
    #expect(!found.has(.firm))

    #expect(read(Ouch50.CancelOrder.self, message([])) != nil)
    #expect(read(Ouch50.CancelOrder.self, message([0])) == nil, "an element without a tag")
    #expect(read(Ouch50.CancelOrder.self, message([2, 28])) == nil, "an element past the end")
    #expect(read(Ouch50.CancelOrder.self, message([2, 28, 1, 255])) == nil, "a second one past the end")
    #expect(read(Ouch50.CancelOrder.self, fixed + [0]) == nil, "half a length")
    #expect(read(Ouch50.CancelOrder.self, fixed + [0, 2, 1, 77, 0]) == nil, "bytes behind the appendage")
    #expect(read(Ouch50.CancelOrder.self, fixed + [0, 3, 1, 77]) == nil, "a length past the end")
}

/// Goal: garbage behind a fixed part is an answer, never a trap; what is taken can be written.
@Test func garbageAppendagesNeverTrap() {
    var random = SeededRandom(seed: TestSeed.current)
    for _ in 0..<20_000 {
        let count = Int(random.below(40))
        let appendage = (0..<count).map { _ in UInt8(random.below(30)) }
        let bytes = [0x58, 0, 0, 0, 1, 0, 0, 0, 0] + big16(count) + appendage
        let found = cancelOptions(bytes)
        if let message = read(Ouch50.CancelOrder.self, bytes) {
            let again = written(message, found)
            var expected = found
            expected = cancelOptions(again)
            #expect(expected.skippedCount == 0)
            #expect(written(message, expected) == again)
        }
        _ = cancelOptions(randomBytes(Int(random.below(40)), &random))
    }
}

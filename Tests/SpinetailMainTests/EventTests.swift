import Foundation
import Model
import Testing

@testable import SpinetailMain

/// A narrator that knows the clock and one symbol.
private func narrator() -> EventNarrator {
    var narrator = EventNarrator()
    var start = Input(kind: .start)
    start.sequence = 1
    start.execution_id = 1_795_271_400_000_000_000  // 2026-11-21T14:30:00Z
    _ = narrator.take(start)
    _ = narrator.take(text: #"{"instrument":3,"symbol":"AAPL"}"#)
    return narrator
}

private func fill(ref: UInt32 = 7) -> Fact {
    var fact = Fact(kind: .orderFilled, sequence: 9)
    fact.order_id_high = 0x0123_4567_89ab_8def
    fact.order_id_low = 0x8000_0000_0000_0001
    fact.instrument = 3
    fact.side = Side.buy.rawValue
    fact.price = 1_500_500
    fact.quantity = 100
    fact.execution_id = 42
    fact.user_ref = ref
    fact.detail = UInt32(UInt8(ascii: "R"))
    return fact
}

/// Goal: a fill reads as a person and a program expect it: UTC with nanoseconds, names, decimals.
@Test func aFillReadsWell() throws {
    var narrator = narrator()
    var execution = Input(kind: .execution)
    execution.sequence = 9
    execution.engine_time_ns = 1_000_000_005
    execution.user_ref = 7
    execution.price = 1_500_500
    execution.quantity = 100
    _ = narrator.take(execution)
    let told = narrator.take(fill())
    let event = try #require(told)
    #expect(
        event.line
            == "2026-11-21T14:30:01.000000005Z #9 fact  order_filled       AAPL     buy 100 @ 150.0500 match=42 "
            + "liquidity=R role=taker order=01234567-89ab-8def-8000-000000000001 ref=7")
    let read = try #require(try JSONSerialization.jsonObject(with: Data(event.json.utf8)) as? [String: Any])
    #expect(read["kind"] as? String == "order_filled")
    #expect(read["price"] as? String == "150.0500")
    #expect(read["symbol"] as? String == "AAPL")
    #expect(read["utc_ns"] as? Int == 1_795_271_401_000_000_005)
}

/// Goal: no record makes it crash, and every kind has words: all bytes of a record may be anything.
/// Method: every kind with every bit set, none set, and random; every line is JSON too.
@Test func everyKindHasWordsWhateverItHolds() throws {
    var random = SeededRandom(seed: 20_260_101)
    for round in 0..<40 {
        func any64() -> UInt64 { round == 0 ? 0 : round == 1 ? .max : random.next() }
        for raw in UInt8.min...UInt8.max {
            var input = Input()
            input.kind = raw
            input.sequence = any64()
            input.engine_time_ns = any64()
            input.execution_id = any64()
            input.price = Int64(bitPattern: any64())
            input.quantity = Int64(bitPattern: any64())
            input.instrument = UInt32(truncatingIfNeeded: any64())
            input.user_ref = UInt32(truncatingIfNeeded: any64())
            input.flags = UInt8(truncatingIfNeeded: any64())
            input.side = UInt8(truncatingIfNeeded: any64())
            var fact = Fact()
            fact.kind = raw
            fact.detail = UInt32(truncatingIfNeeded: any64())
            fact.price = input.price
            fact.quantity = input.quantity
            fact.execution_id = input.execution_id
            fact.order_id_high = any64()
            fact.instrument = input.instrument
            var narrator = round % 2 == 0 ? EventNarrator() : narrator()
            let shownInput = narrator.take(input)
            let shownFact = narrator.take(fact)
            #expect((shownInput != nil) == (InputKind(rawValue: raw) != nil))
            #expect((shownFact != nil) == (FactKind(rawValue: raw) != nil))
            for event in [shownInput, shownFact].compactMap({ $0 }) where round < 4 {
                #expect(!event.line.isEmpty)
                #expect(
                    (try? JSONSerialization.jsonObject(with: Data(event.json.utf8))) != nil, "\(event.json)")
            }
        }
    }
}

/// Goal: times read back, over leap years and before 1970 too.
@Test func timesReadBack() {
    #expect(UtcTime.text(0) == "1970-01-01T00:00:00.000000000Z")
    #expect(UtcTime.text(-1) == "1969-12-31T23:59:59.999999999Z")
    #expect(UtcTime.text(951_782_400_000_000_000) == "2000-02-29T00:00:00.000000000Z")
    var random = SeededRandom(seed: 20_260_101)
    for _ in 0..<2_000 {
        let ns = Int64(truncatingIfNeeded: random.next() >> 2)
        #expect(UtcTime.parse(UtcTime.text(ns), dayOf: 0) == ns)
    }
    let day: Int64 = 1_795_219_200_000_000_000  // 2026-11-21
    #expect(UtcTime.parse("14:30", dayOf: day + 5) == day + 52_200_000_000_000)
    #expect(UtcTime.parse("14:30:00.5", dayOf: day) == day + 52_200_500_000_000)
    #expect(UtcTime.parse("2026-11-21", dayOf: 0) == day)
    for wrong in [
        "", "x", "25:00", "14:60", "14", "2026-13-01", "2026-11-21T", "1:2:3:4", "14:30:00.",
        "14:30:00.1234567890",
    ] {
        #expect(UtcTime.parse(wrong, dayOf: day) == nil || wrong == "2026-11-21T", "\(wrong)")
    }
}

/// Runs events through the filter that the options make.
private func wanted(_ options: [String], _ events: [ShownEvent]) throws -> [Bool] {
    let verb = Spinetail.verbs.first { $0.name == "events" }!
    let arguments = try CommandLineParser.parse((["run"] + options)[...], for: verb, output: .standard)
    var filter = try EventFilter(arguments)
    return events.map { filter.wants($0) }
}

/// Goal: an order's events are its facts, by id, and the inputs that carry its number, from when that is known.
@Test func theFilterFollowsAnOrder() throws {
    var narrator = narrator()
    var submitted = Input(kind: .submitted)
    submitted.user_ref = 7
    var other = Input(kind: .submitted)
    other.user_ref = 8
    let events = [
        narrator.take(fill()), narrator.take(submitted), narrator.take(other), narrator.take(fill(ref: 8)),
    ]
    .compactMap { $0 }
    var strange = events
    strange[3].orderID = "00000000-0000-8000-8000-000000000009"
    #expect(
        try wanted(["--order", "01234567-89AB-8def-8000-000000000001"], strange) == [
            true, true, false, false,
        ])
    #expect(try wanted(["--order", "8"], strange) == [false, false, true, true])
    #expect(try wanted(["--kind", "submitted"], strange) == [false, true, true, false])
    #expect(
        try wanted(["--kind", "submitted", "--kind", "order_filled"], strange) == [true, true, true, true])
    #expect(try wanted(["--instrument", "AAPL"], strange) == [true, false, false, true])
    #expect(try wanted(["--from", "14:30"], strange) == [true, true, true, true])
    #expect(try wanted(["--from", "14:31"], strange) == [false, false, false, false])
    #expect(try wanted(["--to", "2026-11-21T14:29:59"], strange) == [false, false, false, false])
    #expect(throws: UsageError.self) { try wanted(["--kind", "order_fild"], strange) }
    #expect(throws: UsageError.self) { try wanted(["--order", "x"], strange) }
    #expect(throws: UsageError.self) { try wanted(["--from", "noon"], strange) }
}

/// Goal: a run that is not there is told, with what to do.
@Test func aMissingRunIsTold() {
    let result = run(["events", "/nonexistent/run"])
    #expect(result.code == 1)
    #expect(result.err.contains("/nonexistent/run: no such folder"), "\(result.err)")
}

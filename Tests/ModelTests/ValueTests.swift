import Model
import TestSupport
import Testing

/// Goal: decimals are written and read back exactly, and what is no number of the scale is refused.
/// Method: every boundary by hand, then 20,000 seeded numbers in every scale up to 8 there and back.
@Test func decimalsComeBackAsTheyWere() {
    #expect(Price(raw: 1_500_500).decimal(scale: 4) == "150.0500")
    #expect(Price(raw: -5).decimal(scale: 4) == "-0.0005")
    #expect(DecimalText.string(Int64.min, scale: 4) == "-922337203685477.5808")
    #expect(DecimalText.parse("-922337203685477.5808", scale: 4) == Int64.min)
    #expect(DecimalText.parse("922337203685477.5807", scale: 4) == Int64.max)
    for text in ["922337203685477.5808", "", "-", ".5", "1.", "1.23456", "1.2.3", "0x1", "1e3", "١"] {
        #expect(DecimalText.parse(text, scale: 4) == nil, "\(text)")
    }
    var random = SeededRandom(seed: TestSeed.current)
    for _ in 0..<20_000 {
        let scale = Int(random.below(9))
        let raw = random.within(Int64.min...Int64.max) >> Int64(random.below(60))
        #expect(DecimalText.parse(DecimalText.string(raw, scale: scale), scale: scale) == raw)
    }
}

/// Goal: money is shown to the cent, rounded half away from zero, on both sides of zero.
@Test func moneyIsRoundedToTheCent() {
    #expect(Money(raw: 12_349).decimal(scale: 4) == "1.23")
    #expect(Money(raw: 12_350).decimal(scale: 4) == "1.24")
    #expect(Money(raw: -12_350).decimal(scale: 4) == "-1.24")
    #expect(Money(raw: 49).decimal(scale: 4) == "0.00")
    #expect(Money(raw: 125).decimal(scale: 2) == "1.25")
    #expect(Money(Price(raw: 45_212_500), times: Quantity(raw: -3), multiplier: 25).raw == -3_390_937_500)
}

/// Goal: order ids are UUIDs of version 8, rise with time, differ by epoch and number, and come back from text.
@Test func orderIDsAreOrderedByTimeAndReadable() {
    let first = OrderID(engineTimeNs: 1 << 40, epoch: 5, number: 1)
    let later = OrderID(engineTimeNs: 1 << 40 + 1 << 12, epoch: 5, number: 2)
    #expect(first.high < later.high)
    #expect(first.high >> 12 & 0xf == 8)
    #expect(first.low >> 62 == 2)
    #expect(OrderID(first.description) == first)
    #expect(OrderID("not-an-id") == nil)
    var seen: Set<OrderID> = []
    for epoch in [1, 4_095, 4_096, 1 << 29] as [UInt32] {
        for number in 0..<100 as Range<UInt64> {
            #expect(seen.insert(OrderID(engineTimeNs: 7, epoch: epoch, number: number)).inserted)
        }
    }
}

/// Goal: symbols of one to eight characters come back; everything else is refused.
@Test func symbolsComeBack() {
    for text in ["A", "AAPL", "BRK.A", "ZVZZT+12"] { #expect(Symbol(text)?.description == text) }
    for text in ["", "NINECHARS", "A B", "É", "A\n"] { #expect(Symbol(text) == nil, "\(text)") }
    #expect(Symbol("A") != Symbol("AA"))
}

/// Goal: the status that people see is the first that applies, over every combination of the parts of an order.
/// Method: an independent list of conditions in the order of the documentation.
@Test func statusIsTheFirstThatApplies() {
    for lifecycle in Lifecycle.allCases {
        for request in Request.allCases {
            for knowledge in Knowledge.allCases {
                for filled in [0, 5] as [Int64] {
                    let conditions: [(Bool, OrderStatus)] = [
                        (lifecycle == .closed, .closed), (knowledge == .disputed, .disputed),
                        (knowledge == .inDoubt, .inDoubt), (lifecycle == .filled, .filled),
                        (lifecycle == .cancelled, .cancelled), (lifecycle == .rejected, .rejected),
                        (lifecycle == .expired, .expired), (request == .cancelPending, .pendingCancel),
                        (request == .replacePending, .pendingReplace), (filled > 0, .partiallyFilled),
                        (lifecycle == .accepted, .accepted), (lifecycle == .submitted, .submitted),
                        (lifecycle == .pending, .pending), (lifecycle == .held, .held), (true, .created),
                    ]
                    let status = OrderStatus(
                        lifecycle: lifecycle, request: request, knowledge: knowledge,
                        filled: Quantity(raw: filled))
                    #expect(
                        status == conditions.first { $0.0 }?.1,
                        "\(lifecycle) \(request) \(knowledge) \(filled)")
                }
            }
        }
    }
}

/// Goal: a bounded draw stays in its bounds, also at the ends of the range of integers, and a seed repeats.
@Test func seededDrawsStayInTheirBounds() {
    var random = SeededRandom(seed: 9)
    var again = SeededRandom(seed: 9)
    for bound in [1, 2, 3, 1 << 40, UInt64.max] as [UInt64] {
        for _ in 0..<1_000 {
            let drawn = random.below(bound)
            #expect(drawn < bound)
            #expect(drawn == again.below(bound))
        }
    }
    for _ in 0..<1_000 { #expect((-3...3).contains(random.within(-3...3))) }
    _ = random.within(Int64.min...Int64.max)
    #expect(random.within(7...7) == 7)
}

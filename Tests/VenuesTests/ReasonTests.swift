import Model
import Testing
import Wire

@testable import Venues

/// Goal: only what passes by itself is tried again, and what nobody has listed is never taken for final or passing.
/// Method: every number of two bytes, against the listed ones.
@Test func refusalsOfTheVenueHaveAClass() {
    let retried: [Ouch50.RejectReason] = [
        .processingError, .riskSymbolMessageRate, .riskPortMessageRate, .riskDuplicateMessageRate,
    ]
    for number in 0...UInt16.max {
        let found = OuchReasons.refusalClass(number)
        switch Ouch50.RejectReason(rawValue: number) {
        case nil, .other: #expect(found == .unknown, "\(number)")
        case .some(let reason): #expect(found == (retried.contains(reason) ? .retry : .never), "\(reason)")
        }
    }
}

/// Goal: an order that its own time ended is expired, one that anybody took off is cancelled.
@Test func onlyTimeExpiresAnOrder() {
    let ends = (0...UInt8.max).filter(OuchReasons.isExpiry)
    #expect(ends == [UInt8(ascii: "E"), UInt8(ascii: "T")])
}

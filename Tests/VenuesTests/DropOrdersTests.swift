import Model
import TestSupport
import Testing
import Wire

@testable import Venues

/// Goal: orders that lie in the send buffer when a kill is said do not leave, whatever had left of the bytes before; what had
/// begun leaves whole, cancels and heartbeats behind it leave too, and every command's fate is told once and truly: submitted
/// where its message is in the stream, not sent where it is not. Also where the connection breaks afterwards.
/// Method: seeded commands and seeded pieces taken of them, against the frames that came out.
@Test func ordersInTheBufferDoNotLeave() {
    var random = SeededRandom(seed: TestSeed.current)
    var droppedInAll = 0
    for round in 0..<2_000 {
        let rig = SessionRig()
        rig.settle()
        #expect(rig.session.phase == .up)
        rig.inputs = []
        var given: [UInt32: UInt8] = [:]
        var stream: [UInt8] = []
        var number: UInt32 = 1
        func give() {
            let command = random.below(3) == 0 ? cancel(number, of: 1) : enter(number)
            #expect(rig.encode(command))
            given[number] = command.kind
            number += 1
        }
        func take() { stream += rig.takeOutput(Int(random.below(120))) }
        for _ in 0..<Int(random.below(40)) {
            switch random.below(4) {
            case 0: take()
            case 1:
                rig.nowNs += 1_100_000_000
                // Too long without a word of the venue would end the connection.
                rig.deliver(packet(.serverHeartbeat))
                rig.poll()
            default: give()
            }
        }
        let before = stream.count
        let dropped = rig.session.dropOrders()
        droppedInAll += dropped
        // The core cancels, and a second kill finds nothing more.
        for _ in 0..<Int(random.below(4)) {
            #expect(rig.encode(cancel(number, of: 1))); given[number] = 2; number += 1
        }
        #expect(rig.session.dropOrders() == 0)
        let breaks = random.below(3) == 0
        if breaks {
            take()
        } else {
            while !rig.session.pendingOutput().isEmpty { stream += rig.takeOutput() }
        }
        rig.drop()

        // Every message is whole, and of the orders only what had begun before.
        var place = 0
        var (orders, cancels) = (0, 0)
        while place + 2 <= stream.count {
            let length = Int(stream[place]) << 8 | Int(stream[place + 1])
            let head = stream[place...].prefix(4)
            let isData = length > 1 && head.count == 4 && head[place + 2] == UInt8(ascii: "U")
            let isOrder = isData && head[place + 3] == UInt8(ascii: "O")
            let isCancel = isData && head[place + 3] == UInt8(ascii: "X")
            #expect(!isOrder || place < before, "round \(round): an order after the kill")
            if place + 2 + length > stream.count {
                #expect(breaks, "round \(round): half a message")
                break
            }
            orders += isOrder ? 1 : 0
            cancels += isCancel ? 1 : 0
            place += 2 + length
        }
        let results = rig.inputs(.submitted) + rig.inputs(.sendFailed)
        #expect(Set(results.map(\.user_ref)) == Set(given.keys), "round \(round)")
        #expect(results.count == given.count, "round \(round): each once")
        let sent = rig.inputs(.submitted).filter { given[$0.user_ref] == CommandKind.enter.rawValue }.count
        #expect(
            sent >= orders && sent <= orders + 1,
            "round \(round): \(sent) told, \(orders) whole in the stream")
        if !breaks {
            #expect(sent == orders && rig.inputs(.sendFailed).count == dropped, "round \(round)")
        }
    }
    #expect(droppedInAll > 1_000)
}

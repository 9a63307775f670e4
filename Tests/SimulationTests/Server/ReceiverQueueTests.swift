import Testing

@testable import Simulation

@Suite struct ReceiverQueueTests {
    static let table = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
          394: 0100007F:C7C0 00000000:0000 07 00000000:00000340 00:00000000 00000000     0        0 52032 2 00000000caf9ff13 7
          395: 0A0302E0:7725 00000000:0000 07 00000000:00000010 00:00000000 00000000     0        0 52033 2 00000000caf9ff14 1
         1395: 0A0302E0:7725 00000000:0000 07 00000000:00001000 00:00000000 00000000     0        0 52033 2 00000000caf9ff15 2

        """

    /// Goal: the kernel's table is read as proc(5) tells; several listeners of a group count together.
    @Test func readsTheTable() {
        let table = Array(Self.table.utf8)[...]
        #expect(ReceiverQueue.find(0xc7c0, in: table) == .waiting(bytes: 0x340, drops: 7))
        #expect(ReceiverQueue.find(0x7725, in: table) == .waiting(bytes: 0x1000, drops: 3))
        #expect(ReceiverQueue.find(1, in: table) == .nobody)
        for count in 0..<table.count { _ = ReceiverQueue.find(0x7725, in: table.prefix(count)) }
    }

    /// Goal: without the table there is an answer too.
    @Test func unavailable() {
        var queue = ReceiverQueue(port: 1, path: "/nonexistent")
        #expect(queue.look() == .unavailable)
        #expect(ReceiverQueue.pauseBytes() >= 1_024)
    }
}

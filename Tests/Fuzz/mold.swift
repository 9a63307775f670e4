import Wire

/// Any bytes as a MoldUDP64 packet and as a request: every block found lies inside, a header comes back as it was.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMold(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    // SAFETY: the fuzzer hands over `count` readable bytes; all indexing below is checked.
    let packet = unsafe UnsafeRawBufferPointer(start: data, count: count)
    _ = unsafe MoldUDP64.RequestPacket(reading: packet)
    let isWhole = unsafe MoldUDP64.isWhole(packet)
    guard let header = unsafe MoldUDP64.Header(reading: packet) else {
        precondition(!isWhole, "whole without a header")
        return 0
    }
    unsafe withUnsafeTemporaryAllocation(byteCount: MoldUDP64.Header.byteCount, alignment: 1) { room in
        unsafe header.write(to: room)
        precondition(unsafe room.elementsEqual(packet[..<MoldUDP64.Header.byteCount]), "another header")
    }
    var offset = MoldUDP64.Header.byteCount
    var sum: UInt64 = 0
    while let block = unsafe MoldUDP64.block(at: offset, in: packet) {
        for byte in unsafe packet[block.offset..<block.end] { sum &+= UInt64(byte) }
        offset = block.end
    }
    return sum == .max ? 1 : 0
}

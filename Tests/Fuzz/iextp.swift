import Wire

/// Any bytes as an IEX-TP packet: every block found lies inside, a header comes back as it was.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzIexTransport(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    // SAFETY: the fuzzer hands over `count` readable bytes; all indexing below is checked.
    let packet = unsafe UnsafeRawBufferPointer(start: data, count: count)
    let isWhole = unsafe IexTransport.isWhole(packet)
    guard let header = unsafe IexTransport.Header(reading: packet) else {
        precondition(!isWhole, "whole without a header")
        return 0
    }
    unsafe withUnsafeTemporaryAllocation(byteCount: IexTransport.Header.byteCount, alignment: 1) { room in
        unsafe header.write(to: room)
        precondition(unsafe room.elementsEqual(packet[..<IexTransport.Header.byteCount]), "another header")
    }
    var offset = IexTransport.Header.byteCount
    var sum: UInt64 = 0
    while let block = unsafe IexTransport.block(at: offset, in: packet) {
        for byte in unsafe packet[block.offset..<block.end] { sum &+= UInt64(byte) }
        offset = block.end
    }
    return sum == .max ? 1 : 0
}

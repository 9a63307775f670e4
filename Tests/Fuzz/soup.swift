import Wire

/// Any bytes as a SoupBinTCP stream: packet after packet until it is none; what is found lies inside.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSoup(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    // SAFETY: the fuzzer hands over `count` readable bytes; all indexing below is checked.
    let stream = unsafe UnsafeRawBufferPointer(start: data, count: count)
    var offset = 0
    while offset < count {
        let rest = unsafe UnsafeRawBufferPointer(rebasing: stream[offset...])
        guard case .frame(let frame) = unsafe SoupBin.parse(rest) else { return 0 }
        precondition(frame.totalCount <= rest.count, "a packet past the end")
        let payload = unsafe UnsafeRawBufferPointer(rebasing: rest[frame.payloadOffset..<frame.totalCount])
        if let request = unsafe SoupBin.LoginRequest(readingPayload: payload) {
            unsafe withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { room in
                let written = unsafe request.write(to: room)
                let body = unsafe UnsafeRawBufferPointer(rebasing: room[SoupBin.headerByteCount..<written])
                precondition(unsafe SoupBin.LoginRequest(readingPayload: body) == request, "another log-on")
            }
        }
        _ = unsafe SoupBin.LoginAccepted(readingPayload: payload)
        _ = unsafe SoupBin.LoginRejected(readingPayload: payload)
        offset += frame.totalCount
    }
    return 0
}

import Wire

/// Any bytes as a stream of the query protocol's frames: what is taken is written again to the same bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzQuery(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    // SAFETY: the fuzzer hands over `count` readable bytes.
    var rest = unsafe Array(UnsafeRawBufferPointer(start: data, count: count))[...]
    var pages = OrderQuery.Pages(requestID: 1)
    while case .whole(let type, let totalCount) = OrderQuery.frame(at: rest) {
        let fields = rest.dropFirst(3).prefix(totalCount - 3)
        var again: [UInt8] = []
        if let answer = OrderQuery.Answer(type: type, reading: fields) {
            answer.append(to: &again)
            if answer.requestID == 1 { _ = pages.take(answer) }
        } else if let request = OrderQuery.Request(type: type, reading: fields) {
            request.append(to: &again)
        }
        precondition(again.isEmpty || again == Array(rest.prefix(totalCount)), "other bytes")
        rest = rest.dropFirst(totalCount)
    }
    return 0
}

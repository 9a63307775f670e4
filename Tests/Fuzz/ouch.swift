import Wire

/// Any bytes as every message of OUCH: what is taken can be written, and is then read as the same message and options.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOuch(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    // SAFETY: the fuzzer hands over `count` readable bytes.
    let bytes = unsafe UnsafeRawBufferPointer(start: data, count: count)
    unsafe check(Ouch50.EnterOrder.self, bytes)
    unsafe check(Ouch50.ReplaceOrder.self, bytes)
    unsafe check(Ouch50.CancelOrder.self, bytes)
    unsafe check(Ouch50.ModifyOrder.self, bytes)
    unsafe check(Ouch50.MassCancel.self, bytes)
    unsafe check(Ouch50.DisableOrderEntry.self, bytes)
    unsafe check(Ouch50.EnableOrderEntry.self, bytes)
    unsafe check(Ouch50.AccountQuery.self, bytes)
    unsafe check(Ouch50.SystemEvent.self, bytes)
    unsafe check(Ouch50.OrderAccepted.self, bytes)
    unsafe check(Ouch50.OrderReplaced.self, bytes)
    unsafe check(Ouch50.OrderCanceled.self, bytes)
    unsafe check(Ouch50.AiqCanceled.self, bytes)
    unsafe check(Ouch50.OrderExecuted.self, bytes)
    unsafe check(Ouch50.BrokenTrade.self, bytes)
    unsafe check(Ouch50.Rejected.self, bytes)
    unsafe check(Ouch50.CancelPending.self, bytes)
    unsafe check(Ouch50.CancelReject.self, bytes)
    unsafe check(Ouch50.OrderPriorityUpdate.self, bytes)
    unsafe check(Ouch50.OrderModified.self, bytes)
    unsafe check(Ouch50.OrderRestated.self, bytes)
    unsafe check(Ouch50.MassCancelResponse.self, bytes)
    unsafe check(Ouch50.DisableResponse.self, bytes)
    unsafe check(Ouch50.EnableResponse.self, bytes)
    unsafe check(Ouch50.AccountQueryResponse.self, bytes)
    _ = unsafe Ouch50.Options(reading: bytes, from: 0)
    return 0
}

private func check<Message: OuchMessage & Equatable>(_ type: Message.Type, _ bytes: UnsafeRawBufferPointer) {
    // SAFETY: reading checks every bound.
    guard let message = unsafe Message(reading: bytes) else { return }
    var options = unsafe Message.options(of: bytes)
    unsafe withUnsafeTemporaryAllocation(byteCount: Ouch50.byteCountMax, alignment: 1) { room in
        let count = unsafe message.write(to: room, options: options)
        let written = unsafe UnsafeRawBufferPointer(rebasing: room[..<count])
        precondition(unsafe Message(reading: written) == message, "another message")
        let back = unsafe Message.options(of: written)
        precondition(back.skippedCount == 0, "we wrote an option that we do not know")
        for tag in Ouch50.OptionTag.allCases {
            precondition(back.has(tag) == options.has(tag), "another option")
        }
        precondition(
            back.userRefIndex == options.userRefIndex && back.pegOffset == options.pegOffset, "another value")
    }
    options.firm = nil
    precondition(!options.has(.firm), "an option that cannot be taken away")
}

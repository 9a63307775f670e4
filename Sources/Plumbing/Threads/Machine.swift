internal import CSpinetailPlumbing

/// What can be measured of the machine under us. Cold; each call is bounded and leaves everything as it was.
public enum Machine {
    /// Why this process may not use io_uring; `nil`: it may.
    public static func uringRefusal() -> Errno? { Errno(result: st_machine_uring()) }

    /// The cores that this process may run on, in order.
    public static func allowedCores() -> [Int] {
        var words = [UInt64](repeating: 0, count: 16)
        // SAFETY: C writes as many words as it is told.
        let used = unsafe words.withUnsafeMutableBufferPointer {
            unsafe st_machine_allowed_cores($0.baseAddress!, $0.count)
        }
        guard used > 0 else { return [] }
        return (0..<Int(used) * 64).filter { words[$0 / 64] >> UInt64($0 % 64) & 1 == 1 }
    }

    /// Nanoseconds that a cache line takes from one core to another and back, the median of batches; `nil` where one
    /// of the cores is refused.
    public static func lineNs(from core: Int, to peerCore: Int, budgetNs: UInt64 = 100_000_000) -> Double? {
        var medianPs: UInt64 = 0
        // SAFETY: one number is written.
        let result = unsafe st_machine_line_ps(
            Int32(clamping: core), Int32(clamping: peerCore), budgetNs, &medianPs)
        return result < 0 ? nil : Double(medianPs) / 1000
    }

    /// How long writing 4 KiB and making them durable takes in a folder: a time for each try, in order.
    public static func syncTimesNs(
        in folder: String, count: Int = 48, budgetNs: UInt64 = 2_000_000_000
    ) throws(SetupError) -> [UInt64] {
        precondition(count > 0, "Caller: at least one try")
        var times = [UInt64](repeating: 0, count: count)
        // SAFETY: C writes at most `count` numbers, and reads the path during the call.
        let result = unsafe times.withUnsafeMutableBufferPointer { times in
            unsafe folder.withCString {
                unsafe st_machine_sync_times($0, budgetNs, times.baseAddress!, times.count)
            }
        }
        if let refusal = Errno(result: result) { throw SetupError("write and sync", at: folder, refusal) }
        return Array(times.prefix(Int(result)))
    }

    /// Bytes still free where `path` lies, and whether that is memory rather than a disk.
    public static func freeBytes(at path: String) -> (bytes: UInt64, isMemory: Bool)? {
        var bytes: UInt64 = 0
        var isMemory = false
        // SAFETY: both are written, nothing else.
        let result = unsafe path.withCString { unsafe st_machine_free_bytes($0, &bytes, &isMemory) }
        return result < 0 ? nil : (bytes, isMemory)
    }
}

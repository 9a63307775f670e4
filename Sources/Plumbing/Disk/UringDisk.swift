internal import CSpinetailPlumbing

/// Files through io_uring, past the page cache where the file system can; by plain `pwrite` and `fdatasync` where the
/// kernel refuses io_uring, which ``message`` then says.
@safe public final class UringDisk: Disk {
    /// `nil` where io_uring was refused: then each submit does its work at once.
    private let ring: OpaquePointer?
    private var done: [DiskCompletion] = []
    private var inFlight = 0
    private let inFlightMax: Int
    /// What the operator should know: that io_uring is refused and why.
    public private(set) var message: String?

    /// - Parameter usesRing: `false` takes the plain calls without asking, for tests and comparison.
    public init(inFlightMax: Int = 64, usesRing: Bool = true) {
        precondition((1...4096).contains(inFlightMax), "Caller: 1 to 4096 operations in flight")
        self.inFlightMax = inFlightMax
        var made: OpaquePointer?
        if usesRing {
            // SAFETY: C answers with a whole ring or none.
            if let refusal = Errno(result: unsafe st_uring_create(UInt32(inFlightMax), &made)) {
                message =
                    "io_uring is refused: \(refusal); the journal is written with plain calls, one at a time "
                    + "(sysctl -w kernel.io_uring_disabled=0, or allow it in the container's seccomp profile)"
            }
        }
        unsafe ring = made
    }

    // SAFETY: the ring is ours; the kernel ends what is in flight before the descriptor closes.
    deinit { if let ring = unsafe ring { unsafe st_uring_destroy(ring) } }

    public var usesRing: Bool { unsafe ring != nil }

    public func createFile(_ path: String, byteCount: Int) throws(SetupError) -> DiskFile {
        var direct = false
        // SAFETY: C reads the path and writes the flag during the call.
        let result = unsafe path.withCString { unsafe st_disk_create($0, UInt64(byteCount), &direct) }
        if let refusal = Errno(result: result) {
            throw SetupError("make a file of \(byteCount) bytes", at: path, refusal)
        }
        return DiskFile(number: Int32(result), path: path)
    }

    public func submitWrite(_ file: DiskFile, offset: Int, _ bytes: UnsafeRawBufferPointer, tag: UInt64)
        -> Bool
    {
        precondition(
            offset % diskAlignment == 0 && bytes.count % diskAlignment == 0, "Caller: writes are aligned")
        precondition(bytes.count > 0, "Caller: a write has bytes")
        guard inFlight < inFlightMax else { return false }
        // SAFETY: the caller keeps the bytes until the completion.
        if let ring = unsafe ring {
            let result = unsafe st_uring_write(
                ring, file.number, bytes.baseAddress!, bytes.count, UInt64(offset), tag)
            return accepted(result, tag)
        }
        let result = unsafe st_disk_write_now(file.number, bytes.baseAddress!, bytes.count, UInt64(offset))
        return finished(result, tag)
    }

    public func submitSync(_ file: DiskFile, tag: UInt64) -> Bool {
        guard inFlight < inFlightMax else { return false }
        // SAFETY: the ring is ours.
        if let ring = unsafe ring { return accepted(unsafe st_uring_sync(ring, file.number, tag), tag) }
        return finished(st_disk_sync_now(file.number), tag)
    }

    /// What the kernel said to a submission. A refusal other than "full" is the operation's failure.
    private func accepted(_ result: Int64, _ tag: UInt64) -> Bool {
        if result == Errno.againCode { return false }
        if result < 0 { return finished(result, tag) }
        inFlight += 1
        return true
    }

    private func finished(_ result: Int64, _ tag: UInt64) -> Bool {
        inFlight += 1
        done.append(DiskCompletion(tag: tag, byteCount: max(0, Int(result)), failure: Errno(result: result)))
        return true
    }

    public func poll() -> DiskCompletion? {
        if !done.isEmpty {
            inFlight -= 1
            return done.removeFirst()
        }
        // SAFETY: the ring is ours; both values are written by C.
        guard let ring = unsafe ring, inFlight > 0 else { return nil }
        var tag: UInt64 = 0
        var result: Int64 = 0
        guard unsafe st_uring_poll(ring, &tag, &result) == 1 else { return nil }
        inFlight -= 1
        return DiskCompletion(tag: tag, byteCount: max(0, Int(result)), failure: Errno(result: result))
    }

    public func wait(timeoutNs: UInt64) {
        guard done.isEmpty else { return }
        // SAFETY: the ring is ours.
        if let ring = unsafe ring, inFlight > 0 {
            _ = unsafe st_uring_wait(ring, timeoutNs)
        } else {
            Clock.sleep(ns: timeoutNs)
        }
    }

    public func close(_ file: DiskFile, cutTo byteCount: Int?) throws(SetupError) {
        let result = st_disk_close(file.number, byteCount != nil, UInt64(byteCount ?? 0))
        if let refusal = Errno(result: result) { throw SetupError("close a file", at: file.path, refusal) }
    }
}

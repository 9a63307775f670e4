internal import CZlib
import Glibc

/// The content of a file from front to back through a window of fixed size; gzip, told by its two magic bytes, is
/// decompressed on the way (also several members one after the other, as `cat a.gz b.gz` makes them).
///
/// - Bounds: ``windowBytes`` plus a read buffer, however large the file. No more than ``windowBytes`` can be seen
///   at once.
/// - Damage (a cut or corrupt gzip stream, a failing disk) is held back until all that was whole has been seen:
///   ``damage`` tells it when ``want(_:)`` gives less than it was asked for.
@safe struct FileBytes: ~Copyable {
    static let windowBytes = 1 << 19
    private static let readBytes = 1 << 16

    let path: String
    let isCompressed: Bool
    private let descriptor: Int32
    private let window: UnsafeMutableRawPointer
    private let input: UnsafeMutablePointer<UInt8>
    private let stream: UnsafeMutablePointer<z_stream>
    private var start = 0
    private var end = 0
    private var isExhausted = false
    private var isMemberDone = false
    private var fileOffset: UInt64 = 0
    /// Bytes of content before the window.
    private(set) var offset: UInt64 = 0
    private(set) var damage: MarketFileError?

    init(path: String) throws(MarketFileError) {
        let descriptor = try Self.opened(path)
        var magic: (UInt8, UInt8) = (0, 0)
        // SAFETY: two bytes of our own variable.
        let got = unsafe withUnsafeMutableBytes(of: &magic) { unsafe pread(descriptor, $0.baseAddress, 2, 0) }
        self.path = path
        self.descriptor = descriptor
        isCompressed = got == 2 && magic.0 == 0x1f && magic.1 == 0x8b
        // SAFETY: freed in deinit, never handed out for longer than a call.
        unsafe window = UnsafeMutableRawPointer.allocate(byteCount: Self.windowBytes, alignment: 64)
        unsafe input = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.readBytes)
        unsafe stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        if isCompressed {
            // 15 bits of window, + 16: a gzip header is expected.
            // SAFETY: the stream is zeroed, as zlib asks.
            let made = unsafe inflateInit2_(
                stream, 15 + 16, zlibVersion(), Int32(MemoryLayout<z_stream>.size))
            precondition(made == Z_OK, "Invariant: zlib has memory for one stream")
        }
    }

    deinit {
        // SAFETY: allocated in init, and nobody has kept a pointer.
        if isCompressed { unsafe inflateEnd(stream) }
        unsafe stream.deallocate()
        unsafe input.deallocate()
        unsafe window.deallocate()
        Glibc.close(descriptor)
    }

    private static func opened(_ path: String) throws(MarketFileError) -> Int32 {
        func refusal(_ code: Int32, _ what: String, _ remedy: String) -> MarketFileError {
            MarketFileError(
                path: path, offset: 0, isOffsetInContent: false, fault: .cannotOpen(code), what: what,
                remedy: remedy)
        }
        // SAFETY: Swift lends the path as a terminated string for the call.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let code = errno
            switch code {
            case ENOENT:
                throw refusal(
                    code, "there is no such file",
                    "Check the name; relative names start at the current folder.")
            case EACCES:
                throw refusal(
                    code, "it may not be read by this user",
                    "Give read permission, for example: chmod a+r '\(path)'.")
            default:
                throw refusal(
                    code, "it cannot be opened (\(errorText(code)))", "Check the file with: ls -l '\(path)'.")
            }
        }
        var status = stat()
        // SAFETY: our own variable.
        if unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            Glibc.close(descriptor)
            throw refusal(EISDIR, "it is a folder", "Name a file in it.")
        }
        return descriptor
    }

    /// Brings at least `count` bytes into the window, where the content has them.
    ///
    /// - Returns: How many bytes can be seen: fewer than `count` only at the end or before damage.
    mutating func want(_ count: Int) -> Int {
        precondition(count <= Self.windowBytes, "Caller: no more than the window is wanted at once")
        while end - start < count, !isExhausted {
            if start > 0 {
                // SAFETY: both ranges lie in the window.
                unsafe memmove(window, window + start, end - start)
                end -= start
                start = 0
            }
            if isCompressed { inflateMore() } else { readMore() }
        }
        return end - start
    }

    /// Calls `body` with the bytes in the window; they stand only during the call.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        // SAFETY: start ... end lies in the window.
        unsafe body(UnsafeRawBufferPointer(start: window + start, count: end - start))
    }

    /// The `count` bytes from `from` in the window, which stand until the next ``want(_:)``.
    @unsafe func slice(from: Int, count: Int) -> UnsafeRawBufferPointer {
        precondition(
            from >= 0 && count >= 0 && from + count <= end - start, "Caller: the slice is in the window")
        return unsafe UnsafeRawBufferPointer(start: window + start + from, count: count)
    }

    subscript(index: Int) -> UInt8 {
        precondition(index >= 0 && index < end - start, "Caller: the byte is in the window")
        // SAFETY: checked.
        return unsafe window.load(fromByteOffset: start + index, as: UInt8.self)
    }

    func big16(_ index: Int) -> Int { Int(self[index]) << 8 | Int(self[index + 1]) }
    func little16(_ index: Int) -> Int { Int(self[index]) | Int(self[index + 1]) << 8 }
    func big32(_ index: Int) -> UInt32 { UInt32(big16(index)) << 16 | UInt32(big16(index + 2)) }
    func little32(_ index: Int) -> UInt32 { UInt32(little16(index)) | UInt32(little16(index + 2)) << 16 }

    /// Goes on by `count` bytes that are in the window.
    mutating func drop(_ count: Int) {
        precondition(count >= 0 && count <= end - start, "Caller: only what is in the window is dropped")
        start += count
        offset += UInt64(count)
    }

    /// An error at `at` bytes into the window.
    func error(_ fault: MarketFileError.Fault, at: Int = 0, _ what: String, _ remedy: String)
        -> MarketFileError
    {
        MarketFileError(
            path: path, offset: offset + UInt64(at), isOffsetInContent: isCompressed, fault: fault,
            what: what,
            remedy: remedy)
    }

    /// The error for content that ends inside `thing`: damage of the file where there is some, else a cut file.
    func ending(in thing: String) -> MarketFileError {
        damage
            ?? error(
                .truncated, "the file ends inside \(thing)",
                "It was cut short: fetch or copy it again. All before this place was read.")
    }

    private mutating func readMore() {
        // SAFETY: end < windowBytes, or want() would have been satisfied.
        let got = unsafe Self.reading(descriptor, window + end, Self.windowBytes - end)
        fileOffset += UInt64(max(0, got))
        if got > 0 { end += got } else { exhaust(got) }
    }

    private mutating func inflateMore() {
        if unsafe stream.pointee.avail_in == 0 {
            // SAFETY: the buffer is readBytes long.
            let got = unsafe Self.reading(descriptor, input, Self.readBytes)
            guard got > 0 else {
                if got == 0, !isMemberDone {
                    damage = fileDamage(
                        .truncated, "the gzip stream ends before its end mark",
                        "It was cut short: fetch or copy it again. All that could be decompressed was read.")
                }
                exhaust(got)
                return
            }
            fileOffset += UInt64(got)
            unsafe stream.pointee.next_in = input
            unsafe stream.pointee.avail_in = UInt32(got)
        }
        if isMemberDone {
            // SAFETY: made in init.
            unsafe inflateReset(stream)
            isMemberDone = false
        }
        // SAFETY: the output range is the free end of the window.
        unsafe stream.pointee.next_out = (window + end).assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = UInt32(Self.windowBytes - end)
        let answer = unsafe inflate(stream, Z_NO_FLUSH)
        end = unsafe Self.windowBytes - Int(stream.pointee.avail_out)
        switch answer {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: isMemberDone = true
        default:
            damage = fileDamage(
                .garbage, "the gzip stream is corrupt",
                "Check it with: gzip -t '\(path)', and fetch it again. All before this place was read.")
            isExhausted = true
        }
    }

    private mutating func exhaust(_ result: Int) {
        isExhausted = true
        guard result < 0 else { return }
        let code = errno
        damage = fileDamage(
            .cannotRead(code), "reading fails (\(Self.errorText(code)))", "Check the disk and try again.")
    }

    private func fileDamage(_ fault: MarketFileError.Fault, _ what: String, _ remedy: String)
        -> MarketFileError
    {
        let unused = unsafe isCompressed ? UInt64(stream.pointee.avail_in) : 0
        return MarketFileError(
            path: path, offset: fileOffset - unused, isOffsetInContent: false, fault: fault, what: what,
            remedy: remedy)
    }

    /// `read(2)`, begun again where a signal came between.
    private static func reading(_ descriptor: Int32, _ target: UnsafeMutableRawPointer, _ count: Int) -> Int {
        while true {
            // SAFETY: the caller's buffer holds `count` bytes.
            let got = unsafe read(descriptor, target, count)
            if got >= 0 || errno != EINTR { return got }
        }
    }

    private static func errorText(_ code: Int32) -> String {
        // SAFETY: strerror always gives a terminated string; it is copied at once.
        unsafe String(cString: strerror(code))
    }
}

internal import CSpinetailPlumbing

/// A whole file, mapped for reading, as long as this lives.
@safe public final class MappedFile {
    private let start: UnsafeRawPointer?
    public let count: Int

    public init(_ path: String) throws(SetupError) {
        var mapped: UnsafeRawPointer?
        // SAFETY: C writes the address and nothing else.
        let result = unsafe path.withCString { unsafe st_file_map($0, &mapped) }
        if let refusal = Errno(result: result) { throw SetupError("read a file", at: path, refusal) }
        unsafe start = mapped
        count = Int(result)
    }

    deinit {
        // SAFETY: whoever uses the bytes holds this object.
        if let start = unsafe start { unsafe st_file_unmap(start, count) }
    }

    /// Valid as long as this object.
    @unsafe public var bytes: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: start, count: count)
    }
}

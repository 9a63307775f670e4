internal import Plumbing

/// A segment's bytes, from a file or from memory, as long as this lives.
@safe final class MappedBytes {
    private let file: MappedFile?
    private let copy: UnsafeMutableRawBufferPointer?

    init(_ file: MappedFile) {
        self.file = file
        unsafe copy = nil
    }

    init(_ bytes: [UInt8]) {
        file = nil
        // SAFETY: freed in deinit; as long as the array.
        let copied = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 8)
        unsafe copied.copyBytes(from: bytes)
        unsafe copy = UnsafeMutableRawBufferPointer(rebasing: copied[..<bytes.count])
    }

    // SAFETY: whoever uses the bytes holds this object.
    deinit { unsafe copy?.deallocate() }

    var count: Int { unsafe file?.count ?? copy?.count ?? 0 }

    /// Valid as long as this object.
    @unsafe var bytes: UnsafeRawBufferPointer {
        if let file { return unsafe file.bytes }
        guard let copy = unsafe copy else { preconditionFailure("Invariant: a file or a copy") }
        return UnsafeRawBufferPointer(copy)
    }
}

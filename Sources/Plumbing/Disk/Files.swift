internal import CSpinetailPlumbing

/// Small things with files, for cold threads of modules that do not import Foundation.
public enum Files {
    /// Makes a folder and those above it; that it exists is no error.
    public static func makeFolder(_ path: String) throws(SetupError) {
        // SAFETY: C reads the path during the call, here and below.
        guard let refusal = Errno(result: unsafe path.withCString { unsafe st_file_make_folder($0) }),
            refusal != .fileExists
        else { return }
        if refusal == .noSuchFile, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try makeFolder(String(path[..<slash]))
            guard let again = Errno(result: unsafe path.withCString { unsafe st_file_make_folder($0) }),
                again != .fileExists
            else { return }
            throw SetupError("make a folder", at: path, again)
        }
        throw SetupError("make a folder", at: path, refusal)
    }

    /// Makes a folder that must not exist yet.
    public static func makeNewFolder(_ path: String) throws(SetupError) {
        if let refusal = Errno(result: unsafe path.withCString { unsafe st_file_make_folder($0) }) {
            throw SetupError("make a folder", at: path, refusal)
        }
    }

    /// Removes a file; that it is not there is no error.
    public static func remove(_ path: String) throws(SetupError) {
        if let refusal = Errno(result: unsafe path.withCString { unsafe st_file_remove($0) }),
            refusal != .noSuchFile
        {
            throw SetupError("remove a file", at: path, refusal)
        }
    }

    /// Removes a folder that is empty.
    public static func removeFolder(_ path: String) throws(SetupError) {
        if let refusal = Errno(result: unsafe path.withCString { unsafe st_file_remove_folder($0) }) {
            throw SetupError("remove a folder", at: path, refusal)
        }
    }

    /// Writes a small file so that after a crash there is the old content or the new, and the new once this returns.
    public static func replace(_ path: String, with bytes: [UInt8]) throws(SetupError) {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        // SAFETY: the array stands still during the call.
        let result = unsafe bytes.withUnsafeBytes { bytes in
            unsafe path.withCString { path in
                unsafe folder.withCString { folder in
                    unsafe st_file_replace(path, folder, bytes.baseAddress, bytes.count)
                }
            }
        }
        if let refusal = Errno(result: result) { throw SetupError("write a file", at: path, refusal) }
    }

    /// At most `byteCountMax` bytes of a file from `offset` on; `nil` when there is no such file.
    public static func read(
        _ path: String, from offset: Int = 0, byteCountMax: Int
    ) throws(SetupError) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: max(1, byteCountMax))
        // SAFETY: the array has the length that C is told.
        let result = unsafe bytes.withUnsafeMutableBytes { into in
            unsafe path.withCString {
                unsafe st_file_read_at($0, UInt64(offset), into.baseAddress!, into.count)
            }
        }
        if let refusal = Errno(result: result) {
            if refusal == .noSuchFile { return nil }
            throw SetupError("read a file", at: path, refusal)
        }
        return Array(bytes.prefix(min(Int(result), byteCountMax)))
    }

    /// Names in a folder, sorted.
    public static func list(_ path: String) throws(SetupError) -> [String] {
        var names: [String] = []
        // SAFETY: C calls back during the call only, with the context it was given and a name that ends in 0.
        let result = unsafe withUnsafeMutablePointer(to: &names) { names in
            unsafe path.withCString { path in
                unsafe st_file_list(path, names) { context, name in
                    unsafe context!.assumingMemoryBound(to: [String].self).pointee.append(
                        String(cString: name))
                }
            }
        }
        if let refusal = Errno(result: result) { throw SetupError("list a folder", at: path, refusal) }
        return names.sorted()
    }

    /// Cuts a file to its length in use.
    public static func truncate(_ path: String, to byteCount: Int) throws(SetupError) {
        // SAFETY: as above.
        let result = unsafe path.withCString { unsafe st_file_truncate($0, UInt64(byteCount)) }
        if let refusal = Errno(result: result) { throw SetupError("cut a file", at: path, refusal) }
    }

    /// Makes the names in a folder durable.
    public static func syncFolder(_ path: String) throws(SetupError) {
        // SAFETY: as above.
        if let refusal = Errno(result: unsafe path.withCString { unsafe st_file_sync_folder($0) }) {
            throw SetupError("make a folder durable", at: path, refusal)
        }
    }

    /// Sixteen bytes from the kernel's random numbers: names a run. Setup only; nothing of a run depends on it.
    public static func randomRunID() -> RunID {
        var words: (UInt64, UInt64) = (0, 0)
        // SAFETY: sixteen bytes, any of which are a number.
        let result = unsafe withUnsafeMutableBytes(of: &words) { unsafe st_random_bytes($0.baseAddress!, 16) }
        precondition(result == 16, "Invariant: the kernel has random numbers")
        return RunID(low: words.0, high: words.1)
    }
}

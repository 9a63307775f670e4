import Foundation

/// Reads what nobody else may read.
enum SecretFile {
    /// Why it was not read, and what to do.
    struct Refusal: Error {
        let message: String
    }

    static let bytesMax = 4_096

    /// The text of the file without the end of its last line.
    ///
    /// What is checked is what was opened: a file that is put in its place meanwhile is not read.
    static func read(_ path: String) throws(Refusal) -> String {
        // SAFETY: the path is a string of C for the call.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let reason = unsafe String(cString: strerror(errno))
            throw Refusal(message: "cannot be read (\(reason)), expected a file with the password")
        }
        defer { close(descriptor) }
        var status = stat()
        // SAFETY: the call fills the one struct.
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Refusal(message: "is no regular file, expected a file with the password")
        }
        guard status.st_mode & 0o077 == 0 else {
            let mode = String(status.st_mode & 0o777, radix: 8)
            throw Refusal(
                message:
                    "may be read or written by others (mode \(mode)): chmod 600 \(path), and change the password"
            )
        }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw Refusal(message: "belongs to another user: chown it to the one that runs the engine")
        }
        guard status.st_size <= bytesMax else {
            throw Refusal(message: "has \(status.st_size) bytes, expected a password and nothing else")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
        guard let data = try? handle.read(upToCount: bytesMax) ?? Data(),
            var text = String(data: data, encoding: .utf8)
        else {
            throw Refusal(message: "cannot be read as text, expected a password and nothing else")
        }
        // `\r\n` is one character.
        if text.last == "\n" || text.last == "\r\n" { text.removeLast() }
        guard !text.isEmpty else { throw Refusal(message: "is empty, expected a file with the password") }
        return text
    }

    /// The permission bits of a file.
    static func mode(_ path: String) throws(Refusal) -> UInt32 {
        var status = stat()
        // SAFETY: the call fills the one struct; the path is a string of C for the call.
        guard unsafe stat(path, &status) == 0 else { throw Refusal(message: "cannot be looked at") }
        return UInt32(status.st_mode)
    }
}

/// Why a file of market data cannot be read (any further): which file, where in it, what is wrong, what to do.
///
/// What stood before the place has been delivered: a reader throws only when it comes to the damage.
public struct MarketFileError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Fault: Equatable, Sendable {
        /// There is no such file, or it may not be opened; the errno.
        case cannotOpen(Int32)
        /// The disk or file system gave up while reading; the errno.
        case cannotRead(Int32)
        /// The file ends in the middle of something.
        case truncated
        /// The bytes contradict the format.
        case garbage
        /// The format, but a version of it that is not spoken here.
        case wrongVersion
        /// Another format altogether.
        case notThisFormat
    }

    public let path: String
    /// Where the thing begins that could not be read, in bytes from the front; of the content, where the file is
    /// compressed and the content is what is wrong.
    public let offset: UInt64
    /// Whether ``offset`` counts bytes of the decompressed content, not of the file.
    public let isOffsetInContent: Bool
    public let fault: Fault
    /// What is wrong, as a clause without a capital letter or full stop.
    public let what: String
    /// What the user can do about it, as a sentence.
    public let remedy: String

    public init(
        path: String, offset: UInt64, isOffsetInContent: Bool, fault: Fault, what: String, remedy: String
    ) {
        self.path = path
        self.offset = offset
        self.isOffsetInContent = isOffsetInContent
        self.fault = fault
        self.what = what
        self.remedy = remedy
    }

    public var description: String {
        let place: String
        switch fault {
        case .cannotOpen: place = ""
        case .cannotRead, .truncated, .garbage, .wrongVersion, .notThisFormat:
            place =
                isOffsetInContent ? " at byte \(offset) of the decompressed content" : " at byte \(offset)"
        }
        return "\(path)\(place): \(what). \(remedy)"
    }
}

internal import CSpinetailPlumbing
internal import Glibc

/// An answer of the kernel that is not success. Our C returns it as a negative number; this is the only file that
/// knows which there are, what each means to somebody who runs an engine, and what to do about it.
@frozen public struct Errno: Hashable, BitwiseCopyable, Sendable {
    /// As in `errno(3)`, positive.
    public let code: Int32

    @inlinable public init(code: Int32) { self.code = code }

    /// From what a shim returned; `nil` when that was success (0 or more).
    init?(result: Int64) {
        guard result < 0 else { return nil }
        code = Int32(truncatingIfNeeded: -result)
    }

    public static let wouldBlock = Errno(code: EAGAIN)
    public static let interrupted = Errno(code: EINTR)
    public static let connectionRefused = Errno(code: ECONNREFUSED)
    public static let connectionReset = Errno(code: ECONNRESET)
    public static let brokenPipe = Errno(code: EPIPE)
    public static let addressInUse = Errno(code: EADDRINUSE)
    public static let noSpace = Errno(code: ENOSPC)
    public static let ioError = Errno(code: EIO)
    public static let fileExists = Errno(code: EEXIST)
    public static let noSuchFile = Errno(code: ENOENT)
    public static let permissionDenied = Errno(code: EACCES)
    public static let notPermitted = Errno(code: EPERM)
    public static let badMessage = Errno(code: EBADMSG)
    public static let invalid = Errno(code: EINVAL)
    public static let notSupported = Errno(code: EOPNOTSUPP)
    public static let noMemory = Errno(code: ENOMEM)

    /// The numbers that a hot function compares with: no lazy global may be read there.
    @usableFromInline static var againCode: Int64 { -11 }
    @usableFromInline static var interruptedCode: Int64 { -4 }
    @usableFromInline static var abortedCode: Int64 { -103 }

    /// Name, meaning and remedy of the ones that can reach us.
    private var entry: (name: String, meaning: String, remedy: String) {
        // swift-format-ignore
        switch code {
        //   errno            name             meaning                                     remedy
        case EAGAIN:          ("EAGAIN",        "nothing there yet, or no room now",        "try again later; nothing is wrong")
        case EINTR:           ("EINTR",         "a signal came in between",                 "try again; nothing is wrong")
        case EACCES:          ("EACCES",        "permission denied",                        "run as a user who may, or choose another path or a port above 1023")
        case EPERM:           ("EPERM",         "not permitted to this user",               "grant the capability or raise the limit (setcap, ulimit), or run without it")
        case ENOENT:          ("ENOENT",        "no such file or folder",                   "check the path; create the folder")
        case EEXIST:          ("EEXIST",        "it exists already",                        "remove or rename it, or choose another name")
        case ENOTDIR:         ("ENOTDIR",       "a part of the path is not a folder",       "check the path")
        case EISDIR:          ("EISDIR",        "it is a folder, not a file",               "check the path")
        case EROFS:           ("EROFS",         "the file system is read-only",             "choose a folder on a writable file system")
        case ENOSPC:          ("ENOSPC",        "no room left on the device",               "free space, or set a smaller journal segment or ring")
        case EDQUOT:          ("EDQUOT",        "the user's disk quota is used up",         "free space or raise the quota")
        case EFBIG:           ("EFBIG",         "the file would pass the largest size",     "raise ulimit -f, or set a smaller journal segment")
        case EIO:             ("EIO",           "the device failed",                        "look at the kernel log (dmesg); do not trust what was written last")
        case EMFILE:          ("EMFILE",        "this process has too many open files",     "raise ulimit -n")
        case ENFILE:          ("ENFILE",        "this machine has too many open files",     "raise fs.file-max")
        case ENOMEM:          ("ENOMEM",        "no memory, or past the locked-memory limit", "free memory, lower the sizes in the settings, or raise ulimit -l")
        case EINVAL:          ("EINVAL",        "the kernel refuses these values",          "check the setting named here")
        case ENAMETOOLONG:    ("ENAMETOOLONG",  "the path is too long",                     "choose a shorter path")
        case EBADF:           ("EBADF",         "the descriptor is not open",               "this is a fault of Spinetail: please report it")
        case EFAULT:          ("EFAULT",        "an address outside our memory",            "this is a fault of Spinetail: please report it")
        case EBADMSG:         ("EBADMSG",       "the content is not what it should be",     "the file is of another kind or damaged")
        case ENOSYS:          ("ENOSYS",        "this kernel does not have the call",       "use a newer kernel; where there is another way it is taken")
        case EOPNOTSUPP:      ("EOPNOTSUPP",    "not supported here",                       "choose another file system or interface")
        case EADDRINUSE:      ("EADDRINUSE",    "the port is in use",                       "stop the other process (ss -lnp shows it) or set another port")
        case EADDRNOTAVAIL:   ("EADDRNOTAVAIL", "no interface of this machine has that address", "check the address in the settings (ip addr lists them)")
        case ECONNREFUSED:    ("ECONNREFUSED",  "nobody listens there",                     "start the venue first, or check address and port")
        case ECONNRESET:      ("ECONNRESET",    "the peer broke the connection",            "look at the venue; the engine connects again")
        case ECONNABORTED:    ("ECONNABORTED",  "the connection was given up",              "the engine connects again")
        case EPIPE:           ("EPIPE",         "the peer no longer listens",               "look at the venue; the engine connects again")
        case ENOTCONN:        ("ENOTCONN",      "not connected",                            "connect first")
        case EINPROGRESS:     ("EINPROGRESS",   "the connection is being made",             "wait; nothing is wrong")
        case ETIMEDOUT:       ("ETIMEDOUT",     "no answer in time",                        "check network, address and firewall; the engine connects again")
        case EHOSTUNREACH:    ("EHOSTUNREACH",  "no way to that host",                      "check the address and the routes (ip route)")
        case ENETUNREACH:     ("ENETUNREACH",   "no way to that network",                   "check the address and the routes (ip route)")
        case ENETDOWN:        ("ENETDOWN",      "the interface is down",                    "bring it up (ip link set … up)")
        case ENODEV:          ("ENODEV",        "no such interface",                        "check the interface in the settings (ip addr lists them)")
        case EMSGSIZE:        ("EMSGSIZE",      "too long for one datagram",                "send less at once")
        case ENOBUFS:         ("ENOBUFS",       "the kernel has no buffer left",            "raise net.core.wmem_max, or send slower")
        case EDESTADDRREQ:    ("EDESTADDRREQ",  "no destination was given",                 "set the address")
        case EBUSY:           ("EBUSY",         "in use, or not now",                       "try again later")
        case ESRCH:           ("ESRCH",         "no such thread",                           "this is a fault of Spinetail: please report it")
        case ECANCELED:       ("ECANCELED",     "given up before it was done",              "nothing: it was asked for")
        default:              ("errno \(code)", "an error that Spinetail does not list",    "look it up: errno -l")
        }
    }

    public var name: String { entry.name }
    public var meaning: String { entry.meaning }
    public var remedy: String { entry.remedy }
}

extension Errno: CustomStringConvertible {
    public var description: String { "\(meaning) (\(name))" }
}

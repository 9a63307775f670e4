/// Where a value came from.
public enum Origin: Sendable, Hashable, CustomStringConvertible {
    case standard
    case file(String, line: Int)
    case environment(String)
    case commandLine

    public var description: String {
        switch self {
        case .standard: "default"
        case .file(let name, let line): "\(name):\(line)"
        case .environment(let name): "environment \(name)"
        case .commandLine: "command line"
        }
    }
}

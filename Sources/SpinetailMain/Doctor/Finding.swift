/// One thing that was looked at on this machine, what was found, and what mends it.
struct Finding: Encodable, Equatable {
    enum State: String, Encodable {
        /// As good as it needs to be.
        case good
        /// The engine runs, slower or less evenly than this machine could.
        case couldBeBetter = "could_be_better"
        /// The engine will miss what was asked of it: latencies that mean nothing, a start that is refused, a journal that
        /// does not last.
        case bad
        /// The machine does not say: a virtual one often has no such file.
        case unknown

        /// As the table shows it.
        var word: String {
            switch self {
            case .good: "good"
            case .couldBeBetter: "could be better"
            case .bad: "BAD"
            case .unknown: "not told"
            }
        }
    }

    /// For programs: never changes its spelling.
    let name: String
    let title: String
    let state: State
    /// What was measured or read, in words.
    let value: String
    /// The same as a number of `unit`, where it is one.
    let number: Double?
    let unit: String?
    /// Why it matters here; empty where there is nothing to say.
    let why: String
    /// What mends it, to be typed as it stands; empty where nothing needs to be mended or nothing can.
    let command: String

    init(
        _ name: String, _ title: String, _ state: State, _ value: String, number: Double? = nil,
        unit: String? = nil, why: String = "", command: String = ""
    ) {
        self.name = name
        self.title = title
        self.state = state
        self.value = value
        self.number = number
        self.unit = unit
        self.why = state == .good ? "" : why
        self.command = state == .good || state == .unknown ? "" : command
    }

    static func unknown(_ name: String, _ title: String, _ value: String = "this machine does not tell")
        -> Finding
    {
        Finding(name, title, .unknown, value)
    }
}

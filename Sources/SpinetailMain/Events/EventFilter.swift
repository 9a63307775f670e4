import Model
import Settings

/// What `events` was asked to show.
struct EventFilter {
    private enum Order {
        case id(String)
        case ref(UInt32)
    }

    private var order: Order?
    /// Numbers under which the order went to the venue: inputs carry these, not the id.
    private var orderRefs: Set<UInt32> = []
    private var symbol: String?
    private var kinds: Set<String> = []
    private let from: String?
    private let to: String?
    private var fromNs: Int64?
    private var toNs: Int64?
    private var timesAreRead = false

    init(_ arguments: ParsedArguments) throws(UsageError) {
        if let text = arguments.text("order") {
            if let ref = UInt32(text) {
                order = .ref(ref)
                orderRefs = [ref]
            } else if let id = OrderID(text) {
                order = .id(id.description)
            } else {
                throw UsageError(
                    "--order is \"\(text)\", expected an order's id (with hyphens) or its number on the session"
                )
            }
        }
        symbol = arguments.text("instrument")
        for text in arguments.list("kind") {
            guard EventNames.all.contains(text) else {
                throw UsageError(
                    "--kind \"\(text)\" is unknown, \(NearestName.hint(text, in: EventNames.all))")
            }
            kinds.insert(text)
        }
        from = arguments.text("from")
        to = arguments.text("to")
        for (name, text) in [("from", from), ("to", to)] {
            if let text, UtcTime.parse(text, dayOf: 0) == nil {
                throw UsageError(
                    "--\(name) is \"\(text)\", expected 2026-11-21T14:30:00.5 or 14:30:00.5, in UTC")
            }
        }
    }

    /// Must see every event of the run, in order: it learns the order's numbers and the run's day on the way.
    mutating func wants(_ event: ShownEvent) -> Bool {
        if let order {
            let isOrder: Bool
            switch order {
            case .id(let id):
                if event.orderID == id, let ref = event.userRef { orderRefs.insert(ref) }
                isOrder =
                    event.orderID == id || event.orderID == nil && orderRefs.contains(event.userRef ?? 0)
            case .ref:
                isOrder = event.userRef.map { orderRefs.contains($0) } ?? false
            }
            guard isOrder else { return false }
        }
        if let symbol, event.symbol != symbol { return false }
        if !kinds.isEmpty, !kinds.contains(event.kind) { return false }
        guard from != nil || to != nil else { return true }
        guard let now = event.utcNs else { return false }
        if !timesAreRead {
            timesAreRead = true
            fromNs = from.flatMap { UtcTime.parse($0, dayOf: now) }
            toNs = to.flatMap { UtcTime.parse($0, dayOf: now) }
        }
        return now >= fromNs ?? .min && now <= toNs ?? .max
    }
}

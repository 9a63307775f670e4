/// One record of a journal, made ready to be shown.
struct ShownEvent {
    enum Source: String {
        case input
        case fact
        case text
    }

    /// A field beside those that every event has.
    struct Field {
        enum Value {
            case text(String)
            case number(Int64)
            case unsigned(UInt64)
            /// As the journal has it for programs, and in a setting's unit for people.
            case measured(Int64, text: String)
            /// For programs alone.
            case json(String)
        }
        let name: String
        let value: Value
    }

    let source: Source
    let kind: String
    let sequence: UInt64
    /// UTC, nanoseconds since 1970; `nil` before the run has told its clock.
    let utcNs: Int64?
    var instrument: UInt32?
    var symbol: String?
    var side: String?
    /// A decimal.
    var price: String?
    var quantity: Int64?
    var orderID: String?
    var userRef: UInt32?
    var fields: [Field] = []

    mutating func add(_ name: String, _ text: String) { fields.append(Field(name: name, value: .text(text))) }
    mutating func add(_ name: String, _ number: Int64) {
        fields.append(Field(name: name, value: .number(number)))
    }
    mutating func add(_ name: String, _ number: UInt64) {
        fields.append(Field(name: name, value: .unsigned(number)))
    }

    mutating func add(_ name: String, _ number: Int64, text: String) {
        fields.append(Field(name: name, value: .measured(number, text: text)))
    }
    mutating func add(_ name: String, json: String) {
        fields.append(Field(name: name, value: .json(json)))
    }

    /// `2026-11-21T14:30:00.000000001Z #12 fact  order_filled AAPL buy 100 @ 150.0500 match=7 order=… ref=3`
    var line: String {
        var words = [
            utcNs.map { UtcTime.text($0) } ?? "-", "#\(sequence)", padded(source.rawValue, 5),
            padded(kind, 18),
        ]
        if let symbol { words.append(padded(symbol, 8)) }
        if let side { words.append(side) }
        if let quantity { words.append("\(quantity)") }
        if let price { words.append("@ \(price)") }
        for field in fields {
            switch field.value {
            case .text(let text): words.append("\(field.name)=\(text)")
            case .number(let number): words.append("\(field.name)=\(number)")
            case .unsigned(let number): words.append("\(field.name)=\(number)")
            case .measured(_, let text): words.append("\(field.name)=\(text)")
            case .json: break
            }
        }
        if let orderID { words.append("order=\(orderID)") }
        if let userRef { words.append("ref=\(userRef)") }
        return words.joined(separator: " ")
    }

    /// The same as one JSON object; prices are text, so that no reader rounds them.
    var json: String {
        var object = JsonObject()
        if let utcNs {
            object = object.add("time", UtcTime.text(utcNs)).add("utc_ns", utcNs)
        }
        object = object.add("sequence", sequence).add("record", source.rawValue).add("kind", kind)
        if let instrument { object = object.add("instrument", instrument) }
        if let symbol { object = object.add("symbol", symbol) }
        if let side { object = object.add("side", side) }
        if let quantity { object = object.add("quantity", quantity) }
        if let price { object = object.add("price", price) }
        for field in fields {
            switch field.value {
            case .text(let text): object = object.add(field.name, text)
            case .number(let number): object = object.add(field.name, number)
            case .unsigned(let number): object = object.add(field.name, number)
            case .measured(let number, _): object = object.add(field.name, number)
            case .json(let text): object = object.add(field.name, text)
            }
        }
        if let orderID { object = object.add("order_id", orderID) }
        if let userRef { object = object.add("user_ref", userRef) }
        return object.text
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

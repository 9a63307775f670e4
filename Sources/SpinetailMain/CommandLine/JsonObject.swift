/// One JSON object on one line, its keys in the order in which they were added: for `--json`, where a stream of
/// millions of lines must not go through a dictionary each.
struct JsonObject {
    private var body = ""

    var text: String { "{\(body)}" }

    func add(_ key: String, _ value: String) -> JsonObject { adding(key, Self.quoted(value)) }
    func add(_ key: String, _ value: some BinaryInteger) -> JsonObject { adding(key, "\(value)") }
    func add(_ key: String, _ value: Bool) -> JsonObject { adding(key, value ? "true" : "false") }

    private func adding(_ key: String, _ raw: String) -> JsonObject {
        var copy = self
        if !copy.body.isEmpty { copy.body += "," }
        copy.body += Self.quoted(key) + ":" + raw
        return copy
    }

    /// As RFC 8259 wants it: quotes, backslashes and control characters escaped.
    static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\t": out += "\\t"
            default:
                if scalar.value < 0x20 {
                    let hex = String(scalar.value, radix: 16)
                    out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
                } else {
                    out.unicodeScalars.append(scalar)
                }
            }
        }
        return out + "\""
    }
}

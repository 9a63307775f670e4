/// A value of a request as it was written: what it may be is decided key by key, so that each mistake can be named.
enum JsonValue: Decodable {
    case text(String)
    case whole(Int64)
    case flag(Bool)
    /// A fraction, a list, an object, or nothing: no key takes any of them.
    case other

    init(from decoder: any Decoder) throws {
        guard let value = try? decoder.singleValueContainer() else {
            self = .other
            return
        }
        if let flag = try? value.decode(Bool.self) {
            self = .flag(flag)
        } else if let whole = try? value.decode(Int64.self) {
            self = .whole(whole)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else {
            self = .other
        }
    }
}

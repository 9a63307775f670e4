/// A piece of a YAML file that remembers where it stood. Scalars stay text: what `no` or `12:30` means is for the
/// setting to say, not for YAML.
struct YamlNode: Sendable {
    enum Content: Sendable {
        /// `plain`: written without quotes.
        case scalar(String, plain: Bool)
        case list([YamlNode])
        case map([YamlPair])
    }

    let content: Content
    let origin: Origin
    /// From 1; 0 where there is none.
    let column: Int
}

struct YamlPair: Sendable {
    let key: String
    let keyOrigin: Origin
    let value: YamlNode
}

extension YamlNode {
    /// The text of a scalar in a section of the file; `nil`: there is none.
    func text(at section: String, _ key: String) -> String? {
        guard case .scalar(let text, _)? = self[section]?[key]?.content else { return nil }
        return text
    }

    private subscript(key: String) -> YamlNode? {
        guard case .map(let pairs) = content else { return nil }
        return pairs.first { $0.key == key }?.value
    }
}

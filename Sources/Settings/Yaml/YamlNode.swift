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

internal import Model

/// One key of a section: how its value is read, shown and told about. Fields are the only list of keys there is:
/// reading, refusing, `config show`, the documentation and the check of the shipped file all walk them.
struct Field<Root>: Sendable {
    let key: String
    /// What it means, for people; no full stop.
    let help: String
    /// Finishes "expected …"; empty for sections and lists of sections.
    let expected: String
    /// Takes the value of a node of the file.
    let bind: @Sendable (inout Root, YamlNode, _ path: String, inout Binder) -> Void
    /// Takes one value from the environment or command line, `rest` of its path being below this field.
    let assign:
        @Sendable (inout Root, _ rest: ArraySlice<String>, YamlNode, _ path: String, inout Binder) -> Void
    /// Every value at and below this field.
    let values: @Sendable (Root, _ path: String, (ShownValue) -> Void) -> Void
}

/// A value on its way to `config show` and the documentation.
struct ShownValue {
    let path: String
    /// As it would stand in the file; of a secret only ``secretText``.
    let text: String
    let expected: String
    let help: String
    var isSecret = false

    static let secretText = "***"
}

/// What binding found: all problems, and where each value came from.
struct Binder {
    let strategies: [StrategyDescription]
    var problems: [SettingsProblem] = []
    var origins: [String: Origin] = [:]
    /// What `instruments.source` holds, by symbol: where a definition in the settings begins.
    var master: [Symbol: MasterEntry] = [:]

    mutating func refuse(_ node: YamlNode, _ message: String) { refuse(node.origin, message) }

    mutating func refuse(_ origin: Origin, _ message: String) {
        problems.append(SettingsProblem(place: "\(origin)", message: message))
    }

    mutating func refuse(_ node: YamlNode, _ path: String, expected: String) {
        refuse(node, "\(path) is \(node.shown), expected \(expected)")
    }

    /// Where the value was told; `nil`: nowhere, it is a default.
    func toldOrigin(_ path: String) -> Origin? { origins[path] }

    mutating func found(_ path: String, _ node: YamlNode) { origins[path] = node.origin }

    /// A list was given anew: what was known of its old elements is void.
    mutating func forgetBelow(_ path: String) {
        for key in origins.keys where key.hasPrefix(path + ".") { origins[key] = nil }
    }
}

/// An instrument of the master, with where each of its values stands, by key.
struct MasterEntry {
    /// In the file's order.
    let place: Int
    let terms: InstrumentTerms
    let origins: [String: Origin]
}

extension YamlNode {
    /// For error messages, short.
    var shown: String {
        switch content {
        case .scalar(let text, let plain):
            if text.isEmpty { return plain ? "without a value" : "empty text" }
            return text.count > 60 ? "\"\(text.prefix(60))…\"" : "\"\(text)\""
        case .list: return "a list"
        case .map: return "a section"
        }
    }

    /// A forgotten value: `key:` and nothing behind it.
    var isEmpty: Bool {
        if case .scalar(let text, plain: true) = content { return text.isEmpty }
        return false
    }
}

extension Field {
    /// A single value.
    static func value<Value>(
        _ key: String, _ place: WritableKeyPath<Root, Value> & Sendable, _ codec: Codec<Value>, _ help: String
    ) -> Field {
        value(key, codec, help, get: { $0[keyPath: place] }, set: { $0[keyPath: place] = $1 })
    }

    /// A single value that is shown nowhere: not by commands, not in reports, not in errors.
    static func secret(
        _ key: String, _ place: WritableKeyPath<Root, String> & Sendable, _ codec: Codec<String>,
        _ help: String
    ) -> Field {
        value(
            key, codec, help, isSecret: true, get: { $0[keyPath: place] }, set: { $0[keyPath: place] = $1 })
    }

    static func value<Value>(
        _ key: String, _ codec: Codec<Value>, _ help: String, isSecret: Bool = false,
        get: @escaping @Sendable (Root) -> Value, set: @escaping @Sendable (inout Root, Value) -> Void
    ) -> Field {
        let bind: @Sendable (inout Root, YamlNode, String, inout Binder) -> Void = {
            root, node, path, binder in
            guard case .scalar(let text, let plain) = node.content, let value = codec.parse(text, plain)
            else {
                if isSecret {
                    binder.refuse(
                        node, "\(path) is not shown, and is not what was expected: \(codec.expected)")
                } else {
                    binder.refuse(node, path, expected: codec.expected)
                }
                return
            }
            set(&root, value)
            binder.found(path, node)
        }
        return Field(key: key, help: help, expected: codec.expected, bind: bind) {
            root, rest, node, path, binder in
            guard rest.isEmpty else {
                binder.refuse(
                    node, "\(path) is a value, there is no \"\(rest.joined(separator: "."))\" below it")
                return
            }
            bind(&root, node, path, &binder)
        } values: { root, path, take in
            take(
                ShownValue(
                    path: path, text: isSecret ? ShownValue.secretText : codec.show(get(root)),
                    expected: codec.expected, help: help, isSecret: isSecret))
        }
    }

    /// A list of single values: `[a, b]` in the file, `a,b` elsewhere.
    static func values<Value>(
        _ key: String, _ place: WritableKeyPath<Root, [Value]> & Sendable, _ codec: Codec<Value>,
        countMax: Int,
        _ help: String
    ) -> Field {
        let expected = "a list, each \(codec.expected)"
        let bind: @Sendable (inout Root, YamlNode, String, inout Binder) -> Void = {
            root, node, path, binder in
            guard case .list(let items) = node.content else {
                binder.refuse(node, path, expected: "\(expected), such as [A, B] or []")
                return
            }
            guard items.count <= countMax else {
                binder.refuse(node, "\(path) has \(items.count) elements, expected at most \(countMax)")
                return
            }
            var values: [Value] = []
            for item in items {
                guard case .scalar(let text, let plain) = item.content, let value = codec.parse(text, plain)
                else {
                    binder.refuse(item, path, expected: codec.expected)
                    continue
                }
                values.append(value)
            }
            root[keyPath: place] = values
            binder.found(path, node)
        }
        return Field(key: key, help: help, expected: expected, bind: bind) { root, rest, node, path, binder in
            guard rest.isEmpty else {
                binder.refuse(node, "\(path) is set as a whole (a,b,c), not by element")
                return
            }
            bind(&root, node.splitAtCommas, path, &binder)
        } values: { root, path, take in
            let text = "[" + root[keyPath: place].map(codec.show).joined(separator: ", ") + "]"
            take(ShownValue(path: path, text: text, expected: expected, help: help))
        }
    }

    /// A section with keys of its own.
    static func section<Section>(
        _ key: String, _ place: WritableKeyPath<Root, Section> & Sendable, _ help: String,
        _ fields: [Field<Section>]
    ) -> Field {
        Field(key: key, help: help, expected: "") { root, node, path, binder in
            Fields.bind(fields, into: &root[keyPath: place], node, path, &binder)
        } assign: { root, rest, node, path, binder in
            Fields.assign(fields, into: &root[keyPath: place], rest, node, path, &binder)
        } values: { root, path, take in
            for field in fields { field.values(root[keyPath: place], Fields.join(path, field.key), take) }
        }
    }

    /// A list of sections, each with a name. Given in the file it replaces the list that was there; the environment and
    /// command line reach into it by index or name, as in `feeds.0.port` and `feeds.main.port`.
    ///
    /// - Parameters:
    ///   - make: The element that starts with the given name, or `nil` with the problem told to the binder.
    ///   - fields: The keys of an element.
    static func sections<Element>(
        _ key: String, _ place: WritableKeyPath<Root, [Element]> & Sendable, countMax: Int, _ help: String,
        name: @escaping @Sendable (Element) -> String,
        make: @escaping @Sendable (_ name: String, YamlNode, _ path: String, inout Binder) -> Element?,
        fields: @escaping @Sendable (Element) -> [Field<Element>]
    ) -> Field {
        Field(key: key, help: help, expected: "") { root, node, path, binder in
            guard
                let items = elements(
                    node, path, countMax, "a list of sections (`- name: …` lines) or []", &binder)
            else { return }
            var elements: [Element] = []
            var names: Set<String> = []
            for item in items {
                let place = "\(path).\(elements.count)"
                guard case .map(let pairs) = item.content else {
                    binder.refuse(item, place, expected: "a section (`name: …` and further keys)")
                    continue
                }
                guard let named = pairs.first(where: { $0.key == "name" }),
                    case .scalar(let text, _) = named.value.content
                else {
                    binder.refuse(item, "\(place) has no name, expected `name: …`")
                    continue
                }
                guard var element = make(text, named.value, place + ".name", &binder) else { continue }
                Fields.bind(fields(element), into: &element, item, place, &binder)
                if !names.insert(text).inserted {
                    binder.refuse(
                        named.value, "\(place).name is \"\(text)\" again, expected a name of its own")
                }
                binder.found(place, item)
                elements.append(element)
            }
            root[keyPath: place] = elements
            binder.found(path, node)
        } assign: { root, rest, node, path, binder in
            guard let which = rest.first else {
                if node.isEmptyList {
                    binder.forgetBelow(path)
                    root[keyPath: place] = []
                    binder.found(path, node)
                } else {
                    binder.refuse(
                        node, "\(path) is a list of sections, expected \(path).0.…, \(path).NAME.… or []")
                }
                return
            }
            let elements = root[keyPath: place]
            // The environment has no small letters: there a name in any of them is meant.
            let index =
                Int(which).flatMap { elements.indices.contains($0) ? $0 : nil }
                ?? elements.firstIndex { name($0) == which }
                ?? elements.firstIndex { node.isOfEnvironment && name($0).lowercased() == which }
            guard let index else {
                let known = elements.map(name)
                let places =
                    elements.isEmpty ? "it is empty" : "expected 0 to \(elements.count - 1) or a name"
                binder.refuse(
                    node,
                    "\(path) has no \"\(which)\", \(places)"
                        + (known.isEmpty ? "" : "; " + NearestName.hint(which, in: known)))
                return
            }
            var element = elements[index]
            Fields.assign(
                fields(element), into: &element, rest.dropFirst(), node, "\(path).\(index)", &binder)
            root[keyPath: place][index] = element
        } values: { root, path, take in
            let elements = root[keyPath: place]
            if elements.isEmpty { take(ShownValue(path: path, text: "[]", expected: "", help: help)) }
            for (index, element) in elements.enumerated() {
                for field in fields(element) { field.values(element, "\(path).\(index).\(field.key)", take) }
            }
        }
    }

    /// The elements of a list that takes the place of the one that was there; `nil`: it is none, or too long, and the binder
    /// was told.
    private static func elements(
        _ node: YamlNode, _ path: String, _ countMax: Int, _ expected: String, _ binder: inout Binder
    ) -> [YamlNode]? {
        guard case .list(let items) = node.content else {
            binder.refuse(node, path, expected: expected)
            return nil
        }
        guard items.count <= countMax else {
            binder.refuse(node, "\(path) has \(items.count) elements, expected at most \(countMax)")
            return nil
        }
        binder.forgetBelow(path)
        return items
    }

    /// A list of sections without names. Given in the file it replaces the list that was there; the environment and
    /// command line reach into it by index.
    static func records<Element>(
        _ key: String, _ place: WritableKeyPath<Root, [Element]> & Sendable, countMax: Int, _ help: String,
        make: @escaping @Sendable () -> Element, fields: [Field<Element>]
    ) -> Field {
        Field(key: key, help: help, expected: "") { root, node, path, binder in
            guard let items = elements(node, path, countMax, "a list of sections or []", &binder) else {
                return
            }
            root[keyPath: place] = items.enumerated().map { index, item in
                var element = make()
                Fields.bind(fields, into: &element, item, "\(path).\(index)", &binder)
                binder.found("\(path).\(index)", item)
                return element
            }
            binder.found(path, node)
        } assign: { root, rest, node, path, binder in
            guard let which = rest.first, let index = Int(which), root[keyPath: place].indices.contains(index)
            else {
                if rest.isEmpty, node.isEmptyList {
                    binder.forgetBelow(path)
                    root[keyPath: place] = []
                    return binder.found(path, node)
                }
                let count = root[keyPath: place].count
                binder.refuse(
                    node,
                    "\(path) is a list of \(count) sections, expected "
                        + (count == 0 ? "[]" : "\(path).0.… to \(path).\(count - 1).… or []"))
                return
            }
            Fields.assign(
                fields, into: &root[keyPath: place][index], rest.dropFirst(), node, "\(path).\(index)",
                &binder)
        } values: { root, path, take in
            let elements = root[keyPath: place]
            if elements.isEmpty { take(ShownValue(path: path, text: "[]", expected: "", help: help)) }
            for (index, element) in elements.enumerated() {
                for field in fields { field.values(element, "\(path).\(index).\(field.key)", take) }
            }
        }
    }
}

/// What a section does with its list of keys.
enum Fields {
    static func join(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    static func bind<Root>(
        _ fields: [Field<Root>], into root: inout Root, _ node: YamlNode, _ path: String,
        _ binder: inout Binder
    ) {
        guard case .map(let pairs) = node.content else {
            if !node.isEmpty {
                binder.refuse(
                    node, path.isEmpty ? "the file" : path, expected: "a section (`key: value` lines)")
            }
            return
        }
        for pair in pairs {
            guard let field = fields.first(where: { $0.key == pair.key }) else {
                binder.refuse(pair.keyOrigin, unknown(pair.key, path, fields))
                continue
            }
            field.bind(&root, pair.value, join(path, pair.key), &binder)
        }
    }

    static func assign<Root>(
        _ fields: [Field<Root>], into root: inout Root, _ rest: ArraySlice<String>, _ node: YamlNode,
        _ path: String,
        _ binder: inout Binder
    ) {
        guard let key = rest.first else {
            binder.refuse(
                node,
                "\(path) is a section, expected one of its keys: \(fields.map(\.key).joined(separator: ", "))"
            )
            return
        }
        guard let field = fields.first(where: { $0.key == key }) else {
            binder.refuse(node, unknown(key, path, fields))
            return
        }
        field.assign(&root, rest.dropFirst(), node, join(path, key), &binder)
    }

    /// A key up to the first character that no key has: behind it may stand a value, and that value may be a secret.
    static func shownKey(_ key: String) -> String {
        let name = key.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" || $0 == "." }
        return name.count == key.count ? key : "\(name)…"
    }

    private static func unknown<Root>(_ key: String, _ path: String, _ fields: [Field<Root>]) -> String {
        let place = path.isEmpty ? "" : " in \(path)"
        let shown = shownKey(key)
        return "unknown key \"\(shown)\"\(place), \(NearestName.hint(shown, in: fields.map(\.key)))"
    }
}

extension YamlNode {
    fileprivate var isEmptyList: Bool {
        switch content {
        case .scalar(let text, _): text == "[]"
        case .list(let items): items.isEmpty
        case .map: false
        }
    }

    fileprivate var isOfEnvironment: Bool {
        if case .environment = origin { return true }
        return false
    }

    /// `a,b` or `[a, b]` as a list, for places that have no YAML.
    fileprivate var splitAtCommas: YamlNode {
        guard case .scalar(var text, _) = content else { return self }
        if text.hasPrefix("["), text.hasSuffix("]") { text = String(text.dropFirst().dropLast()) }
        let parts = text.split(separator: ",").map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        let items = parts.filter { !$0.isEmpty }
            .map { YamlNode(content: .scalar($0, plain: true), origin: origin, column: 0) }
        return YamlNode(content: .list(items), origin: origin, column: 0)
    }
}

import CYaml

/// Reads one YAML file into located nodes: the only owner of libyaml.
///
/// Anchors, aliases, tags and further documents are refused: settings do without them, and an alias can blow a
/// small file up to any size. Bounds: ``bytesMax`` of text, ``depthMax`` levels.
@safe struct YamlReader: ~Copyable {
    static let bytesMax = 1 << 20
    static let depthMax = 16

    private let name: String
    private var problems: [SettingsProblem] = []
    private let parser: UnsafeMutablePointer<yaml_parser_t>

    /// - Returns: `nil` for a file with nothing in it.
    /// - Throws: what libyaml says is wrong with the text, or what is not used here; all duplicate keys at once.
    static func read(
        _ text: [UInt8], name: String, bytesMax: Int = YamlReader.bytesMax
    ) throws(SettingsError) -> YamlNode? {
        guard text.count <= bytesMax else {
            let message = "the file has \(text.count) bytes, expected at most \(bytesMax)"
            throw SettingsError(problems: [SettingsProblem(place: name, message: message)])
        }
        var root: YamlNode?
        var problems: [SettingsProblem] = []
        // SAFETY: the reader is gone before the buffer is; it only reads from it.
        unsafe text.withUnsafeBufferPointer { buffer in
            var reader = YamlReader(name: name)
            unsafe reader.setInput(buffer)
            do throws(SettingsProblem) {
                root = try reader.document()
                problems = reader.problems
            } catch {
                problems = reader.problems + [error]
            }
        }
        guard problems.isEmpty else { throw SettingsError(problems: problems) }
        return root
    }

    private init(name: String) {
        self.name = name
        // SAFETY: freed in deinit, by this one owner.
        unsafe parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        unsafe parser.initialize(to: yaml_parser_t())
        let ready = unsafe yaml_parser_initialize(parser)
        precondition(ready == 1, "Invariant: libyaml has memory for its parser")
    }

    deinit {
        // SAFETY: made in init; nothing else holds it.
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
    }

    private func setInput(_ buffer: UnsafeBufferPointer<UInt8>) {
        // SAFETY: the caller keeps the bytes alive for as long as the reader.
        unsafe yaml_parser_set_input_string(parser, buffer.baseAddress, buffer.count)
    }

    // MARK: Events

    private struct Event {
        enum Kind {
            case scalar(String, plain: Bool)
            case mapStart, mapEnd, listStart, listEnd, documentStart, documentEnd, streamStart, streamEnd
        }
        let kind: Kind
        let line: Int
        let column: Int
    }

    private func problem(_ line: Int, _ message: String) -> SettingsProblem {
        SettingsProblem(place: "\(name):\(line)", message: message)
    }

    /// The next event, copied out of libyaml.
    private func next() throws(SettingsProblem) -> Event {
        // SAFETY: libyaml fills the event and the delete below frees what it points to, after the last use.
        var raw = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &raw) == 1 else { throw failure() }
        defer { unsafe yaml_event_delete(&raw) }
        let line = unsafe Int(raw.start_mark.line) + 1
        let column = unsafe Int(raw.start_mark.column) + 1
        func event(_ kind: Event.Kind) -> Event { Event(kind: kind, line: line, column: column) }
        func refuseExtras(anchor: Bool, tag: Bool) throws(SettingsProblem) {
            if anchor { throw problem(line, "an anchor (&): settings have none, expected the value itself") }
            if tag { throw problem(line, "a tag (!): settings have none, expected the value itself") }
        }
        // SAFETY: each case reads the union's member that its event type names.
        switch unsafe raw.type {
        case YAML_SCALAR_EVENT:
            let scalar = unsafe raw.data.scalar
            try refuseExtras(anchor: unsafe scalar.anchor != nil, tag: unsafe scalar.tag != nil)
            let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            let text = unsafe String(decoding: bytes, as: UTF8.self)
            return event(.scalar(text, plain: unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE))
        case YAML_MAPPING_START_EVENT:
            let start = unsafe raw.data.mapping_start
            try refuseExtras(anchor: unsafe start.anchor != nil, tag: unsafe start.tag != nil)
            return event(.mapStart)
        case YAML_SEQUENCE_START_EVENT:
            let start = unsafe raw.data.sequence_start
            try refuseExtras(anchor: unsafe start.anchor != nil, tag: unsafe start.tag != nil)
            return event(.listStart)
        case YAML_ALIAS_EVENT:
            throw problem(line, "an alias (*): settings have none, expected the value itself")
        case YAML_MAPPING_END_EVENT: return event(.mapEnd)
        case YAML_SEQUENCE_END_EVENT: return event(.listEnd)
        case YAML_DOCUMENT_START_EVENT: return event(.documentStart)
        case YAML_DOCUMENT_END_EVENT: return event(.documentEnd)
        case YAML_STREAM_START_EVENT: return event(.streamStart)
        case YAML_STREAM_END_EVENT: return event(.streamEnd)
        default: throw problem(line, "libyaml gave an event that it does not document")
        }
    }

    private func failure() -> SettingsProblem {
        // SAFETY: the texts are constants of libyaml; the parser lives as long as self.
        let mark = unsafe parser.pointee.problem_mark
        let line = Int(mark.line) + 1
        let what = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "no memory"
        let began = unsafe parser.pointee.context_mark.line + 1
        let context =
            unsafe parser.pointee.context.map { unsafe String(cString: $0) + " (line \(began)): " } ?? ""
        return problem(line, "no YAML: \(context)\(what)")
    }

    // MARK: Nodes

    private mutating func document() throws(SettingsProblem) -> YamlNode? {
        _ = try next()  // the stream's start
        let first = try next()
        guard case .documentStart = first.kind else { return nil }
        let root = try node(try next(), depth: 0)
        _ = try next()  // the document's end
        let last = try next()
        guard case .streamEnd = last.kind else {
            throw problem(last.line, "a second document: expected one file, one set of settings")
        }
        return root
    }

    private mutating func node(_ event: Event, depth: Int) throws(SettingsProblem) -> YamlNode {
        guard depth <= Self.depthMax else {
            throw problem(event.line, "nested more than \(Self.depthMax) levels deep")
        }
        let content: YamlNode.Content
        switch event.kind {
        case .scalar(let text, let plain): content = .scalar(text, plain: plain)
        case .listStart: content = .list(try items(depth))
        case .mapStart: content = .map(try pairs(depth))
        case .mapEnd, .listEnd, .documentStart, .documentEnd, .streamStart, .streamEnd:
            throw problem(event.line, "libyaml's events do not pair up")
        }
        return YamlNode(content: content, origin: .file(name, line: event.line), column: event.column)
    }

    private mutating func items(_ depth: Int) throws(SettingsProblem) -> [YamlNode] {
        var items: [YamlNode] = []
        while true {
            let event = try next()
            if case .listEnd = event.kind { return items }
            items.append(try node(event, depth: depth + 1))
        }
    }

    private mutating func pairs(_ depth: Int) throws(SettingsProblem) -> [YamlPair] {
        var pairs: [YamlPair] = []
        var firstLine: [String: Int] = [:]
        while true {
            let event = try next()
            if case .mapEnd = event.kind { return pairs }
            guard case .scalar(let key, _) = event.kind else {
                throw problem(event.line, "a key that is no name: expected `key: value`")
            }
            if let first = firstLine[key] {
                problems.append(problem(event.line, "\"\(key)\" again: it is set in line \(first) already"))
            }
            firstLine[key] = firstLine[key] ?? event.line
            let value = try node(try next(), depth: depth + 1)
            pairs.append(YamlPair(key: key, keyOrigin: .file(name, line: event.line), value: value))
        }
    }
}

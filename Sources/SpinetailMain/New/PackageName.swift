/// What a strategy's package, its module and its program are called.
struct PackageName {
    let text: String

    /// Characters of a name.
    static let countMax = 40

    /// Throws ``UsageError`` with the reason where Swift or the engine could not live with it.
    init(_ text: String) throws(UsageError) {
        func refuse(_ why: String) -> UsageError {
            UsageError(
                "NAME is \"\(text)\": \(why); a letter first, then letters, digits or _, such as my_strategy")
        }
        guard let first = text.unicodeScalars.first else { throw refuse("it is empty") }
        guard text.count <= Self.countMax else {
            throw refuse("it has more than \(Self.countMax) characters")
        }
        guard first.isASCII, first.properties.isAlphabetic else {
            throw refuse("it does not begin with a letter")
        }
        for scalar in text.unicodeScalars
        where
            !(scalar.isASCII
            && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_"))
        {
            throw refuse("it has the character \"\(scalar)\"")
        }
        guard !Self.reserved.contains(text) else { throw refuse("it is a word of the Swift language") }
        guard !Self.taken.contains(text.lowercased()) else {
            throw refuse("a module or program of that name is part of every strategy's program")
        }
        self.text = text
    }

    /// `my_strategy` as a type: `MyStrategy`.
    var typeName: String {
        let name = text.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        return Self.takenTypes.contains(name) ? name + "Strategy" : name
    }

    /// A value of the type: `myStrategy`.
    var valueName: String {
        let type = typeName
        return type.prefix(1).lowercased() + type.dropFirst()
    }

    private static let reserved: Set<String> = [
        "actor", "any", "Any", "as", "associatedtype", "async", "await", "borrowing", "break", "case",
        "catch", "class",
        "consuming", "continue", "default", "defer", "deinit", "do", "else", "enum", "extension",
        "fallthrough", "false",
        "fileprivate", "for", "func", "guard", "if", "import", "in", "init", "inout", "internal", "is", "let",
        "macro",
        "nil", "nonisolated", "open", "operator", "package", "precedencegroup", "private", "protocol",
        "public",
        "repeat", "rethrows", "return", "self", "Self", "set", "some", "static", "struct", "subscript",
        "super",
        "switch", "throw", "throws", "true", "try", "Type", "typealias", "var", "where", "while",
    ]

    /// Modules that the program links, in small letters, and names that would hide what everybody means by them.
    private static let taken: Set<String> = [
        "spinetail", "spinetailmain", "spinetailbenchmarks", "model", "memory", "core", "plumbing", "wire",
        "journal",
        "matching", "feeds", "venues", "settings", "simulation", "reporting", "runtime", "cjemalloc",
        "curing", "cyaml",
        "czlib", "ccrypto", "swift", "foundation", "testing", "xctest", "glibc", "synchronization",
        "dispatch", "main",
        "test", "tests",
    ]

    /// Types that the strategy's own would hide or be mistaken for.
    private static let takenTypes: Set<String> = [
        "Strategy", "Strategies", "Both", "Repeated", "Settings", "Spinetail", "Engine", "Signal", "Order",
        "Fill",
        "Trade", "Quote", "Bar", "Price", "Quantity", "Money", "Side", "Symbol", "Int", "String", "Double",
        "Bool",
        "Array", "EmaCross", "MarketMaker", "OrderBookImbalance", "MakerSide", "MakerLine", "MakerChoice",
    ]
}

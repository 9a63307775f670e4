internal import Foundation
public import Model

/// What a client asks of a running engine: one JSON object, one line. Documentation/control.md has the protocol.
public struct ControlRequest: Sendable, Equatable {
    public enum Command: String, Sendable, CaseIterable {
        // To look at
        case status
        case orders
        case positions
        case states
        // To do
        case cancel
        case cancelAll = "cancel_all"
        case replace
        case close
        case flatten
        case reconcile
        case acceptDispute = "accept_dispute"
        case stopTrading = "stop_trading"
        case rate
        case kill
        case lift
        case setState = "set_state"
        case reload
    }

    /// Why a line is no request.
    public struct Fault: Error, Equatable {
        public let text: String
        /// Of the request, where so much of it could be read.
        public let id: Int64?
    }

    /// The client's own; every line of the answer has it.
    public var id: Int64
    public var command: Command
    public var order: OrderID?
    public var symbol: Symbol?
    /// In 10⁻⁴; `nil`: as it was.
    public var price: Int64?
    public var quantity: Int64?
    /// A currency's code.
    public var currency: Symbol?
    /// What it is worth from here on, in 10⁻⁹ of the base currency.
    public var rate: Int64?
    /// Who asks, for what has to bear a name.
    public var name: OperatorName?
    public var scope: RiskScope?
    /// A strategy's name, where it is the scope.
    public var strategy: String?
    public var state: TradingState?
    /// Reload: the settings file; `nil`: the one that the engine was started with.
    public var config: String?
    /// Reload: overrides, a line each; `nil`: those that the engine was started with.
    public var overrides: String?
    /// Orders: those that may still execute, and no others.
    public var isOpenOnly = false

    public init(id: Int64, _ command: Command) {
        self.id = id
        self.command = command
    }

    /// Bytes of a line, its end excluded.
    static var byteCountMax: Int { 4_096 }

    /// Reads a line, without its end.
    init(line: some Collection<UInt8>) throws(Fault) {
        let values: [String: JsonValue]
        do {
            values = try JSONDecoder().decode([String: JsonValue].self, from: Data(line))
        } catch {
            throw Fault(text: "this is no JSON object on one line", id: nil)
        }
        guard case .whole(let id)? = values["id"] else {
            throw Fault(text: "\"id\" is missing, or no whole number", id: nil)
        }
        func fault(_ text: String) -> Fault { Fault(text: text, id: id) }
        guard case .text(let name)? = values["command"] else {
            throw fault("\"command\" is missing, or no text")
        }
        guard let command = Command(rawValue: name) else {
            throw fault(
                "no command \"\(name)\"; there are \(Command.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
        self.init(id: id, command)
        for (key, value) in values.sorted(by: { $0.key < $1.key }) where key != "id" && key != "command" {
            guard command.keys.contains(key) else {
                let known = command.keys.isEmpty ? "none" : command.keys.joined(separator: ", ")
                throw fault("\(name) takes no \"\(key)\"; it takes \(known)")
            }
            guard set(key, value) else { throw fault(Self.expected(key)) }
        }
        for key in command.required where values[key] == nil { throw fault("\(name) needs \"\(key)\"") }
        if command == .replace, price == nil, quantity == nil {
            throw fault("replace needs \"price\" or \"quantity\"")
        }
        switch scope {
        case .instrument? where symbol == nil: throw fault("the scope instrument needs \"symbol\"")
        case .strategy? where strategy == nil: throw fault("the scope strategy needs \"strategy\"")
        case .account?, .instrument?, .strategy?, nil: break
        }
    }

    private mutating func set(_ key: String, _ value: JsonValue) -> Bool {
        switch (key, value) {
        case ("order", .text(let text)):
            order = OrderID(text)
            return order != nil
        case ("symbol", .text(let text)):
            symbol = Symbol(text)
            return symbol != nil
        case ("price", .text(let text)):
            price = DecimalText.parse(text, scale: 4)
            return price.map { $0 > 0 } ?? false
        case ("quantity", .whole(let whole)):
            quantity = whole
            return whole > 0
        case ("currency", .text(let text)):
            currency = Symbol(text)
            return currency != nil
        case ("rate", .text(let text)):
            rate = DecimalText.parse(text, scale: 9)
            return rate.map { $0 > 0 } ?? false
        case ("by", .text(let text)):
            name = OperatorName(text)
            return name.map { !$0.isEmpty } ?? false
        case ("scope", .text(let text)):
            scope = RiskScope.allCases.first { "\($0)" == text }
            return scope != nil
        case ("strategy", .text(let text)):
            strategy = text
            return !text.isEmpty
        case ("state", .text(let text)):
            state = TradingState.allCases.first { Words.name($0) == text }
            return state != nil
        case ("config", .text(let text)):
            config = text
            return !text.isEmpty
        case ("set", .text(let text)):
            overrides = text
            return true
        case ("open", .flag(let flag)):
            isOpenOnly = flag
            return true
        case (_, .text), (_, .whole), (_, .flag), (_, .other): return false
        }
    }

    private static func expected(_ key: String) -> String {
        switch key {
        case "order": "\"order\" is an order's whole id, as text"
        case "symbol": "\"symbol\" is text of one to eight characters"
        case "price": "\"price\" is a positive decimal number as text, at most 4 digits behind the point"
        case "quantity": "\"quantity\" is a positive whole number"
        case "currency": "\"currency\" is a currency's code, as text"
        case "rate": "\"rate\" is a positive decimal number as text, at most 9 digits behind the point"
        case "by": "\"by\" is who asks: text of one to sixteen printable ASCII characters"
        case "scope": "\"scope\" is account, strategy or instrument"
        case "strategy": "\"strategy\" is a strategy's name"
        case "state":
            "\"state\" is \(TradingState.allCases.map { Words.name($0) }.joined(separator: ", "))"
        case "config": "\"config\" is the path of a settings file"
        case "set": "\"set\" is text: overrides as section.key=value, a line each"
        default: "\"\(key)\" is true or false"
        }
    }

    /// The request as a line, with its end.
    public func line() -> String {
        var text = "{\"id\":\(id),\"command\":\"\(command.rawValue)\""
        if let order { text += ",\"order\":\"\(order)\"" }
        if let symbol { text += ",\"symbol\":\"\(Self.escaped(symbol))\"" }
        if let currency { text += ",\"currency\":\"\(Self.escaped(currency))\"" }
        if let rate { text += ",\"rate\":\"\(DecimalText.string(rate, scale: 9))\"" }
        if let price { text += ",\"price\":\"\(DecimalText.string(price, scale: 4))\"" }
        if let quantity { text += ",\"quantity\":\(quantity)" }
        if let name { text += ",\"by\":\(Self.quoted(name.description))" }
        if let scope { text += ",\"scope\":\"\(scope)\"" }
        if let strategy { text += ",\"strategy\":\(Self.quoted(strategy))" }
        if let state { text += ",\"state\":\"\(Words.name(state))\"" }
        if let config { text += ",\"config\":\(Self.quoted(config))" }
        if let overrides { text += ",\"set\":\(Self.quoted(overrides))" }
        if isOpenOnly { text += ",\"open\":true" }
        return text + "}\n"
    }

    /// Whatever text as JSON.
    private static func quoted(_ text: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        guard let data = try? encoder.encode(text) else {
            preconditionFailure("Invariant: text is always JSON")
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// Nothing of a symbol has to be escaped but these two.
    private static func escaped(_ symbol: Symbol) -> String {
        String(symbol.description.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] })
    }
}

extension ControlRequest.Command {
    /// Beside `id` and `command`.
    var keys: [String] {
        switch self {
        case .status, .flatten, .reconcile, .stopTrading, .states: []
        case .kill: ["by"]
        case .lift: ["by", "scope", "strategy", "symbol"]
        case .setState: ["by", "scope", "state", "strategy", "symbol"]
        case .reload: ["config", "set"]
        case .orders: ["open", "symbol"]
        case .positions, .cancelAll: ["symbol"]
        case .cancel, .acceptDispute: ["order"]
        case .replace: ["order", "price", "quantity"]
        case .close: ["symbol"]
        case .rate: ["currency", "rate"]
        }
    }

    var required: [String] {
        switch self {
        case .status, .flatten, .reconcile, .stopTrading, .orders, .positions, .cancelAll, .states, .kill,
            .reload:
            []
        case .lift: ["by", "scope"]
        case .setState: ["by", "scope", "state"]
        case .cancel, .acceptDispute, .replace: ["order"]
        case .close: ["symbol"]
        case .rate: ["currency", "rate"]
        }
    }

    /// What the core is asked; `nil`: it is only looked at.
    var operatorCommand: OperatorCommand? {
        switch self {
        case .status, .orders, .positions, .states, .reload: nil
        case .cancel: .cancelOrder
        case .cancelAll: .cancelAll
        case .replace: .replaceOrder
        case .close: .closePosition
        case .flatten: .flatten
        case .reconcile: .reconcile
        case .acceptDispute: .acceptDispute
        case .stopTrading: .stopTrading
        case .rate: .setRate
        case .kill: .kill
        case .lift: .lift
        case .setState: .setState
        }
    }
}

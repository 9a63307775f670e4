import Model
import Runtime

/// A scope as the command line has it: `account`, `strategy:NAME`, `instrument:SYMBOL`.
enum ScopeWord: Equatable, CustomStringConvertible {
    case account
    case strategy(String)
    case instrument(Symbol)

    init(_ text: String) throws(UsageError) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        switch (parts.first, parts.count) {
        case ("account", 1): self = .account
        case ("strategy", 2): self = .strategy(parts[1])
        case ("instrument", 2): self = .instrument(try symbol(parts[1]))
        default:
            throw UsageError(
                "\"\(text)\" is no scope: account, strategy:NAME or instrument:SYMBOL")
        }
    }

    var description: String {
        switch self {
        case .account: "account"
        case .strategy(let name): "strategy \(name)"
        case .instrument(let symbol): "instrument \(symbol)"
        }
    }

    func fill(_ request: inout ControlRequest) {
        switch self {
        case .account: request.scope = .account
        case .strategy(let name):
            request.scope = .strategy
            request.strategy = name
        case .instrument(let symbol):
            request.scope = .instrument
            request.symbol = symbol
        }
    }
}

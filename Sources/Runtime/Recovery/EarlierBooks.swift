internal import Core
internal import Model

/// What the strategies of a run held, each in its own book, record by record: with what the run took over, what its orders
/// executed, and what of that was undone. In points: price times quantity, without the instrument's multiplier.
struct EarlierBooks: Equatable {
    struct Key: Hashable {
        var strategy: String
        var symbol: Symbol
    }

    struct Book: Equatable {
        var position: Int64
        var cost: Int128
        var realised: Int128
    }

    private struct Place: Hashable {
        var strategy: UInt32
        var instrument: UInt32
    }

    private struct Execution: Hashable {
        var id: UInt64
        var userRef: UInt32
        var side: UInt8
    }

    private var books: [Place: StrategyBook] = [:]
    /// As they stand, for what corrects them.
    private var executions: [Execution: (price: Int64, quantity: Int64)] = [:]

    static func == (a: EarlierBooks, b: EarlierBooks) -> Bool {
        a.books.keys == b.books.keys
            && a.books.allSatisfy { place, book in
                let other = b.books[place]
                return book.position == other?.position && book.cost == other?.cost
                    && book.realised == other?.realised
            }
    }

    mutating func take(_ input: Input) {
        guard input.kind == InputKind.restoreBook.rawValue else { return }
        let cost = Int128(Int64(bitPattern: input.venue_time_ns)) << 64 | Int128(input.execution_id)
        books[Place(strategy: input.user_ref, instrument: input.instrument), default: StrategyBook()].restore(
            position: input.quantity, cost: cost, realised: Int128(input.price))
    }

    mutating func take(_ fact: Fact, _ kind: FactKind) {
        guard fact.strategy != UInt16.max, let side = Side(rawValue: fact.side), side != .none else { return }
        let place = Place(strategy: UInt32(fact.strategy), instrument: fact.instrument)
        let execution = Execution(id: fact.execution_id, userRef: fact.user_ref, side: fact.side)
        if kind == .orderFilled {
            executions[execution] = (fact.price, fact.quantity)
            add(place, side.sign * fact.quantity, fact.price)
        } else if kind == .executionBroken {
            undo(place, side.sign * fact.quantity, fact.price)
        } else if let told = executions[execution], kind == .executionKnown {
            // So much of the one just told was in the book already.
            undo(place, side.sign * fact.quantity, told.price)
        } else if let told = executions[execution], kind == .executionCorrected {
            undo(place, side.sign * told.quantity, told.price)
            add(place, side.sign * fact.quantity, fact.price)
            executions[execution] = (fact.price, fact.quantity)
        }
    }

    private mutating func add(_ place: Place, _ signed: Int64, _ price: Int64) {
        books[place, default: StrategyBook()].add(signed, Price(raw: price), multiplier: 1)
    }

    private mutating func undo(_ place: Place, _ signed: Int64, _ price: Int64) {
        books[place, default: StrategyBook()].undo(signed, Price(raw: price), multiplier: 1)
    }

    /// By the names that outlive the run's numbers; what neither has is left out, and is nobody's.
    func named(strategies: [String], symbols: [UInt32: Symbol]) -> [Key: Book] {
        var named: [Key: Book] = [:]
        for (place, book) in books {
            guard Int(place.strategy) < strategies.count, let symbol = symbols[place.instrument] else {
                continue
            }
            named[Key(strategy: strategies[Int(place.strategy)], symbol: symbol)] = Book(
                position: book.position, cost: book.cost.raw, realised: book.realised.raw)
        }
        return named
    }

    /// As inputs of the core, by the numbers that strategies and instruments have now.
    static func inputs(
        _ books: [Key: Book], instrument: (Symbol) -> UInt32?, strategies: [String]
    ) -> [Input] {
        let sorted = books.sorted {
            ($0.key.strategy, $0.key.symbol.raw) < ($1.key.strategy, $1.key.symbol.raw)
        }
        var inputs: [Input] = []
        for (key, book) in sorted {
            guard let index = strategies.firstIndex(of: key.strategy), let instrument = instrument(key.symbol)
            else {
                continue
            }
            var input = Input(kind: .restoreBook)
            input.user_ref = UInt32(index)
            input.instrument = instrument
            input.quantity = book.position
            input.execution_id = UInt64(truncatingIfNeeded: book.cost)
            input.venue_time_ns = UInt64(truncatingIfNeeded: book.cost >> 64)
            input.price = Int64(clamping: book.realised)
            inputs.append(input)
        }
        return inputs
    }
}

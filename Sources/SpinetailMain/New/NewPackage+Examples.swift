// What differs from example to example.
extension NewPackage {
    /// The parameters of the settings, their defaults, and how the strategy is made of them.
    var settings: String {
        let type = name.typeName
        let (help, parameters, arguments) = described
        return """
            \(imports)

            /// What the settings know of the strategy: a line wrong in a parameter is refused with its number and the bounds.
            let \(name.valueName)Description = StrategyDescription(
                name: "\(name.text)", help: "\(help)",
                parameters: [
            \(indented(parameters, by: 8))
                ])

            extension \(type) {
                /// With the values that the settings have.
                init(settings: Settings) {
                    let own = settings.strategy("\(name.text)") ?? StrategySettings(\(name.valueName)Description)
                    self.init(
            \(indented(arguments, by: 12)))
                }
            }

            """
    }

    private var described: (help: String, parameters: String, arguments: String) {
        switch example {
        case .blank:
            (
                "Buys what is offered well below its last trade, and sells it again",
                """
                .whole("basis_points", 5, in: 1...1_000, "how far from the last trade it acts"),
                .whole("max_position_units", 10, in: 1...1_000_000_000, "shares; it adds to no position of this size"),
                """,
                """
                basisPoints: own.whole("basis_points"), positionMax: own.whole("max_position_units")
                """
            )
        case .imbalance:
            (
                "Buys where far more is bid than offered, sells where far more is offered than bid",
                """
                .ratio("threshold", 0.8, in: 0.001...1.0, "(bid - ask) / (bid + ask) sizes at which it acts"),
                .whole("max_position_units", 20, in: 1...1_000_000_000, "shares; it adds to no position of this size"),
                .whole("max_spread_bps", 10, in: 0...10_000, "widest spread that it pays, in basis points"),
                """,
                """
                threshold: own.ratio("threshold"), positionMax: Quantity(raw: own.whole("max_position_units")),
                spreadBpsMax: own.whole("max_spread_bps")
                """
            )
        case .cross:
            (
                "Buys when the fast average of the traded price passes above the slow one, sells when below",
                """
                .whole("fast_period", 20, in: 1...1_000_000, "trades of the fast average"),
                .whole("slow_period", 100, in: 2...1_000_000, "trades of the slow average, more than of the fast one"),
                .whole("max_position_units", 10, in: 1...1_000_000_000, "shares; it adds to no position of this size"),
                """,
                """
                instrumentCountMax: settings.instruments.countMax, fastPeriod: Int(own.whole("fast_period")),
                slowPeriod: Int(own.whole("slow_period")),
                positionMax: Quantity(raw: own.whole("max_position_units"))
                """
            )
        case .maker:
            (
                "Quotes both sides around a fair price, and leans against what it holds",
                """
                .symbols("symbols", countMax: 16, "what it quotes; empty: the first that come"),
                .whole("max_instruments", 8, in: 1...16, "how many, where no symbols are named"),
                .choice("fair_price", "micro", of: ["micro", "mid"], "what it quotes around"),
                .whole("quote_size", 10, in: 1...1_000_000, "shares of a quote"),
                .whole("half_spread_ticks", 2, in: 1...10_000, "from the fair price to each quote"),
                .whole("skew_ticks", 2, in: 0...10_000, "by which a full inventory moves both quotes"),
                .whole("max_position_units", 20, in: 1...1_000_000_000, "shares; no quote leads beyond"),
                .whole("replace_ticks", 2, in: 1...10_000, "how far a quote may be from its price"),
                .milliseconds("pause_ms", 100_000_000, in: 0...60_000_000_000, "without new quotes after a refusal"),
                """,
                """
                instrumentCountMax: settings.instruments.countMax, symbols: own.symbols("symbols"),
                countMax: Int(own.whole("max_instruments")), size: own.whole("quote_size"),
                halfSpreadTicks: own.whole("half_spread_ticks"), skewTicks: own.whole("skew_ticks"),
                inventoryMax: own.whole("max_position_units"), replaceTicks: own.whole("replace_ticks"),
                pauseNs: UInt64(own.durationNs("pause_ms")), fair: own.choice("fair_price") == "mid" ? .mid : .micro
                """
            )
        }
    }

    /// The same with their defaults, as the file has them.
    var yamlParameters: String {
        let lines: String =
            switch example {
            case .blank:
                """
                basis_points: 5               # how far from the last trade it acts
                max_position_units: 10        # it adds to no position of this size
                """
            case .imbalance:
                """
                threshold: 0.8                # of (bid - ask) / (bid + ask) sizes, at which it acts
                max_position_units: 20        # it adds to no position of this size
                max_spread_bps: 10            # widest spread that it pays
                """
            case .cross:
                """
                fast_period: 20               # trades
                slow_period: 100
                max_position_units: 10        # it adds to no position of this size
                """
            case .maker:
                """
                symbols: []                   # what it quotes; empty: the first that come
                max_instruments: 8            # how many of these
                fair_price: micro             # or mid
                quote_size: 10
                half_spread_ticks: 2          # from the fair price to each quote
                skew_ticks: 2                 # by which a full inventory moves both
                max_position_units: 20        # no quote leads beyond
                replace_ticks: 2              # how far a quote may be from its price
                pause_ms: 100                 # without new quotes after a refusal
                """
            }
        return indented(lines, by: 4)
    }

    var blank: String {
        """
        \(imports)

        /// Buys what is offered well below its last trade, and sells it when it is bid above: a place to begin.
        ///
        /// Other callbacks: onTrade, onBook, onBar, onTimer, onFill, onOrder, onPosition, onRefused, onStatus, onRiskState,
        /// onConnection, onStart, onStop. What is left out costs nothing.
        public struct \(name.typeName): Strategy, Sendable {
            public let basisPoints: Int64
            public let positionMax: Int64

            public init(basisPoints: Int64 = 5, positionMax: Int64 = 10) {
                self.basisPoints = basisPoints
                self.positionMax = positionMax
            }

            public mutating func onQuote(_ quote: Quote, _ context: inout StrategyContext) {
                let instrument = quote.instrument
                let last = context.lastPrice(instrument).raw
                let own = context.own(instrument)
                // One order at a time: what is on its way must be answered first.
                guard last > 0, own.buyCount == 0, own.sellCount == 0 else { return }
                if quote.askQuantity.raw > 0, own.position < positionMax,
                    (last - quote.ask.raw) * 10_000 >= basisPoints * last
                {
                    context.signal(Signal(instrument: instrument, action: .buy, timeInForce: .immediateOrCancel))
                } else if quote.bidQuantity.raw > 0, own.position > 0,
                    (quote.bid.raw - last) * 10_000 >= basisPoints * last
                {
                    context.signal(Signal(instrument: instrument, action: .flat, timeInForce: .immediateOrCancel))
                }
            }
        }

        """
    }

    /// A few steps of a market, and what the strategy must say to them.
    var tests: String {
        let type = name.typeName
        let body: String =
            switch example {
            case .blank:
                """
                var rehearsal = StrategyRehearsal(\(type)())
                rehearsal.start()
                rehearsal.trade(price: 1_000_000, 100)
                rehearsal.quote(bid: 999_800, 100, ask: 999_900, 100)
                #expect(rehearsal.commands.isEmpty)
                rehearsal.quote(bid: 998_800, 100, ask: 999_000, 100)
                #expect(rehearsal.orders.map(\\.side) == [Side.buy.rawValue])
                #expect(rehearsal.orders.map(\\.price) == [999_000])
                """
            case .imbalance:
                """
                var rehearsal = StrategyRehearsal(\(type)(threshold: 0.8))
                rehearsal.start()
                rehearsal.quote(bid: 1_000_000, 800, ask: 1_000_100, 100)
                #expect(rehearsal.commands.isEmpty)
                rehearsal.quote(bid: 1_000_000, 900, ask: 1_000_100, 100)
                #expect(rehearsal.orders.map(\\.side) == [Side.buy.rawValue])
                #expect(rehearsal.orders.map(\\.price) == [1_000_100])
                """
            case .cross:
                """
                var rehearsal = StrategyRehearsal(
                    \(type)(instrumentCountMax: 4, fastPeriod: 1, slowPeriod: 3))
                rehearsal.start()
                for price: Int64 in [1_000_000, 1_010_000, 980_000] {
                    rehearsal.quote(bid: price - 100, 500, ask: price + 100, 500)
                    rehearsal.trade(price: price, 1)
                }
                #expect(rehearsal.orders.map(\\.side) == [Side.sell.rawValue])
                """
            case .maker:
                """
                var rehearsal = StrategyRehearsal(
                    \(type)(instrumentCountMax: 4, halfSpreadTicks: 2, fair: .mid))
                rehearsal.start()
                rehearsal.quote(bid: 1_000_000, 500, ask: 1_001_000, 500)
                #expect(rehearsal.orders.map(\\.price) == [1_000_300, 1_000_700])
                rehearsal.status(UInt8(ascii: "H"))
                #expect(rehearsal.commands.count == 4)  // both are called back
                """
            }
        return """
            \(imports)
            import Testing

            import \(name.text)

            /// Prices are whole numbers of 0.0001.
            @Test func itSaysWhatItShould() {
            \(indented(body, by: 4))
            }

            """
    }

    private func indented(_ text: String, by count: Int) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : String(repeating: " ", count: count) + $0 }.joined(separator: "\n")
    }
}

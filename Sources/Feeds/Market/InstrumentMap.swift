internal import Memory
internal import Model

/// From a venue's name of an instrument to ours: by stock locate for ITCH, by symbol for DEEP.
struct InstrumentMap: ~Copyable {
    /// No directory message has named the locate.
    static var undefined: UInt32 { .max }
    /// Named, and not wanted: discovery is off, or the table is full.
    static var unwanted: UInt32 { .max - 1 }

    private var locates: FixedArray<UInt32>
    private var symbols: FixedMap<UInt32>
    /// Per instrument: 1 when its definition was handed out.
    private var announced: FixedArray<UInt8>
    private let discovers: Bool
    private var nextDiscovered: UInt32
    private let instrumentCountMax: UInt32
    /// Symbols that found no room.
    private(set) var refusedCount: UInt64 = 0

    init(_ configuration: FeedConfiguration) {
        let count = configuration.instrumentCountMax
        precondition(count > 0 && count < 1 << 31, "Caller: instruments are numbered with 31 bits")
        precondition(
            configuration.symbols.count <= count, "Caller: the instrument table has room for every symbol")
        locates = FixedArray(count: 1 << 16, repeating: Self.undefined, for: "stock locates")
        // Twice: symbols that are refused are remembered too, as long as there is room, so that each counts once.
        symbols = FixedMap(entryCountMax: 2 * count, filler: 0, for: "symbols")
        announced = FixedArray(count: count, repeating: 0, for: "instruments")
        discovers = configuration.discoversInstruments
        let first = configuration.discoveredFrom ?? configuration.symbols.count
        precondition(
            first >= configuration.symbols.count, "Caller: discovered instruments follow the given ones")
        nextDiscovered = UInt32(min(first, count))
        instrumentCountMax = UInt32(count)
        for (index, symbol) in configuration.symbols.enumerated() {
            precondition(symbols.find(symbol.raw) == nil, "Caller: a symbol is given once")
            _ = symbols.insert(symbol.raw, UInt32(index))
        }
    }

    @inline(__always) func instrument(locate: UInt16) -> UInt32 { locates[Int(locate)] }

    /// The instrument of a symbol, a new one where it is wanted.
    mutating func instrument(symbol: UInt64) -> UInt32 {
        if let place = symbols.find(symbol) { return symbols[place] }
        guard discovers else { return Self.unwanted }
        guard nextDiscovered < instrumentCountMax else {
            refusedCount += 1
            _ = symbols.insert(symbol, Self.unwanted)
            return Self.unwanted
        }
        guard symbols.insert(symbol, nextDiscovered) != nil else { return Self.unwanted }
        nextDiscovered += 1
        return nextDiscovered - 1
    }

    mutating func define(locate: UInt16, symbol: UInt64) -> UInt32 {
        let instrument = instrument(symbol: symbol)
        locates[Int(locate)] = instrument
        return instrument
    }

    /// `true` once an instrument.
    mutating func announces(_ instrument: UInt32) -> Bool {
        guard announced[Int(instrument)] == 0 else { return false }
        announced[Int(instrument)] = 1
        return true
    }

    /// A new session numbers its stocks anew; symbols keep their instruments.
    mutating func forgetLocates() {
        for locate in 0..<locates.count { locates[locate] = Self.undefined }
    }
}

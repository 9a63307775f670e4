/// What keeps an order from being judged by limits alone, as one byte that every order looks at; nearly always 0.
enum StateBits {
    /// The account may do less than everything.
    static var account: UInt8 { 1 }
    /// A strategy may.
    static var strategy: UInt8 { 2 }
    /// The journal's ring is past its half.
    static var journalPressed: UInt8 { 4 }
    /// A stream of market data is silent.
    static var staleStream: UInt8 { 8 }
    /// Day trades are counted against a bound.
    static var dayTrades: UInt8 { 16 }
    /// The account is halted.
    static var halted: UInt8 { 32 }
}

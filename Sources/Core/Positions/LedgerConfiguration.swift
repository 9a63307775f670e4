/// Everything that the ledger is told before it starts.
public struct LedgerConfiguration: Sendable {
    public var costMethod = CostMethod.average
    public var fees = FeeSchedule()
    /// The first is the account's base currency; instruments name theirs by its place here. At most 256.
    public var currencies = [CurrencyDefinition(code: "USD")]
    /// Lots that all instruments together hold, beside one for each instrument (first in, first out only).
    ///
    /// An execution opens at most one lot, and only while it stands: a day that begins flat needs no more lots than it
    /// has executions. Beyond this bound the two oldest lots of an instrument become one at their joint cost.
    public var lotCountMax = 1 << 16

    public init() {}
}

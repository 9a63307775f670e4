/// What a record in the journal ring and in the journal's files is.
@frozen public enum JournalRecordType: UInt16, BitwiseCopyable, Sendable, CaseIterable {
    /// An `Input`.
    case input = 1
    /// A `Fact`.
    case fact = 2
    /// A `Command`.
    case command = 3
    /// An `Input` of kind market packet and the bytes of the packet behind it.
    case packet = 4
    /// UTF-8 JSON: run header, settings.
    case text = 5
    /// A line of 64 bytes whose meaning is its writer's: stage times, digests.
    case mark = 6
}

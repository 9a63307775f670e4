/// A journal that cannot be trusted from a place on.
public enum JournalError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Something that was durable is not what was written: stop, and do not trade on what follows.
    case damaged(file: String, offset: Int, BlockFault)
    /// A segment cannot be read, or the folder has none.
    case unreadable(String)

    public var description: String {
        switch self {
        case .damaged(let file, let offset, let fault):
            "the journal is damaged in \(file) at byte \(offset): \(fault). It was durable, so this is no crash's torn end: "
                + "restore the file from a copy, or find out who changed it"
        case .unreadable(let why): why
        }
    }
}

/// How a journal ends.
public enum JournalEnding: Equatable, Sendable {
    /// In order: the writer has said that this is all.
    case closed
    /// Between two blocks: the process or the machine died, and what was written is whole.
    case unfinished
    /// Within what was being written when the machine died: from there on nothing is read.
    case torn(file: String, offset: Int, BlockFault)
}

public import Model
public import Plumbing

/// One record of a journal. Its bytes stand until the reader's next call.
@safe public struct JournalRecord {
    public let type: JournalRecordType
    /// Feed stream or venue session; 0 where it concerns none.
    public let stream: UInt16
    /// Where its header stands in the run's stream of records.
    public let position: UInt64
    /// Everything behind its 8-byte header.
    public let content: UnsafeRawBufferPointer

    /// Of input and packet records.
    public var input: Input? { type == .input || type == .packet ? line(as: Input.self) : nil }
    public var fact: Fact? { type == .fact ? line(as: Fact.self) : nil }
    public var command: Command? { type == .command ? line(as: Command.self) : nil }

    /// The packet behind a packet record's input, or what follows another record's line.
    public var payload: UnsafeRawBufferPointer {
        // SAFETY: cut to what is there.
        unsafe UnsafeRawBufferPointer(rebasing: content.dropFirst(type == .text ? 0 : 64))
    }

    /// Of text records.
    public var text: String? {
        // SAFETY: the content stands during the call.
        unsafe type == .text ? String(decoding: content, as: UTF8.self) : nil
    }

    private func line<Line: BitwiseCopyable>(as _: Line.Type) -> Line? {
        // SAFETY: the length was checked.
        unsafe content.count >= 64 ? content.loadUnaligned(as: Line.self) : nil
    }
}

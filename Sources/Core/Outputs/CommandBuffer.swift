public import Memory
public import Model

/// What the core asks of the venue sessions in one step. The shell encodes all of it in one send a session, answers
/// each command with `submitted` or `sendFailed`, and clears it.
///
/// - Bounds: a command takes a credit, so there are never more of them than credits.
public struct CommandBuffer: ~Copyable {
    @usableFromInline var commands: FixedArray<Command>
    @usableFromInline var used = 0

    init(commandCountMax: Int) {
        commands = FixedArray(count: commandCountMax, repeating: Command(), for: "the command buffer")
    }

    @inlinable public var count: Int { used }
    /// As many as there are credits.
    @inlinable public var capacity: Int { commands.count }
    /// In place: a copy would wait for the stores that have just made the command. Traps outside `0 ..< count`.
    @inlinable public subscript(index: Int) -> Command {
        unsafeAddress {
            precondition(index >= 0 && index < used, "Caller: a command is read where one was written")
            // SAFETY: the index was checked, and the array lives as long as the buffer.
            return unsafe UnsafePointer(commands.unsafeBase + index)
        }
        unsafeMutableAddress {
            precondition(index >= 0 && index < used, "Caller: a command is read where one was written")
            // SAFETY: as above.
            return unsafe commands.unsafeBase + index
        }
    }
    @inlinable public mutating func clear() { used = 0 }

    @inline(__always)
    mutating func append(_ command: Command) {
        precondition(used < commands.count, "Invariant: every command in the buffer holds a credit")
        // SAFETY: the place was checked; `used` never falls below 0.
        unsafe commands.unsafeBase[used] = command
        used &+= 1
    }
}

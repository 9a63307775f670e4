public import Model
public import Plumbing

/// The hot thread's way into the journal: what it appends is safe from the death of the process at once.
///
/// Nothing is ever dropped: when the ring is full the hot thread waits, the only place where it may, and when that
/// takes longer than ``waitNsMax`` the engine halts, because what it decided could not be recorded.
public struct EngineJournal: ~Copyable {
    @usableFromInline let ring: JournalRing
    /// Off: no record is made, and a replay of the run is not possible.
    public private(set) var isOn: Bool
    public let waitNsMax: UInt64
    /// Above half: the core has been told.
    public var isPressing = false
    /// Number of the last input when the journal was given up; 0: it was not.
    public private(set) var givenUpAfter: UInt64 = 0

    public init(_ ring: consuming JournalRing, isOn: Bool = true, waitNsMax: UInt64 = 2_000_000_000) {
        self.ring = ring
        self.isOn = isOn
        self.waitNsMax = waitNsMax
    }

    @inlinable public func append(_ input: inout Input) -> Bool { ring.append(&input) || isGivenUp }

    @inlinable public func append(_ input: inout Input, packet: UnsafeRawBufferPointer) -> Bool {
        unsafe ring.append(&input, packet: packet, stream: UInt16(input.source))
    }

    /// A halted engine still cancels, and must not wait for room to say so: from the first record that finds none on
    /// nothing is appended, so that what is there stays without a hole.
    public mutating func giveUp(after sequence: UInt64) {
        isOn = false
        givenUpAfter = sequence
    }

    @inlinable var isGivenUp: Bool { givenUpAfter != 0 }

    /// `count` facts as they lie in memory; all of them or none.
    @inlinable public func append(_ facts: UnsafePointer<Fact>, count: Int) -> Bool {
        unsafe ring.append(facts, count: count) || isGivenUp
    }

    /// Names an instrument for whoever reads the journal.
    @inlinable public func append(definition: MarketEvent) -> Bool {
        // SAFETY: a market event is one line and stands still during the call.
        unsafe withUnsafePointer(to: definition) { unsafe ring.append(.mark, stream: 0, $0) }
    }

    /// For quiet turns: where the next records go comes to the cache.
    @inlinable public func fetchNext() { ring.fetchNext() }

    @inlinable public var fillPermille: Int { ring.fillPermille }

    /// Text as one record, before the hot thread runs. `false`: no room.
    public func append(text: String) -> Bool { ring.append(text: text) }
}

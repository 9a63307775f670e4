public import Memory
public import Plumbing

/// What passes between the hot thread and the thread that talks with people and back offices: kinds of records.
public enum ControlMessage {
    // To the hot thread
    /// An ``Input``, to be numbered and stepped.
    @inlinable public static var input: UInt16 { 1 }
    /// An ``Input`` that is only a wish: `user_ref` numbers it, `instrument` narrows it. The open orders, one ``OrderView`` each, and the end.
    @inlinable public static var viewOrders: UInt16 { 2 }
    /// The same for the positions, one ``PositionView`` each, the account (``account``, ``currency``), and the end.
    @inlinable public static var viewPositions: UInt16 { 3 }
    /// The names of the instruments that have not been told yet, one ``InstrumentName`` each, and the end.
    @inlinable public static var viewInstruments: UInt16 { 4 }
    /// What keeps instruments from being traded now, one ``InstrumentStateView`` each that is kept, and the end.
    @inlinable public static var viewStates: UInt16 { 5 }

    // From it
    /// A ``Command`` of kind query.
    @inlinable public static var question: UInt16 { 16 }
    /// A ``Fact`` of kind operatorAnswered, reconciliationDone or reconciliationDifference.
    @inlinable public static var answer: UInt16 { 17 }
    @inlinable public static var order: UInt16 { 18 }
    @inlinable public static var position: UInt16 { 19 }
    /// ``ViewEnd``.
    @inlinable public static var end: UInt16 { 20 }
    /// ``AccountTotals``, behind the positions.
    @inlinable public static var account: UInt16 { 22 }
    /// ``CurrencyView``, one each, behind the account.
    @inlinable public static var currency: UInt16 { 23 }
    /// ``InstrumentStateView``.
    @inlinable public static var instrumentState: UInt16 { 24 }
    /// ``InstrumentName``: before the first view that has the instrument in it.
    @inlinable public static var instrument: UInt16 { 21 }
}

/// What an instrument's number means, for the length of the run.
@frozen public struct InstrumentName: BitwiseCopyable, Sendable {
    /// As ``Symbol/raw``.
    public var symbol: UInt64
    public var instrument: UInt32
    public var reserved: UInt32 = 0

    @inlinable public init(symbol: UInt64, instrument: UInt32) {
        self.symbol = symbol
        self.instrument = instrument
    }
}

/// A view that is wanted.
@frozen public struct ViewRequest: BitwiseCopyable, Sendable {
    public var number: UInt32
    /// `UInt32.max`: all.
    public var instrument: UInt32

    @inlinable public init(number: UInt32, instrument: UInt32 = .max) {
        self.number = number
        self.instrument = instrument
    }
}

/// A view is complete.
@frozen public struct ViewEnd: BitwiseCopyable, Sendable {
    public var number: UInt32
    public var count: UInt32
    /// Number of the last input that the view knows of.
    public var sequence: UInt64

    @inlinable public init(number: UInt32, count: UInt32, sequence: UInt64) {
        self.number = number
        self.count = count
        self.sequence = sequence
    }
}

/// The hot thread's end of the rings to and from the control thread. Without them nobody is listening.
public struct ControlPort: ~Copyable {
    @usableFromInline var incoming: FixedList<RecordRingReader>
    @usableFromInline var outgoing: FixedList<RecordRing>
    @usableFromInline let isOn: Bool

    /// Nobody at the other end.
    public init() {
        incoming = FixedList(count: 0) { _ in preconditionFailure("Invariant: an empty list makes nothing") }
        outgoing = FixedList(count: 0) { _ in preconditionFailure("Invariant: an empty list makes nothing") }
        isOn = false
    }

    /// - Parameters:
    ///   - incoming: what people and back offices say.
    ///   - outgoing: what they are told.
    public init(incoming: consuming RecordRingReader, outgoing: consuming RecordRing) {
        var first = Optional(incoming)
        var second = Optional(outgoing)
        self.incoming = FixedList(count: 1) { _ in first.take()! }
        self.outgoing = FixedList(count: 1) { _ in second.take()! }
        isOn = true
    }

    /// `false`: nobody is there, or the ring is full.
    @inlinable mutating func send<Value: BitwiseCopyable>(_ message: UInt16, _ value: Value) -> Bool {
        guard isOn else { return false }
        var value = value
        // SAFETY: the bytes of a trivial value, for the length of the call.
        return unsafe withUnsafeBytes(of: &value) {
            unsafe outgoing[0].append(kind: message, source: 0, $0)
        }
    }

    /// As ``send(_:_:)``, for what can wait: a quarter of the ring stays free for answers and questions.
    @inlinable mutating func sendView<Value: BitwiseCopyable>(_ message: UInt16, _ value: Value) -> Bool {
        guard isOn, outgoing[0].usedByteCount < outgoing[0].capacity / 4 * 3 else { return false }
        return send(message, value)
    }
}

// Its two rings are made by one thread, then each end belongs to one.
extension ControlPort: @unchecked Sendable {}

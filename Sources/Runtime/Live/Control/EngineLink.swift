internal import Core
internal import Model
internal import Plumbing

/// The control thread's ends of the rings to and from the hot thread. What finds no room waits here, in order, and
/// nothing waits for it.
///
/// - Bounds: ``waitingCountMax`` commands and views; an answer of a back office is as long as it is.
/// - Threads: the control thread.
struct EngineLink: ~Copyable {
    /// A message from the hot thread.
    enum Message {
        case question(Command)
        case fact(Fact)
        case order(OrderView)
        case position(PositionView)
        case account(AccountTotals)
        case currency(CurrencyView)
        case instrument(InstrumentName)
        case instrumentState(InstrumentStateView)
        case end(ViewEnd)
    }

    static var waitingCountMax: Int { 256 }

    private let outgoing: RecordRing
    private var incoming: RecordRingReader
    /// What people asked goes before what back offices told.
    private var asked: [(kind: UInt16, input: Input)] = []
    private var told: [Input] = []
    private var toldFirst = 0

    init(outgoing: consuming RecordRing, incoming: consuming RecordRingReader) {
        self.outgoing = outgoing
        self.incoming = incoming
    }

    /// The hot thread's end of the ring to it. Once.
    func reader() -> RecordRingReader { outgoing.reader() }

    /// `false`: too much waits already.
    mutating func ask(_ kind: UInt16, _ input: Input) -> Bool {
        guard asked.count < Self.waitingCountMax else { return false }
        asked.append((kind, input))
        return true
    }

    /// What a back office told, in order.
    mutating func tell(_ inputs: [Input]) { told += inputs }

    /// Whether something waits for room.
    var isWaiting: Bool { !asked.isEmpty || toldFirst < told.count }

    /// As much as finds room.
    mutating func flush() -> Int {
        var work = 0
        while work < asked.count, append(asked[work].kind, asked[work].input) { work += 1 }
        asked.removeFirst(work)
        guard asked.isEmpty else { return work }
        while toldFirst < told.count, append(ControlMessage.input, told[toldFirst]) {
            toldFirst += 1
            work += 1
        }
        if toldFirst == told.count, toldFirst > 0 {
            told = []
            toldFirst = 0
        }
        return work
    }

    private func append(_ kind: UInt16, _ input: Input) -> Bool {
        var input = input
        // SAFETY: the bytes of a trivial value, for the length of the call.
        return unsafe withUnsafeBytes(of: &input) { unsafe outgoing.append(kind: kind, source: 0, $0) }
    }

    /// The next message; `nil`: none is there. What has a kind of no message is passed over.
    mutating func next() -> Message? {
        var found: Message?
        var isThere = true
        while found == nil, isThere {
            // SAFETY: what is read is copied before the call ends.
            isThere = unsafe incoming.next { kind, _, bytes in found = unsafe Self.read(kind, bytes) }
        }
        return found
    }

    @inline(__always)
    private static func load<Value: BitwiseCopyable>(_ bytes: UnsafeRawBufferPointer) -> Value? {
        guard bytes.count >= MemoryLayout<Value>.size else { return nil }
        // SAFETY: the length was checked, and the value is trivial.
        return unsafe bytes.loadUnaligned(as: Value.self)
    }

    // Apart: what is inlined into the ring's own loop is held to the hot path's rules.
    #if !DEBUG
    @_noLocks
    #endif
    @inline(never)
    private static func read(_ kind: UInt16, _ bytes: UnsafeRawBufferPointer) -> Message? {
        switch kind {
        case ControlMessage.question:
            guard let value: Command = unsafe load(bytes) else { return nil }
            return .question(value)
        case ControlMessage.answer:
            guard let value: Fact = unsafe load(bytes) else { return nil }
            return .fact(value)
        case ControlMessage.order:
            guard let value: OrderView = unsafe load(bytes) else { return nil }
            return .order(value)
        case ControlMessage.position:
            guard let value: PositionView = unsafe load(bytes) else { return nil }
            return .position(value)
        case ControlMessage.account:
            guard let value: AccountTotals = unsafe load(bytes) else { return nil }
            return .account(value)
        case ControlMessage.currency:
            guard let value: CurrencyView = unsafe load(bytes) else { return nil }
            return .currency(value)
        case ControlMessage.instrument:
            guard let value: InstrumentName = unsafe load(bytes) else { return nil }
            return .instrument(value)
        case ControlMessage.instrumentState:
            guard let value: InstrumentStateView = unsafe load(bytes) else { return nil }
            return .instrumentState(value)
        case ControlMessage.end:
            guard let value: ViewEnd = unsafe load(bytes) else { return nil }
            return .end(value)
        default: return nil
        }
    }
}

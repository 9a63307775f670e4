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

    // Apart: what is inlined into the ring's own loop is held to the hot path's rules.
    #if !DEBUG
    @_noLocks
    #endif
    @inline(never)
    private static func read(_ kind: UInt16, _ bytes: UnsafeRawBufferPointer) -> Message? {
        switch kind {
        case ControlMessage.question:
            guard bytes.count >= MemoryLayout<Command>.size else { return nil }
            // SAFETY: the length was checked, and the value is trivial.
            return .question(unsafe bytes.loadUnaligned(as: Command.self))
        case ControlMessage.answer:
            guard bytes.count >= MemoryLayout<Fact>.size else { return nil }
            // SAFETY: the length was checked, and the value is trivial.
            return .fact(unsafe bytes.loadUnaligned(as: Fact.self))
        case ControlMessage.order:
            guard bytes.count >= MemoryLayout<OrderView>.size else { return nil }
            // SAFETY: the length was checked, and the value is trivial.
            return .order(unsafe bytes.loadUnaligned(as: OrderView.self))
        case ControlMessage.position:
            guard bytes.count >= MemoryLayout<PositionView>.size else { return nil }
            // SAFETY: the length was checked, and the value is trivial.
            return .position(unsafe bytes.loadUnaligned(as: PositionView.self))
        case ControlMessage.account:
            guard bytes.count >= MemoryLayout<AccountTotals>.size else { return nil }
            // SAFETY: the length was checked, and the value is trivial.
            return .account(unsafe bytes.loadUnaligned(as: AccountTotals.self))
        case ControlMessage.currency:
            guard bytes.count >= MemoryLayout<CurrencyView>.size else { return nil }
            // SAFETY: the length was checked, and the value is trivial.
            return .currency(unsafe bytes.loadUnaligned(as: CurrencyView.self))
        case ControlMessage.instrument:
            guard bytes.count >= MemoryLayout<InstrumentName>.size else { return nil }
            // SAFETY: the length was checked, and the value is trivial.
            return .instrument(unsafe bytes.loadUnaligned(as: InstrumentName.self))
        case ControlMessage.end:
            guard bytes.count >= MemoryLayout<ViewEnd>.size else { return nil }
            // SAFETY: the length was checked, and the value is trivial.
            return .end(unsafe bytes.loadUnaligned(as: ViewEnd.self))
        default: return nil
        }
    }
}

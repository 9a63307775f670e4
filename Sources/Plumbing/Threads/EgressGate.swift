public import CSpinetailPlumbing
public import Model

/// Every byte to a venue passes it. It has two locks:
///
/// - A kill keeps orders back, in whichever thread's hands the sockets are: no order and no replacement leaves any more, and
///   all else does. Anybody closes it, before the core hears why; ``lift(kills:)`` opens it.
/// - The watchdog shuts it whole, and with it every connection, when the hot thread does not come by any more.
///
/// Bytes that were given to the kernel before have left. A send into a shut gate takes nothing; one into a gate that keeps
/// orders back takes what is in front of the first order, and of a message whose first byte has left all.
///
/// - Threads: the view's calls name theirs; ``shut()`` belongs to the watcher, ``open()`` to the hot thread; ``kill()`` to
///   any but the one that has the sockets.
@safe public final class EgressGate: @unchecked Sendable {
    private let gate: OpaquePointer
    /// Set before the run.
    private var isWatched = false

    /// - Parameter sessionCount: Connections that it knows; those of higher numbers pass it and are not shut down.
    public init(sessionCount: Int) throws(SetupError) {
        // SAFETY: C gives a whole one or none.
        guard let made = unsafe st_gate_create(UInt32(clamping: sessionCount)) else {
            throw SetupError("make the egress gate", at: "memory", .noMemory)
        }
        unsafe gate = made
    }

    // SAFETY: whoever holds a view keeps this object. One that a signal's handler knew of is not freed: on another thread
    // the handler may have just read it, and there are as many as the process has runs.
    deinit {
        guard !isWatched else { return unsafe st_kill_signal_unwatch(gate) }
        unsafe st_gate_destroy(gate)
    }

    // MARK: All

    /// Shuts it, then the connections.
    ///
    /// - Returns: How many connections there were.
    public func shut() -> Int { unsafe Int(st_gate_shut(gate)) }

    /// Only when nothing is left of what was meant to leave before. Orders are kept back still where a kill was said.
    public func open() { unsafe st_gate_open(gate) }

    public var isShut: Bool { view.isShut }

    /// Changes with every turn of the hot thread; 0: it has not begun.
    public var pulse: UInt64 { unsafe st_gate_pulse(gate) }

    // MARK: Orders

    /// Before the run: which messages are orders. Without it nothing passes while orders are kept back.
    ///
    /// - Parameters:
    ///   - packet: Type of the packets that carry them.
    ///   - letters: The first byte of what is in them.
    public func setOrders(packet: UInt8, letters: String) {
        // SAFETY: C reads the text during the call.
        unsafe letters.withCString { unsafe st_gate_set_orders(gate, packet, $0) }
    }

    /// Keeps orders back from here on. One thread at a time.
    ///
    /// - Parameter name: Who says it.
    /// - Returns: Whether no order is under way into the kernel any more; `false`: one was, for all of ten milliseconds.
    @discardableResult
    public func kill(by name: OperatorName) -> Bool {
        unsafe st_gate_set_name(gate, name.low, name.high)
        unsafe st_gate_kill(gate, false)
        return unsafe st_gate_wait_for_sender(gate, 10_000_000)
    }

    /// Keeps orders back because an earlier run was told to: the core knows already.
    public func keepOrders() { unsafe st_gate_keep_orders(gate) }

    /// Lets orders pass again. `false`: another kill was said than the `kills` that the caller knows of, and it holds.
    public func lift(kills: UInt32) -> Bool { unsafe st_gate_lift(gate, kills) }

    public var keepsOrders: Bool { view.keepsOrders }

    /// How many kills were said since it was made.
    public var kills: UInt32 { unsafe st_gate_kills(gate) }

    /// How many of them the core has heard, and has sent what it wanted to send because of it.
    public var heardKills: UInt32 { unsafe st_gate_heard(gate) }

    /// Who said the last kill; of a signal its name.
    public var killName: OperatorName {
        let name = view.killName
        return OperatorName(high: name.high, low: name.low)
    }

    /// Whether the last kill was a signal.
    public var isKilledBySignal: Bool { view.isBySignal }

    /// SIGUSR2 is a kill from here on, as long as this object lives.
    ///
    /// - Returns: Whether there was room for it.
    public func killsAtSignal() -> Bool {
        isWatched = true
        return unsafe st_kill_signal_watch(gate)
    }

    // MARK: Hot threads

    /// For hot threads: what is done without the object. Valid as long as the object.
    public var view: View { unsafe View(gate) }

    /// A gate as the threads see it that pass it; without one nothing is ever kept back.
    @safe @frozen public struct View: BitwiseCopyable, @unchecked Sendable {
        @usableFromInline let gate: OpaquePointer?

        // SAFETY of all: whoever made the view keeps what it points to.

        /// No gate.
        public init() { unsafe gate = nil }
        @usableFromInline init(_ gate: OpaquePointer) { unsafe self.gate = gate }

        /// Locks and kills together, to see in one look whether anything is as it was.
        @inlinable public var word: UInt32 {
            // SAFETY: see above.
            guard let gate = unsafe gate else { return 0 }
            return unsafe st_gate_word(gate)
        }

        @inlinable public var isShut: Bool { word & 1 != 0 }
        @inlinable public var keepsOrders: Bool { word & 2 != 0 }
        @inlinable var isBySignal: Bool { word & 4 != 0 }

        /// How many kills were said.
        @inlinable public var kills: UInt32 { word >> 3 }

        /// The ``word`` of an open gate, after so many kills.
        @inlinable public static func openWord(kills: UInt32) -> UInt32 { kills << 3 }

        /// The last kill, as the core hears of it. Who, where it was a signal, has the signal's name.
        @inlinable public var killName: (low: UInt64, high: UInt64) {
            // "SIGUSR2", the first letter lowest.
            // SAFETY: see above.
            guard let gate = unsafe gate, !isBySignal else { return (0x0032_5253_5547_4953, 0) }
            return unsafe (st_gate_name_low(gate), st_gate_name_high(gate))
        }

        /// [hot thread] The core has heard of so many kills.
        #if !DEBUG
        @_noLocks
        #endif
        @inlinable public func noteHeard(kills: UInt32) {
            // SAFETY: see above.
            guard let gate = unsafe gate else { return }
            unsafe st_gate_note_heard(gate, kills)
        }

        /// [hot thread] It comes by.
        #if !DEBUG
        @_noLocks
        #endif
        @inlinable public func beat(nowNs: UInt64) {
            // SAFETY: see above.
            guard let gate = unsafe gate else { return }
            unsafe st_gate_beat(gate, nowNs)
        }

        /// [the sockets' thread] How many of the bytes may be given to the kernel now, from the front; ``endSend`` must follow.
        /// They end where a message ends.
        #if !DEBUG
        @_noLocks
        #endif
        @inlinable public func beginSend(session: Int, _ bytes: UnsafeRawBufferPointer) -> Int {
            // SAFETY: see above; C reads the bytes during the call.
            guard let gate = unsafe gate else { return bytes.count }
            return unsafe st_gate_begin_send(
                gate, UInt32(truncatingIfNeeded: session), bytes.baseAddress, bytes.count)
        }

        /// [the sockets' thread] So many of the `passing` bytes were taken; below 1: none.
        #if !DEBUG
        @_noLocks
        #endif
        @inlinable public func endSend(
            session: Int, _ bytes: UnsafeRawBufferPointer, passing: Int, sent: Int64
        ) {
            // SAFETY: see above.
            guard let gate = unsafe gate else { return }
            unsafe st_gate_end_send(
                gate, UInt32(truncatingIfNeeded: session), bytes.baseAddress, passing, sent)
        }

        /// [hot thread] How many of the bytes, which begin and end where messages do, may be handed on now.
        #if !DEBUG
        @_noLocks
        #endif
        @inlinable public func passing(_ bytes: UnsafeRawBufferPointer) -> Int {
            // SAFETY: see above.
            guard let gate = unsafe gate else { return bytes.count }
            return unsafe st_gate_passing(gate, bytes.baseAddress, bytes.count)
        }

        /// [hot thread] Bytes of the whole messages, from the front, for which `most` bytes have room.
        #if !DEBUG
        @_noLocks
        #endif
        public func whole(_ bytes: UnsafeRawBufferPointer, most: Int) -> Int {
            // SAFETY: see above.
            guard let gate = unsafe gate, let base = bytes.baseAddress else { return min(bytes.count, most) }
            return unsafe st_gate_whole(gate, base, bytes.count, most)
        }

        /// [the sockets' thread] Length of the order in front that is kept back and has to be dropped; 0: there is none.
        #if !DEBUG
        @_noLocks
        #endif
        public func orderAt(session: Int, _ bytes: UnsafeRawBufferPointer) -> Int {
            // SAFETY: see above.
            guard let gate = unsafe gate, let base = bytes.baseAddress else { return 0 }
            return unsafe st_gate_order_at(gate, UInt32(truncatingIfNeeded: session), base, bytes.count)
        }

        /// [the sockets' thread] An order was dropped that counts as sent where it came from.
        #if !DEBUG
        @_noLocks
        #endif
        public func noteDropped(session: Int) {
            // SAFETY: see above.
            guard let gate = unsafe gate else { return }
            unsafe st_gate_note_dropped(gate, UInt32(truncatingIfNeeded: session))
        }

        /// Orders that were dropped so.
        #if !DEBUG
        @_noLocks
        #endif
        public func dropped(session: Int) -> UInt32 {
            // SAFETY: see above.
            guard let gate = unsafe gate else { return 0 }
            return unsafe st_gate_dropped(gate, UInt32(truncatingIfNeeded: session))
        }

        /// [the sockets' thread] A session has a connection from here on. `false`: the gate is shut, and it must be given up.
        #if !DEBUG
        @_noLocks
        #endif
        @inlinable public func enter(session: Int, descriptor: Int32) -> Bool {
            // SAFETY: see above.
            guard let gate = unsafe gate else { return true }
            return unsafe st_gate_enter(gate, UInt32(truncatingIfNeeded: session), descriptor)
        }

        /// [the sockets' thread] Before the connection is closed.
        #if !DEBUG
        @_noLocks
        #endif
        @inlinable public func leave(session: Int) {
            // SAFETY: see above.
            guard let gate = unsafe gate else { return }
            unsafe st_gate_leave(gate, UInt32(truncatingIfNeeded: session))
        }

        /// For the C that holds the sockets.
        var pointer: OpaquePointer? { unsafe gate }
    }
}

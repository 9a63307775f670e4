public import CSpinetailPlumbing

/// Every byte to a venue passes it: a thread that watches the hot one shuts it, and with it every connection, when the hot
/// thread does not come by any more. And the pulse by which it sees that.
///
/// Bytes that were sent before it was shut have left; from then on none do, in whichever thread's hands the sockets are. A
/// send into a shut gate takes nothing. The connections behind it have ended as if the peer had ended them, so whoever holds
/// one hears of it in the usual way.
///
/// - Threads: the view's calls name theirs; ``shut()`` belongs to the watcher, ``open()`` to the hot thread.
@safe public final class EgressGate: @unchecked Sendable {
    private let gate: OpaquePointer

    /// - Parameter sessionCount: Connections that it knows; those of higher numbers pass it and are not shut down.
    public init(sessionCount: Int) throws(SetupError) {
        // SAFETY: C gives a whole one or none.
        guard let made = unsafe st_gate_create(UInt32(clamping: sessionCount)) else {
            throw SetupError("make the egress gate", at: "memory", .noMemory)
        }
        unsafe gate = made
    }

    // SAFETY: whoever holds a view keeps this object.
    deinit { unsafe st_gate_destroy(gate) }

    /// Shuts it, then the connections.
    ///
    /// - Returns: How many connections there were.
    public func shut() -> Int { unsafe Int(st_gate_shut(gate)) }

    /// Only when nothing is left of what was meant to leave before.
    public func open() { unsafe st_gate_open(gate) }

    public var isShut: Bool { unsafe st_gate_is_shut(gate) }

    /// Changes with every turn of the hot thread; 0: it has not begun.
    public var pulse: UInt64 { unsafe st_gate_pulse(gate) }

    /// For hot threads: what is done without the object. Valid as long as the object.
    public var view: View { unsafe View(gate) }

    /// A gate as the threads see it that pass it; without one nothing is ever shut.
    @safe @frozen public struct View: BitwiseCopyable, @unchecked Sendable {
        @usableFromInline let gate: OpaquePointer?

        // SAFETY of all: whoever made the view keeps what it points to.

        /// No gate.
        public init() { unsafe gate = nil }
        @usableFromInline init(_ gate: OpaquePointer) { unsafe self.gate = gate }

        @inlinable public var isShut: Bool {
            // SAFETY: see above.
            guard let gate = unsafe gate else { return false }
            return unsafe st_gate_is_shut(gate)
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

public import CSpinetailPlumbing

/// Wakes a thread that sleeps because its rings were empty (`st_wake.h` has the protocol and its fences).
///
/// - Threads: one waiter; any number that wake it.
@safe public final class Wake: @unchecked Sendable {
    private let wake: OpaquePointer

    /// - Parameter hasDescriptor: The waiter sleeps in the kernel for sockets too, and watches ``descriptor`` there.
    ///   Without one it sleeps in ``View/sleep(timeoutNs:)``.
    public init(hasDescriptor: Bool) throws(SetupError) {
        var made: OpaquePointer?
        // SAFETY: C answers with a whole one or none.
        let result = unsafe st_wake_create(hasDescriptor, &made)
        guard let made = unsafe made else {
            throw SetupError("make what wakes a thread", at: "eventfd", Errno(result: result) ?? .invalid)
        }
        unsafe wake = made
    }

    // SAFETY: whoever holds a view keeps this object.
    deinit { unsafe st_wake_destroy(wake) }

    /// -1: none.
    var descriptor: Int32 { unsafe st_wake_descriptor(wake) }
    /// System calls made to wake the waiter.
    public var wakeCount: UInt64 { unsafe st_wake_count(wake) }
    /// System calls made to sleep, without those that sleep for sockets.
    public var sleepCount: UInt64 { unsafe st_wake_sleep_count(wake) }

    /// For hot threads: what is done without the object. Valid as long as the object.
    public var view: View { unsafe View(wake: wake) }

    @safe @frozen public struct View: BitwiseCopyable, @unchecked Sendable {
        @usableFromInline let wake: OpaquePointer

        @usableFromInline init(wake: OpaquePointer) { unsafe self.wake = wake }

        // SAFETY of all: whoever made the view keeps what it points to.

        /// [waiter] Before its last look at the rings.
        #if !DEBUG
        @_noLocks
        #endif
        @inlinable public func announce() {
            // SAFETY: see above.
            unsafe st_wake_announce(wake)
        }

        /// [waiter] Between announcing and withdrawing, for one without a descriptor.
        #if !DEBUG
        @_noLocks
        #endif
        @inlinable public func sleep(timeoutNs: UInt64) {
            // SAFETY: see above.
            unsafe st_wake_sleep(wake, timeoutNs)
        }

        /// [waiter] Awake again, or not gone to sleep.
        #if !DEBUG
        @_noLocks
        #endif
        @inlinable public func withdraw() {
            // SAFETY: see above.
            unsafe st_wake_withdraw(wake)
        }

        /// [producer] After something was appended.
        #if !DEBUG
        @_noLocks
        #endif
        @inlinable public func notify() {
            // SAFETY: see above.
            unsafe st_wake_notify(wake)
        }
    }
}

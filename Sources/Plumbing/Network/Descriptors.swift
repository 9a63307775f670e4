internal import CSpinetailPlumbing

/// Waiting on several sockets at once, for cold threads that serve them.
public enum Descriptors {
    /// Sleeps until one of up to 64 `descriptors` can be read or the time is over; those below 0 are passed over.
    /// Returns whether one can.
    public static func wait(_ descriptors: [Int32], timeoutNs: UInt64) -> Bool {
        // SAFETY: the array stands still during the call, and C looks at no more than its count.
        unsafe descriptors.withUnsafeBufferPointer { all in
            guard let first = all.baseAddress else {
                Clock.sleep(ns: timeoutNs)
                return false
            }
            return unsafe st_socket_wait(first, Int32(all.count), timeoutNs) > 0
        }
    }

    /// Sleeps until one of `readable` can be read, one of `writable` written, or the time is over: up to 64 together,
    /// those below 0 passed over.
    @discardableResult
    public static func wait(readable: [Int32], writable: [Int32], timeoutNs: UInt64) -> Bool {
        // SAFETY: both arrays stand still during the call, and C looks at no more than their counts.
        unsafe readable.withUnsafeBufferPointer { readable in
            unsafe writable.withUnsafeBufferPointer { writable in
                unsafe st_socket_wait_both(
                    readable.baseAddress, Int32(readable.count), writable.baseAddress, Int32(writable.count),
                    timeoutNs) > 0
            }
        }
    }
}

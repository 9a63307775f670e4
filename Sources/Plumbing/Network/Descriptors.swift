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
}

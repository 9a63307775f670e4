internal import CSpinetailPlumbing

/// The bare cache line between two threads that spin: what every hop is measured against. One side pings, the other pongs,
/// with the same numbers.
@safe public final class LinePair: @unchecked Sendable {
    private let lines: OpaquePointer

    public init() {
        // SAFETY: C gives a pair or none; it lives as long as this object.
        guard let made = unsafe st_line_pair_create() else {
            preconditionFailure("Invariant: two lines of memory")
        }
        unsafe lines = made
    }

    // SAFETY: both sides hold this object while they use it.
    deinit { unsafe st_line_pair_destroy(lines) }

    /// One line each way, each written by one side only: the least that two one-way channels can cost. `count` round trips,
    /// numbered from `first`, which goes on rising from 1.
    public func ping(first: Int, count: Int) { unsafe st_line_pair_ping(lines, UInt64(first), UInt64(count)) }
    public func pong(first: Int, count: Int) { unsafe st_line_pair_pong(lines, UInt64(first), UInt64(count)) }

    /// The same over one line that both sides write: on some processors the right to write wanders with it.
    public func pingShared(first: Int, count: Int) {
        unsafe st_line_shared_ping(lines, UInt64(first), UInt64(count))
    }
    public func pongShared(first: Int, count: Int) {
        unsafe st_line_shared_pong(lines, UInt64(first), UInt64(count))
    }
}

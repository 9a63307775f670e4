// What the hot path nearly always does lies together in memory, and what it nearly never does out of its way: code that is
// only run past still takes room in the cache.

/// `condition`, of which the compiler is told that it nearly always holds.
@inlinable @inline(__always)
public func likely(_ condition: Bool) -> Bool { _fastPath(condition) }

/// `condition`, of which the compiler is told that it nearly never holds.
@inlinable @inline(__always)
public func unlikely(_ condition: Bool) -> Bool { _slowPath(condition) }

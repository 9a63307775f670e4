public import CSpinetailPlumbing

/// Monotonic nanoseconds from the processor's own counter: the invariant TSC, `cntvct` on Arm, and the kernel's clock
/// where the counter cannot be trusted. A value: hand copies to every thread, they agree.
///
/// - Units: nanoseconds; the zero is CLOCK_MONOTONIC_RAW's (the machine's start), so that times of two processes on
///   one machine compare, to the accuracy of calibration (about 2 µs a second of distance from it at worst, and
///   ``recalibrated()`` narrows that).
@frozen public struct Clock: BitwiseCopyable, Sendable {
    /// Nanoseconds a tick, times 2⁵⁶; 0: the counter is not used.
    @usableFromInline let nsPerTick: UInt64
    @usableFromInline let ticksAtStart: UInt64
    @usableFromInline let nsAtStart: UInt64

    @usableFromInline init(nsPerTick: UInt64, ticksAtStart: UInt64, nsAtStart: UInt64) {
        self.nsPerTick = nsPerTick
        self.ticksAtStart = ticksAtStart
        self.nsAtStart = nsAtStart
    }

    /// Measures the counter against CLOCK_MONOTONIC_RAW for `calibrationNs` (cold; sleeps).
    public static func calibrated(calibrationNs: UInt64 = 20_000_000) -> Clock {
        guard st_clock_ticks_invariant() else { return kernel }
        return measured(from: pair(), after: calibrationNs)
    }

    /// The kernel's clock, for where the counter is not invariant.
    public static var kernel: Clock { Clock(nsPerTick: 0, ticksAtStart: 0, nsAtStart: 0) }

    /// The same clock with its rate measured again over all the time since it was made. Times before and after differ
    /// by the error that this takes away: take it between runs, not within one.
    public func recalibrated() -> Clock {
        isCounter ? Self.measured(from: (ticksAtStart, nsAtStart), after: 0) : self
    }

    /// Whether times come from the processor's counter (`false`: from the kernel, about 20 ns more a reading).
    public var isCounter: Bool { nsPerTick != 0 }

    #if !DEBUG
    @_noLocks
    #endif
    @inlinable public func nowNs() -> UInt64 {
        guard nsPerTick != 0 else { return st_clock_monotonic_ns() }
        let product = (st_clock_ticks() &- ticksAtStart).multipliedFullWidth(by: nsPerTick)
        return nsAtStart &+ (product.high << 8 | product.low >> 56)
    }

    /// Nanoseconds since 1970, from the kernel. Cold.
    public static func utcNs() -> UInt64 { st_clock_utc_ns() }

    /// What to add to ``nowNs()`` to get nanoseconds since 1970, as it is now (the wall clock may be set). Cold.
    public func utcOffsetNs() -> Int64 {
        var best: (widthNs: UInt64, offsetNs: Int64) = (.max, 0)
        for _ in 0..<32 {
            let before = nowNs()
            let utc = Self.utcNs()
            let after = nowNs()
            if after &- before < best.widthNs {
                best = (after &- before, Int64(bitPattern: utc &- (before &+ (after &- before) / 2)))
            }
        }
        return best.offsetNs
    }

    /// Sleeps; for cold threads.
    public static func sleep(ns: UInt64) { st_clock_sleep_ns(ns) }

    private static func pair() -> (ticks: UInt64, ns: UInt64) {
        var ticks: UInt64 = 0
        var ns: UInt64 = 0
        // SAFETY: both are written and nothing else.
        unsafe st_clock_pair(4, &ticks, &ns)  // 4: CLOCK_MONOTONIC_RAW
        return (ticks, ns)
    }

    private static func measured(from start: (ticks: UInt64, ns: UInt64), after waitNs: UInt64) -> Clock {
        if waitNs > 0 { sleep(ns: waitNs) }
        let end = pair()
        let ticks = end.ticks &- start.ticks
        let ns = end.ns &- start.ns
        // A counter that stands still or runs slower than 8 MHz is no clock for us (2⁵⁶ ns a tick would not fit).
        guard ticks > 0, ns > 0, ns / 128 < ticks else { return kernel }
        let scaled = UInt64((UInt128(ns) << 56) / UInt128(ticks))
        return Clock(nsPerTick: scaled, ticksAtStart: start.ticks, nsAtStart: start.ns)
    }
}

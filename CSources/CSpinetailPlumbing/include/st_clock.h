/* The processor's own counter, and the kernel's clocks. */
#ifndef ST_CLOCK_H
#define ST_CLOCK_H

#include <time.h>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#include "st_plumbing.h"

/* Ticks of the counter that is read in user space: TSC, cntvct. Not ordered against the instructions around
 * it (a fence costs more than the few ns of doubt are worth). */
ST_HOT static inline uint64_t st_clock_ticks(void)
{
#if defined(__x86_64__)
    return __rdtsc();
#elif defined(__aarch64__)
    uint64_t ticks;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
#else
    return 0;
#endif
}

ST_HOT static inline uint64_t st_clock_kernel_ns(int clock)
{
    struct timespec now = {0, 0};
    clock_gettime(clock, &now); /* cannot fail for the clocks that we name */
    return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}
ST_HOT static inline uint64_t st_clock_monotonic_ns(void) { return st_clock_kernel_ns(CLOCK_MONOTONIC_RAW); }
ST_HOT static inline uint64_t st_clock_utc_ns(void) { return st_clock_kernel_ns(CLOCK_REALTIME); }

/* Whether the counter runs at one rate whatever the core's frequency and sleep, and the kernel trusts it. */
bool st_clock_ticks_invariant(void);

/* Counter and kernel clock at (nearly) one instant: the tightest of several tries. */
void st_clock_pair(int clock, uint64_t *_Nonnull ticks, uint64_t *_Nonnull ns);

/* Sleeps (cold threads only). */
void st_clock_sleep_ns(uint64_t ns);

#endif

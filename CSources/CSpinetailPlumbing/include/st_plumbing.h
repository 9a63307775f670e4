/* Plumbing: clock, rings, network, disk and threads in C. Hot operations are `static inline` here and in the
 * headers beside; the rest is in the .c files, one a subject.
 *
 * No function leaves its answer in errno: what failed returns the negative errno (see st_result), so that the
 * Swift side has one file, Errno.swift, in which every one of them has its meaning. */
#ifndef ST_PLUMBING_H
#define ST_PLUMBING_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "st_hot.h"

/* The one place that reads errno: a system call's answer, or the negative errno. */
ST_HOT static inline int64_t st_result(ssize_t answer)
{
    return answer < 0 ? -(int64_t)errno : (int64_t)answer;
}

/* One more, in a word that only the calling thread writes and others may read at any moment. Relaxed, pairs
 * with the relaxed load of st_live_copy_stage(): a reader sees the count before or after, and nothing depends
 * on it. No locked instruction: a load, an addition, a store. */
ST_HOT static inline void st_count_up(uint64_t *_Nonnull count)
{
    __atomic_store_n(count, __atomic_load_n(count, __ATOMIC_RELAXED) + 1, __ATOMIC_RELAXED);
}

/* Asks for a line to write to. The builtin would ask for a line to read where the build is for every x86-64.
 */
ST_HOT static inline void st_line_fetch_to_write(const void *_Nonnull line)
{
#if defined(__x86_64__)
    __asm__ volatile("prefetchw %0" ::"m"(*(const char *)line));
#else
    __builtin_prefetch(line, 1, 3);
#endif
}

#endif

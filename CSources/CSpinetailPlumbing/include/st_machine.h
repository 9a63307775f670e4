/* What `spinetail doctor` measures rather than reads: each call is bounded, cold, and leaves the machine as
 * it was. Every function returns its answer or the negative errno. */
#ifndef ST_MACHINE_H
#define ST_MACHINE_H

#include "st_plumbing.h"

/* Whether this process may make an io_uring: 0, or why not. */
int64_t st_machine_uring(void);

/* The cores that this process may run on, as bits of `words`; the number of words that hold any. */
int64_t st_machine_allowed_cores(uint64_t *_Nonnull words, size_t word_count);

/* One cache line from one core to another and back: the median of batches in picoseconds, within about
 * `budget_ns`. Runs on two threads of its own, pinned; a core that is refused is the errno. */
int64_t st_machine_line_ps(int core, int peer_core, uint64_t budget_ns, uint64_t *_Nonnull median_ps);

/* Writes 4 KiB and fdatasync()s, `count` times, to a file in `folder` that has no name (or loses it at once):
 * nanoseconds of each. Ends early after `budget_ns`, never before the first. The number done. */
int64_t st_machine_sync_times(const char *_Nonnull folder, uint64_t budget_ns, uint64_t *_Nonnull ns_each,
                              size_t count);

/* Bytes that an ordinary user may still write where `path` lies, and whether that is memory (tmpfs). */
int64_t st_machine_free_bytes(const char *_Nonnull path, uint64_t *_Nonnull bytes, bool *_Nonnull is_memory);

#endif

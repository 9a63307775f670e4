/* Memory for the life of the process, and what the allocator has to say about a thread. */
#ifndef ST_MEMORY_H
#define ST_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "st_hot.h"

/* Zeroed memory, aligned to a cache line, every page of it touched before this returns, so that the first
 * event does not pay a page fault. Small tables share a huge page, large ones have pages of their own: huge
 * ones, where the kernel gives them. NULL: refused, errno says why. Any thread. */
void *_Nullable st_pages_map(size_t bytes);
void st_pages_unmap(void *_Nonnull pages, size_t bytes);

/* Bytes that the calling thread has allocated since it began, as jemalloc counts them; -1 where jemalloc is
 * not the allocator of this process (a sanitizer has taken its place). */
int64_t st_thread_allocated_bytes(void);

/* Page faults (minor and major) that the calling thread has taken. */
int64_t st_thread_page_faults(void);

/* Locks everything that is and will be mapped. 0, or the errno of the refusal. */
int st_lock_memory(void);

/* Asks for the line at `address` to be in the cache soon, for reading and writing. Never faults. */
ST_HOT static inline void st_prefetch(const void *_Nullable address) { __builtin_prefetch(address, 1, 3); }

#endif

/* Memory for the life of the process, and what the allocator has to say about a thread. */
#ifndef ST_MEMORY_H
#define ST_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "st_hot.h"

/* Zeroed memory, aligned to a cache line, every page of it touched before this returns, so that the first
 * event does not pay a page fault. Small tables share a huge page, large ones have pages of their own. Huge
 * means: reserved ones (vm.nr_hugepages) as long as there are, else transparent ones, else small pages. NULL:
 * refused, errno says why. Any thread. */
void *_Nullable st_pages_map(size_t bytes);
void st_pages_unmap(void *_Nonnull pages, size_t bytes);

/* Whether huge pages are asked for at all, from here on; they are, to begin with. */
void st_huge_pages_use(bool uses);

/* What the tables lie in now, by the kind of page that was asked for and not refused. Whether transparent
 * ones came, /proc/self/smaps_rollup tells. */
typedef struct st_page_counts {
    uint64_t explicit_bytes;
    uint64_t transparent_bytes;
    uint64_t small_bytes;
    uint64_t refused_bytes; /* of them: explicit pages were asked for, and there were none */
    int32_t refusal;        /* the last such errno; 0: none */
    int32_t reserved;
} st_page_counts;
st_page_counts st_pages_count(void);

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

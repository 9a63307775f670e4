/* Log: making and freeing. The hot part is in the header. */
#include <stdlib.h>

#include "st_log.h"

int64_t st_log_create(uint64_t capacity, st_log **made)
{
    static const uint8_t none[16];
    *made = NULL;
    st_log *log = aligned_alloc(ST_LINE_PAIR_BYTES, sizeof *log);
    if (!log) return -ENOMEM;
    int64_t result = st_journal_ring_create(NULL, capacity, none, 0, &log->ring);
    if (result < 0) {
        free(log);
        return result;
    }
    atomic_init(&log->dropped, 0);
    atomic_init(&log->owners, 1);
    *made = log;
    return 0;
}

void st_log_retain(st_log *log)
{
    /* relaxed: whoever takes a share holds one already. */
    atomic_fetch_add_explicit(&log->owners, 1, memory_order_relaxed);
}

void st_log_release_owner(st_log *log)
{
    /* acq_rel, pairs with itself on the other side: what the other end did is over before it is freed. */
    if (atomic_fetch_sub_explicit(&log->owners, 1, memory_order_acq_rel) != 1) return;
    st_journal_ring_release_owner(log->ring);
    free(log);
}

st_journal_ring *st_log_ring(st_log *log) { return log->ring; }

/* The hot side of the log: one binary record into a ring of the journal's form, in memory without a name. It
 * never waits: a record that finds no room is dropped and counted.
 *
 *      record: | bytes, format (st_journal_record) | time, ns | arguments, 8 bytes each |
 *
 * What makes a record cheap is that its line is already ours when we write: each call asks for the one that a
 * later call will write to, which the drain thread had a lap ago. */
#ifndef ST_LOG_H
#define ST_LOG_H

#include "st_journal_ring.h"
#include "st_line_ring.h"

#define ST_LOG_ARGUMENTS_MAX 6
/* How far ahead of the write position lines are asked for: a burst of 20 records of two arguments. */
#define ST_LOG_FETCH_BYTES 1024

typedef struct st_log {
    st_journal_ring *_Nonnull ring;
    /* Written by the producer, on its own line: the drain thread looks at it once a block. */
    _Alignas(ST_LINE_PAIR_BYTES) _Atomic(uint64_t) dropped;
    _Atomic(int) owners; /* two ends share it; the last one frees */
} st_log;

/* Makes the ring and the first end's share of it. 0, or negative errno. */
int64_t st_log_create(uint64_t capacity, st_log *_Nullable *_Nonnull made);
void st_log_retain(st_log *_Nonnull log);
void st_log_release_owner(st_log *_Nonnull log);
/* The ring that the drain thread reads. */
st_journal_ring *_Nonnull st_log_ring(st_log *_Nonnull log);

/* [producer] `count`: how many of the arguments are meant; a constant at the call, so that one store each is
 * left. */
ST_HOT static inline bool st_log_append(st_log *_Nonnull log, uint16_t format, uint64_t time_ns,
                                        uint64_t count, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                                        uint64_t e, uint64_t f)
{
    st_journal_ring *ring = log->ring;
    const uint64_t stride = sizeof(st_journal_record) + 8 + 8 * count;
    if (__builtin_expect(!st_journal_ring_has_room(ring, stride), 0)) {
        /* relaxed: a count, and we alone write it. */
        atomic_store_explicit(&log->dropped, atomic_load_explicit(&log->dropped, memory_order_relaxed) + 1,
                              memory_order_relaxed);
        return false;
    }
    uint8_t *at = ring->producer_data + (ring->write_pos & ring->producer_mask);
    st_journal_record header = {(uint32_t)stride, format, 0};
    memcpy(at, &header, sizeof header);
    memcpy(at + 8, &time_ns, 8);
    if (count > 0) memcpy(at + 16, &a, 8);
    if (count > 1) memcpy(at + 24, &b, 8);
    if (count > 2) memcpy(at + 32, &c, 8);
    if (count > 3) memcpy(at + 40, &d, 8);
    if (count > 4) memcpy(at + 48, &e, 8);
    if (count > 5) memcpy(at + 56, &f, 8);
    ring->write_pos += stride;
    /* release, pairs with the acquire in st_journal_ring_readable(). */
    atomic_store_explicit(&ring->producer_shared->published, ring->write_pos, memory_order_release);
    /* Behind the ring's end lies its beginning, mapped again: the address is always one of ours. */
    st_line_fetch_to_write(at + ST_LOG_FETCH_BYTES);
    return true;
}

/* Records that found no room. */
ST_HOT static inline uint64_t st_log_dropped(const st_log *_Nonnull log)
{
    /* relaxed: a number to show. */
    return atomic_load_explicit(&log->dropped, memory_order_relaxed);
}

#endif

/* One producer, one consumer, messages of one cache line, between two threads of one process.
 *
 *      slot: | 56 bytes of the message                        | number: position + 1 |      64 bytes
 *
 * The number that says "this slot is whole" lies in the line of the message itself, so a message crosses from
 * core to core in one line: no index has to be fetched beside it. 56 of its 64 bytes are the caller's.
 *
 * What a hop costs is the line: the producer takes it away from the consumer, who looks at it, and the
 * consumer fetches it back. A stream of messages is dear when the consumer is always at the producer's heels:
 * each look at the slot that is just being written costs the producer a hop. Therefore two ways to read:
 * `pop` looks at the next slot, for the shortest time of one message; `pop_many` looks a batch ahead first,
 * touches nothing that is being written, and fetches the lines of a batch side by side.
 *
 * A ring whose slots fit both first-level caches (256 slots: 16 KiB) moves about three times as much as a
 * larger one. */
#ifndef ST_LINE_RING_H
#define ST_LINE_RING_H

#include <stdatomic.h>
#include <string.h>

#include "st_plumbing.h"

/* What one message carries. */
typedef struct st_line {
    uint64_t words[7];
} st_line;
_Static_assert(sizeof(st_line) == ST_LINE_BYTES - sizeof(uint64_t),
               "a message and its number are one cache line");

typedef struct st_line_slot {
    _Alignas(ST_LINE_BYTES) st_line line;
    _Atomic(uint64_t) number; /* position + 1 once the line is whole */
} st_line_slot;
_Static_assert(sizeof(st_line_slot) == ST_LINE_BYTES, "a slot is one cache line");

/* Slots that `pop_many` looks ahead, and that `push` asks for ahead: what the two cores can have in flight.
 * The producer asks farther than the consumer looks, who would otherwise take a line that was asked for away
 * again before it is written. */
#define ST_LINE_RING_AHEAD 16u
#define ST_LINE_RING_FETCH 24u
_Static_assert(ST_LINE_RING_FETCH > ST_LINE_RING_AHEAD, "asked for before it is looked at");
/* Looks ahead in vain before `pop_many` takes what there is: the bound on what a batch may wait for its rest.
 */
#define ST_LINE_RING_PATIENCE 64u
/* Two lines: the processor may fetch them in pairs. */
#define ST_LINE_PAIR_BYTES 128

typedef struct st_line_ring {
    _Alignas(ST_LINE_PAIR_BYTES) uint64_t write_pos; /* producer only                                       */
    uint64_t write_limit;                            /* producer's copy: stale, never too high              */
    st_line_slot *_Nonnull write_slots;              /* the same two for both sides, each on its line       */
    uint64_t write_mask;
    _Alignas(ST_LINE_PAIR_BYTES) uint64_t read_pos; /* consumer only                                       */
    uint64_t looks;                                 /* consumer only: in vain, since the last message      */
    uint64_t read_told;                             /* consumer only: what read_done says */
    st_line_slot *_Nonnull slots;
    uint64_t mask;
    _Alignas(ST_LINE_PAIR_BYTES) _Atomic(uint64_t) read_done; /* consumer writes, producer reads when full */
    _Alignas(ST_LINE_PAIR_BYTES) _Atomic(int) owners;         /* two ends share it; the last one frees     */
} st_line_ring;

/* `capacity`: a power of two, at least 2. NULL: no memory. Every slot is touched. */
st_line_ring *_Nullable st_line_ring_create(uint64_t capacity);
void st_line_ring_retain(st_line_ring *_Nonnull ring);
void st_line_ring_release_owner(st_line_ring *_Nonnull ring);

/* [producer] Does not wait: false means full, which is an answer. */
ST_HOT static inline bool st_line_ring_push(st_line_ring *_Nonnull ring, const st_line *_Nonnull line)
{
    const uint64_t position = ring->write_pos;
    if (__builtin_expect(position == ring->write_limit, 0)) {
        /* acquire, pairs with the release in st_line_ring_pop(): the consumer's reading of the slot is over
         * before our write to it. Taken once a lap, not once a message. */
        ring->write_limit =
            atomic_load_explicit(&ring->read_done, memory_order_acquire) + ring->write_mask + 1;
        if (position == ring->write_limit) return false;
    }
    st_line_slot *slot = &ring->write_slots[position & ring->write_mask];
    memcpy(&slot->line, line, sizeof slot->line);
    ring->write_pos = position + 1;
    /* release, pairs with the acquire in st_line_ring_is_whole(): the message first, then its number. */
    atomic_store_explicit(&slot->number, position + 1, memory_order_release);
    st_line_fetch_to_write(&ring->write_slots[(position + ST_LINE_RING_FETCH) & ring->write_mask]);
    return true;
}

/* [consumer] Whether the message of `position` is there, and with it all before it. */
ST_HOT static inline bool st_line_ring_is_whole(const st_line_ring *_Nonnull ring, uint64_t position)
{
    /* acquire, pairs with the release in st_line_ring_push(). A number of the lap before is smaller: unequal.
     */
    return atomic_load_explicit(&ring->slots[position & ring->mask].number, memory_order_acquire) ==
           position + 1;
}

/* [consumer] Tells the producer how far we are. The line is ours but for its looks when it is full: to tell
 * it after each message costs nothing while there is room. */
ST_HOT static inline void st_line_ring_tell(st_line_ring *_Nonnull ring, uint64_t position)
{
    ring->read_told = position;
    /* release, pairs with the acquire in st_line_ring_push(): our reading is over before its next write. */
    atomic_store_explicit(&ring->read_done, position, memory_order_release);
}

/* [consumer] After a look in vain: one look at a time. The processor would otherwise start the next ones
 * before it has seen this one's answer, ask for the line again and again while the producer tries to write to
 * it, and throw away what it did ahead when the line changes: some 20 ns of a round trip. */
static inline void st_line_ring_breathe(void)
{
#if defined(__x86_64__)
    __asm__ volatile("lfence" ::: "memory");
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");
#endif
}

/* [consumer] Does not wait: false means empty. */
ST_HOT static inline bool st_line_ring_pop(st_line_ring *_Nonnull ring, st_line *_Nonnull line)
{
    const uint64_t position = ring->read_pos;
    if (!st_line_ring_is_whole(ring, position)) {
        st_line_ring_breathe();
        return false;
    }
    memcpy(line, &ring->slots[position & ring->mask].line, sizeof *line);
    ring->read_pos = position + 1;
    st_line_ring_tell(ring, position + 1);
    return true;
}

/* [consumer] Up to `count_max` messages. Does not wait: 0 means empty, or that the batch is not full yet and
 * has been looked at fewer than ST_LINE_RING_PATIENCE times; who goes on asking gets what there is.
 *
 * In a stream of full batches the producer is told of its room a quarter of the ring at once: a producer that
 * waits for room pays two hops each time it gets some. */
ST_HOT static inline uint64_t st_line_ring_pop_many(st_line_ring *_Nonnull ring, st_line *_Nonnull lines,
                                                    uint64_t count_max)
{
    const uint64_t position = ring->read_pos;
    uint64_t batch = count_max < ST_LINE_RING_AHEAD ? count_max : ST_LINE_RING_AHEAD;
    if (batch > ring->mask + 1) batch = ring->mask + 1;
    if (batch == 0) return 0;
    uint64_t count = batch;
    if (!st_line_ring_is_whole(ring, position + batch - 1)) {
        if (ring->read_told != position) st_line_ring_tell(ring, position);
        if (ring->looks < ST_LINE_RING_PATIENCE) {
            ring->looks += 1;
            return 0;
        }
        for (count = 0; count < batch && st_line_ring_is_whole(ring, position + count);)
            count += 1;
    }
    ring->looks = 0;
    if (count == 0) return 0;
    for (uint64_t i = 0; i < count; i++)
        memcpy(&lines[i], &ring->slots[(position + i) & ring->mask].line, sizeof *lines);
    ring->read_pos = position + count;
    if (count < batch || position + count - ring->read_told > ring->mask / 4)
        st_line_ring_tell(ring, position + count);
    return count;
}

ST_HOT static inline uint64_t st_line_ring_capacity(const st_line_ring *_Nonnull ring)
{
    return ring->mask + 1;
}
/* [producer] Messages that the consumer has not taken. */
ST_HOT static inline uint64_t st_line_ring_used(const st_line_ring *_Nonnull ring)
{
    /* relaxed: a number to judge by, nothing is read or written because of it. */
    return ring->write_pos - atomic_load_explicit(&ring->read_done, memory_order_relaxed);
}

/* One line each way between two cores, with nothing else: what every hop is measured against. */
typedef struct st_line_pair {
    _Alignas(ST_LINE_PAIR_BYTES) _Atomic(uint64_t) there;
    _Alignas(ST_LINE_PAIR_BYTES) _Atomic(uint64_t) back;
} st_line_pair;
st_line_pair *_Nullable st_line_pair_create(void);
void st_line_pair_destroy(st_line_pair *_Nonnull pair);
/* [one side] `number` there, and waits for it to come back. */
void st_line_pair_ping(st_line_pair *_Nonnull pair, uint64_t first, uint64_t count);
/* [other side] Waits for each and sends it back. */
void st_line_pair_pong(st_line_pair *_Nonnull pair, uint64_t first, uint64_t count);
/* The same over one line that both sides write: on some processors it wanders with the right to write, in
 * half the hops. */
void st_line_shared_ping(st_line_pair *_Nonnull pair, uint64_t first, uint64_t count);
void st_line_shared_pong(st_line_pair *_Nonnull pair, uint64_t first, uint64_t count);

#endif

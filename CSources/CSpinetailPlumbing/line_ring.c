/* Line ring: making and freeing, and the bare line that it is measured against. The hot part is in the
 * header. */
#include <stdlib.h>

#include "st_line_ring.h"

/* Whole pages: no more of them, and no more sets of the caches, than the slots need. */
#define SLOTS_ALIGNMENT 4096

st_line_ring *st_line_ring_create(uint64_t capacity)
{
    if (capacity < 2 || (capacity & (capacity - 1)) != 0 || capacity > SIZE_MAX / sizeof(st_line_slot))
        return NULL;
    const size_t bytes = capacity * sizeof(st_line_slot);
    st_line_ring *ring = aligned_alloc(ST_LINE_PAIR_BYTES, sizeof *ring);
    st_line_slot *slots =
        aligned_alloc(SLOTS_ALIGNMENT, (bytes + SLOTS_ALIGNMENT - 1) & ~(size_t)(SLOTS_ALIGNMENT - 1));
    if (!ring || !slots) {
        free(ring);
        free(slots);
        return NULL;
    }
    memset(ring, 0, sizeof *ring);
    memset(slots, 0, bytes);
    ring->write_slots = ring->slots = slots;
    ring->write_mask = ring->mask = capacity - 1;
    ring->write_limit = capacity;
    atomic_init(&ring->owners, 1);
    return ring;
}

void st_line_ring_retain(st_line_ring *ring)
{
    /* relaxed: whoever takes a share holds one already. */
    atomic_fetch_add_explicit(&ring->owners, 1, memory_order_relaxed);
}

void st_line_ring_release_owner(st_line_ring *ring)
{
    /* acq_rel, pairs with itself on the other side: what the other end did to the ring is over before it is
     * freed. */
    if (atomic_fetch_sub_explicit(&ring->owners, 1, memory_order_acq_rel) != 1) return;
    free(ring->slots);
    free(ring);
}

st_line_pair *st_line_pair_create(void)
{
    st_line_pair *pair = aligned_alloc(ST_LINE_PAIR_BYTES, sizeof *pair);
    if (pair) {
        atomic_init(&pair->there, 0);
        atomic_init(&pair->back, 0);
    }
    return pair;
}

void st_line_pair_destroy(st_line_pair *pair) { free(pair); }

/* release and acquire, each paired with the other side's: as the rings have them, although no data follows.
 */
static void send(_Atomic(uint64_t) *line, uint64_t number)
{
    atomic_store_explicit(line, number, memory_order_release);
}
static void await(const _Atomic(uint64_t) *line, uint64_t number)
{
    while (atomic_load_explicit(line, memory_order_acquire) != number) {
    }
}

void st_line_pair_ping(st_line_pair *pair, uint64_t first, uint64_t count)
{
    for (uint64_t number = first; number < first + count; number++) {
        send(&pair->there, number);
        await(&pair->back, number);
    }
}
void st_line_pair_pong(st_line_pair *pair, uint64_t first, uint64_t count)
{
    for (uint64_t number = first; number < first + count; number++) {
        await(&pair->there, number);
        send(&pair->back, number);
    }
}
void st_line_shared_ping(st_line_pair *pair, uint64_t first, uint64_t count)
{
    for (uint64_t number = first; number < first + count; number++) {
        send(&pair->there, 2 * number);
        await(&pair->there, 2 * number + 1);
    }
}
void st_line_shared_pong(st_line_pair *pair, uint64_t first, uint64_t count)
{
    for (uint64_t number = first; number < first + count; number++) {
        await(&pair->there, 2 * number);
        send(&pair->there, 2 * number + 1);
    }
}

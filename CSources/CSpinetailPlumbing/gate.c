/* The watch over the hot thread: see the header. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/socket.h>

#include "st_gate.h"

static const uint64_t st_gate_busy = (uint64_t)1 << 63;

st_gate *st_gate_create(uint32_t session_count)
{
    st_gate *gate = aligned_alloc(ST_LINE_BYTES, sizeof *gate);
    _Atomic(uint64_t) *descriptors = calloc(session_count > 0 ? session_count : 1, sizeof *descriptors);
    if (!gate || !descriptors) {
        free(gate);
        free((void *)descriptors);
        return NULL;
    }
    atomic_init(&gate->pulse, 0);
    atomic_init(&gate->is_shut, 0);
    gate->session_count = session_count;
    gate->descriptors = descriptors;
    return gate;
}

void st_gate_destroy(st_gate *gate)
{
    free((void *)gate->descriptors);
    free(gate);
}

bool st_gate_enter(st_gate *gate, uint32_t session, int fd)
{
    if (session >= gate->session_count) return !st_gate_is_shut(gate);
    /* seq_cst, pairs with st_gate_shut(): either it finds the descriptor, or we find the gate shut. */
    atomic_store_explicit(&gate->descriptors[session], (uint64_t)fd + 1, memory_order_seq_cst);
    if (atomic_load_explicit(&gate->is_shut, memory_order_seq_cst) == 0) return true;
    st_gate_leave(gate, session);
    return false;
}

void st_gate_leave(st_gate *gate, uint32_t session)
{
    if (session >= gate->session_count) return;
    _Atomic(uint64_t) *word = &gate->descriptors[session];
    uint64_t seen = atomic_load_explicit(word, memory_order_relaxed);
    /* acquire, pairs with the release in st_gate_shut(): its call on the descriptor is over before ours is
     * closed and its number is somebody else's. */
    while ((seen & st_gate_busy) != 0 ||
           !atomic_compare_exchange_weak_explicit(word, &seen, 0, memory_order_acquire, memory_order_relaxed))
        seen = atomic_load_explicit(word, memory_order_relaxed);
}

uint32_t st_gate_shut(st_gate *gate)
{
    uint32_t count = 0;
    atomic_store_explicit(&gate->is_shut, 1, memory_order_seq_cst);
    for (uint32_t session = 0; session < gate->session_count; session++) {
        _Atomic(uint64_t) *word = &gate->descriptors[session];
        uint64_t seen = atomic_load_explicit(word, memory_order_seq_cst);
        if (seen == 0 || (seen & st_gate_busy) != 0) continue;
        /* From here on its owner does not close it. */
        if (!atomic_compare_exchange_strong_explicit(word, &seen, seen | st_gate_busy, memory_order_acquire,
                                                     memory_order_relaxed))
            continue;
        if (shutdown((int)(seen - 1), SHUT_RDWR) == 0) count += 1;
        /* release, pairs with the acquire in st_gate_leave(). */
        atomic_store_explicit(word, seen, memory_order_release);
    }
    return count;
}

void st_gate_open(st_gate *gate) { atomic_store_explicit(&gate->is_shut, 0, memory_order_seq_cst); }

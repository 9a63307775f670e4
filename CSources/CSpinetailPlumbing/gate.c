/* What every byte to a venue passes, and the watch over the hot thread: see the header. */
#define _GNU_SOURCE
#include <linux/membarrier.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "st_gate.h"

static const uint64_t st_gate_busy = (uint64_t)1 << 63;

st_gate *st_gate_create(uint32_t session_count)
{
    size_t places = session_count > 0 ? session_count : 1;
    st_gate *gate = aligned_alloc(ST_LINE_BYTES, sizeof *gate);
    _Atomic(uint64_t) *descriptors = calloc(places, sizeof *descriptors);
    uint32_t *owed = calloc(places, sizeof *owed);
    _Atomic(uint32_t) *dropped = calloc(places, sizeof *dropped);
    if (!gate || !descriptors || !owed || !dropped) {
        free(gate);
        free((void *)descriptors);
        free(owed);
        free((void *)dropped);
        return NULL;
    }
    memset((void *)gate, 0, sizeof *gate);
    gate->session_count = session_count;
    gate->descriptors = descriptors;
    gate->owed = owed;
    gate->dropped = dropped;
    /* Refused where the kernel has none: then st_gate_wait_for_sender() waits its time. */
    (void)syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0);
    return gate;
}

void st_gate_destroy(st_gate *gate)
{
    free((void *)gate->descriptors);
    free(gate->owed);
    free((void *)gate->dropped);
    free(gate);
}

void st_gate_set_orders(st_gate *gate, uint8_t packet, const char *letters)
{
    gate->packet = packet;
    memset(gate->is_order, 0, sizeof gate->is_order);
    for (; *letters; letters++)
        gate->is_order[(uint8_t)*letters] = true;
}

/* --- Sends --- */

enum { header_bytes = 2 };

size_t st_gate_message_at(const uint8_t *bytes, size_t count)
{
    if (count < header_bytes) return 0;
    size_t length = header_bytes + ((size_t)bytes[0] << 8 | bytes[1]);
    return length <= count ? length : 0;
}

static bool is_order(const st_gate *gate, const uint8_t *bytes, size_t length)
{
    return length >= header_bytes + 2 && bytes[header_bytes] == gate->packet &&
           gate->is_order[bytes[header_bytes + 1]];
}

size_t st_gate_order_in(const st_gate *gate, const uint8_t *bytes, size_t count)
{
    size_t length = st_gate_message_at(bytes, count);
    return gate->packet != 0 && length > 0 && is_order(gate, bytes, length) ? length : 0;
}

size_t st_gate_narrow(const st_gate *gate, uint32_t word, uint32_t owed, const uint8_t *bytes, size_t count)
{
    if ((word & st_gate_is_shut_bit) != 0 || gate->packet == 0) return 0;
    /* What has begun to leave leaves whole: half a message would end the connection, and the cancels with it.
     */
    size_t place = owed < count ? owed : count;
    while (place < count) {
        size_t length = st_gate_message_at(bytes + place, count - place);
        if (length == 0 || is_order(gate, bytes + place, length)) break;
        place += length;
    }
    return place;
}

void st_gate_sent_part(st_gate *gate, uint32_t session, const uint8_t *bytes, size_t sent)
{
    if (gate->packet == 0) return;
    size_t end = gate->owed[session];
    while (end < sent) {
        /* A header of which one byte has left is a message that has begun: its length stands behind it. */
        end += header_bytes + ((size_t)bytes[end] << 8 | bytes[end + 1]);
    }
    gate->owed[session] = (uint32_t)(end - sent);
}

size_t st_gate_whole(const st_gate *gate, const void *bytes, size_t count, size_t most)
{
    if (most >= count) return count;
    if (gate->packet == 0) return most;
    size_t place = 0;
    while (place < most) {
        size_t length = st_gate_message_at((const uint8_t *)bytes + place, count - place);
        if (length == 0 || place + length > most) break;
        place += length;
    }
    return place;
}

size_t st_gate_order_at(const st_gate *gate, uint32_t session, const void *bytes, size_t count)
{
    if ((st_gate_word(gate) & st_gate_keeps_orders_bit) == 0) return 0;
    if (session >= gate->session_count || gate->owed[session] > 0) return 0;
    return st_gate_order_in(gate, bytes, count);
}

/* relaxed: the count is looked at again and again, and nothing hangs on which look finds it. */
void st_gate_note_dropped(st_gate *gate, uint32_t session)
{
    if (session >= gate->session_count) return;
    atomic_fetch_add_explicit(&gate->dropped[session], 1, memory_order_relaxed);
}

uint32_t st_gate_dropped(const st_gate *gate, uint32_t session)
{
    return session < gate->session_count ? atomic_load_explicit(&gate->dropped[session], memory_order_relaxed)
                                         : 0;
}

/* --- Connections --- */

bool st_gate_enter(st_gate *gate, uint32_t session, int fd)
{
    if (session >= gate->session_count) return (st_gate_word(gate) & st_gate_is_shut_bit) == 0;
    gate->owed[session] = 0;
    /* seq_cst, pairs with st_gate_shut(): either it finds the descriptor, or we find the gate shut. */
    atomic_store_explicit(&gate->descriptors[session], (uint64_t)fd + 1, memory_order_seq_cst);
    if ((atomic_load_explicit(&gate->word, memory_order_seq_cst) & st_gate_is_shut_bit) == 0) return true;
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
    atomic_fetch_or_explicit(&gate->word, st_gate_is_shut_bit, memory_order_seq_cst);
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

void st_gate_open(st_gate *gate)
{
    atomic_fetch_and_explicit(&gate->word, ~(uint32_t)st_gate_is_shut_bit, memory_order_seq_cst);
}

/* --- Kill --- */

void st_gate_set_name(st_gate *gate, uint64_t low, uint64_t high)
{
    atomic_store_explicit(&gate->name_low, low, memory_order_relaxed);
    atomic_store_explicit(&gate->name_high, high, memory_order_relaxed);
}

void st_gate_kill(st_gate *gate, bool by_signal)
{
    uint32_t seen = atomic_load_explicit(&gate->word, memory_order_relaxed);
    uint32_t next;
    do {
        next = (seen + st_gate_kill_step) | st_gate_keeps_orders_bit;
        next = by_signal ? next | st_gate_by_signal_bit : next & ~(uint32_t)st_gate_by_signal_bit;
        /* release, pairs with the acquire in st_gate_kills(): the name was there before. */
    } while (!atomic_compare_exchange_weak_explicit(&gate->word, &seen, next, memory_order_seq_cst,
                                                    memory_order_relaxed));
}

void st_gate_keep_orders(st_gate *gate)
{
    atomic_fetch_or_explicit(&gate->word, st_gate_keeps_orders_bit, memory_order_seq_cst);
}

bool st_gate_lift(st_gate *gate, uint32_t kills)
{
    uint32_t seen = atomic_load_explicit(&gate->word, memory_order_relaxed);
    uint32_t next;
    do {
        if (seen / st_gate_kill_step != kills) return false;
        next = seen & ~(uint32_t)(st_gate_keeps_orders_bit | st_gate_by_signal_bit);
    } while (!atomic_compare_exchange_weak_explicit(&gate->word, &seen, next, memory_order_seq_cst,
                                                    memory_order_relaxed));
    return true;
}

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

bool st_gate_wait_for_sender(st_gate *gate, uint64_t ns_max)
{
    /* Every thread of the process passes a barrier: whoever marked itself as sending before it read the word
     * is seen here, and whoever is not seen will read the word as it is now. The sender pays nothing for it.
     */
    bool has_barrier = syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0;
    uint64_t until = now_ns() + ns_max;
    /* Without one a store becomes visible soon all the same: two milliseconds are an age. */
    uint64_t from = has_barrier ? 0 : now_ns() + 2000000;
    /* acquire, pairs with the release in st_gate_end_send(). */
    while (atomic_load_explicit(&gate->is_sending, memory_order_acquire) != 0 || now_ns() < from) {
        if (now_ns() >= until) return false;
        sched_yield();
    }
    return true;
}

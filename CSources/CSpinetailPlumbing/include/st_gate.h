/* What every byte to a venue passes, and the watch over the hot thread.
 *
 * The gate has two locks. Orders are kept back by a kill, which anybody may say: from then on no message that
 * could raise exposure leaves, and everything else does: cancels, heartbeats, log-ons. All is kept back by
 * the watchdog, when the hot thread does not come by any more; it then ends the connections, too. Each is
 * opened by its own rule.
 *
 *     any thread, a signal ──kill──▶ orders kept back ──lift──▶ open
 *     watchdog ──shut──▶ all kept back, connections ended ──hot thread back──▶ as the kill has it
 *
 * It reads no more of a message than it must: two bytes of length (big-endian, of what follows), one of
 * packet type, and the first of what the packet carries; which of those are orders it is told before the run.
 *
 * In C for the atomics, for shutdown(2) on a descriptor whose owner may close it at the same moment, and
 * because a signal's handler may say the kill. */
#ifndef ST_GATE_H
#define ST_GATE_H

#include <stdatomic.h>

#include "st_plumbing.h"

enum {
    st_gate_is_shut_bit = 1,
    st_gate_keeps_orders_bit = 2,
    /* The last kill was said by a signal: it has no name but that. */
    st_gate_by_signal_bit = 4,
    st_gate_kill_step = 8,
};

typedef struct st_gate {
    /* Written by the hot thread with each turn. */
    _Alignas(ST_LINE_BYTES) _Atomic(uint64_t) pulse;
    /* The bits above, and behind them how many kills were said. Nearly never written, read before every send
     * and in every turn. */
    _Alignas(ST_LINE_BYTES) _Atomic(uint32_t) word;
    uint32_t session_count;
    /* Of each session's connection: descriptor + 1, 0 without one; st_gate_busy while it is being shut down.
     */
    _Atomic(uint64_t) *_Nonnull descriptors;
    /* [the sockets' thread] Of each session: what the message still lacks whose first byte has left. */
    uint32_t *_Nonnull owed;
    /* Of each session: orders that were dropped behind the back of who sent them. */
    _Atomic(uint32_t) *_Nonnull dropped;
    /* Who said the last kill. */
    _Atomic(uint64_t) name_low, name_high;
    /* 0: it knows no messages, and lets nothing pass while orders are kept back. */
    uint8_t packet;
    bool is_order[256];
    /* 1: the sockets' thread has looked at the word, and may be about to send. */
    _Alignas(ST_LINE_BYTES) _Atomic(uint32_t) is_sending;
    /* Kills that the core has heard of. */
    _Alignas(ST_LINE_BYTES) _Atomic(uint32_t) heard;
} st_gate;

/* NULL: no memory. */
st_gate *_Nullable st_gate_create(uint32_t session_count);
void st_gate_destroy(st_gate *_Nonnull gate);

/* Before the run: an order is a packet of this type whose first byte is one of these letters. */
void st_gate_set_orders(st_gate *_Nonnull gate, uint8_t packet, const char *_Nonnull letters);

/* [hot] Relaxed: who looks a moment before a lock falls has looked before it. For sends the other side waits:
 * see st_gate_wait_for_sender(). */
ST_HOT static inline uint32_t st_gate_word(const st_gate *_Nonnull gate)
{
    return atomic_load_explicit(&gate->word, memory_order_relaxed);
}

/* [hot] Relaxed: the watcher asks only whether it has changed. */
ST_HOT static inline void st_gate_beat(st_gate *_Nonnull gate, uint64_t now_ns)
{
    atomic_store_explicit(&gate->pulse, now_ns, memory_order_relaxed);
}
static inline uint64_t st_gate_pulse(const st_gate *_Nonnull gate)
{
    return atomic_load_explicit(&gate->pulse, memory_order_relaxed);
}

/* --- Sends --- */

ST_HOT size_t st_gate_narrow(const st_gate *_Nonnull gate, uint32_t word, uint32_t owed,
                             const uint8_t *_Nullable bytes, size_t count);
ST_HOT void st_gate_sent_part(st_gate *_Nonnull gate, uint32_t session, const uint8_t *_Nonnull bytes,
                              size_t sent);

/* [the sockets' thread] How many of `bytes`, from the front, may be given to the kernel now. They end where a
 * message ends. st_gate_end_send() must follow. */
ST_HOT static inline size_t st_gate_begin_send(st_gate *_Nonnull gate, uint32_t session,
                                               const void *_Nullable bytes, size_t count)
{
    atomic_store_explicit(&gate->is_sending, 1, memory_order_relaxed);
    /* The compiler keeps the order; the processor does when st_gate_wait_for_sender() asks it to. */
    atomic_signal_fence(memory_order_seq_cst);
    uint32_t word = st_gate_word(gate);
    if (__builtin_expect((word & (st_gate_is_shut_bit | st_gate_keeps_orders_bit)) == 0, 1)) return count;
    return st_gate_narrow(gate, word, session < gate->session_count ? gate->owed[session] : 0,
                          (const uint8_t *)bytes, count);
}

/* [the sockets' thread] `sent` of `count` bytes, which end where a message ends, have gone; below 1: none. */
ST_HOT static inline void st_gate_note_sent(st_gate *_Nonnull gate, uint32_t session,
                                            const void *_Nullable bytes, size_t count, int64_t sent)
{
    if (sent <= 0 || session >= gate->session_count) return;
    if (__builtin_expect((size_t)sent == count, 1))
        gate->owed[session] = 0;
    else
        st_gate_sent_part(gate, session, (const uint8_t *)bytes, (size_t)sent);
}

/* [the sockets' thread] Of what might be given, so much was taken. */
ST_HOT static inline void st_gate_end_send(st_gate *_Nonnull gate, uint32_t session,
                                           const void *_Nullable bytes, size_t count, int64_t sent)
{
    /* release, pairs with the acquire in st_gate_wait_for_sender(). */
    atomic_store_explicit(&gate->is_sending, 0, memory_order_release);
    st_gate_note_sent(gate, session, bytes, count, sent);
}

/* [the sockets' thread] As st_gate_begin_send(), for bytes that wait in a buffer of its own: whether orders
 * among them are to be dropped. */
static inline bool st_gate_begin_fly(st_gate *_Nonnull gate)
{
    atomic_store_explicit(&gate->is_sending, 1, memory_order_relaxed);
    atomic_signal_fence(memory_order_seq_cst);
    return (st_gate_word(gate) & st_gate_keeps_orders_bit) != 0;
}
static inline void st_gate_end_fly(st_gate *_Nonnull gate)
{
    atomic_store_explicit(&gate->is_sending, 0, memory_order_release);
}

/* Length of the whole message at the front, 0: it is not there whole; and the same where it is an order. */
size_t st_gate_message_at(const uint8_t *_Nonnull bytes, size_t count);
size_t st_gate_order_in(const st_gate *_Nonnull gate, const uint8_t *_Nonnull bytes, size_t count);

/* [hot] The same for bytes that are handed to another thread: they begin and end where messages do. */
ST_HOT static inline size_t st_gate_passing(const st_gate *_Nonnull gate, const void *_Nullable bytes,
                                            size_t count)
{
    uint32_t word = st_gate_word(gate);
    if (__builtin_expect((word & (st_gate_is_shut_bit | st_gate_keeps_orders_bit)) == 0, 1)) return count;
    return st_gate_narrow(gate, word, 0, (const uint8_t *)bytes, count);
}

/* [hot] The most whole messages that `most` bytes have room for, in bytes; where it knows no messages,
 * `most`. */
ST_HOT size_t st_gate_whole(const st_gate *_Nonnull gate, const void *_Nonnull bytes, size_t count,
                            size_t most);

/* [the sockets' thread] Length of the order at the front of `bytes`, which is kept back and is to be dropped;
 * 0: it is something else, has begun to leave, or may leave. */
ST_HOT size_t st_gate_order_at(const st_gate *_Nonnull gate, uint32_t session, const void *_Nonnull bytes,
                               size_t count);

/* [the sockets' thread] Whoever sent it believes that it is on its way. */
ST_HOT void st_gate_note_dropped(st_gate *_Nonnull gate, uint32_t session);
ST_HOT uint32_t st_gate_dropped(const st_gate *_Nonnull gate, uint32_t session);

/* --- Connections --- */

/* [the sockets' thread] The session has a connection, made or being made. `false`: the gate is shut, and the
 * caller gives the connection up. */
ST_HOT bool st_gate_enter(st_gate *_Nonnull gate, uint32_t session, int fd);
/* [the sockets' thread] Before the descriptor is closed. Waits only while the watcher is inside shutdown(2)
 * on it. */
ST_HOT void st_gate_leave(st_gate *_Nonnull gate, uint32_t session);

/* [watcher] Keeps all back, then shuts every connection down. How many there were. */
uint32_t st_gate_shut(st_gate *_Nonnull gate);
/* [hot thread] Nothing of what was meant to leave before is left, and all of it counts as not sent or in
 * doubt. Orders are kept back still where a kill was said. */
void st_gate_open(st_gate *_Nonnull gate);

/* --- Kill --- */

/* [any thread, a signal's handler] From here on no order leaves but one that is being given to the kernel at
 * this moment: st_gate_wait_for_sender(). */
void st_gate_kill(st_gate *_Nonnull gate, bool by_signal);
/* Who will say it; one thread at a time. */
void st_gate_set_name(st_gate *_Nonnull gate, uint64_t low, uint64_t high);
/* The same state, said before this run: there is nothing for the core to hear. */
void st_gate_keep_orders(st_gate *_Nonnull gate);
/* [any thread but the sockets'] Returns when no send is under way that looked before the kill; at the latest
 * after `ns_max`: false. */
bool st_gate_wait_for_sender(st_gate *_Nonnull gate, uint64_t ns_max);
/* Lets orders pass again, unless another kill than the `kills` that the caller knows of was said: false. */
bool st_gate_lift(st_gate *_Nonnull gate, uint32_t kills);

static inline uint32_t st_gate_kills(const st_gate *_Nonnull gate)
{
    /* acquire, pairs with the release of st_gate_kill(): the name is there. */
    return atomic_load_explicit(&gate->word, memory_order_acquire) / st_gate_kill_step;
}

/* [hot thread] The core has heard of so many kills, and what it wanted to send because of it was sent. */
ST_HOT static inline void st_gate_note_heard(st_gate *_Nonnull gate, uint32_t kills)
{
    /* release: who sees it sees what the thread has done before. */
    atomic_store_explicit(&gate->heard, kills, memory_order_release);
}
static inline uint32_t st_gate_heard(const st_gate *_Nonnull gate)
{
    return atomic_load_explicit(&gate->heard, memory_order_acquire);
}

ST_HOT static inline uint64_t st_gate_name_low(const st_gate *_Nonnull gate)
{
    return atomic_load_explicit(&gate->name_low, memory_order_relaxed);
}
ST_HOT static inline uint64_t st_gate_name_high(const st_gate *_Nonnull gate)
{
    return atomic_load_explicit(&gate->name_high, memory_order_relaxed);
}

#endif

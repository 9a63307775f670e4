/* The watch over the hot thread: its pulse, by which another thread sees that it comes by; and the egress
 * gate, which that thread shuts when it does not. A shut gate lets nothing out, wherever the sockets are
 * held, and the connections behind it have ended.
 *
 * In C for the atomics and for shutdown(2) on a descriptor whose owner may close it at the same moment. */
#ifndef ST_GATE_H
#define ST_GATE_H

#include <stdatomic.h>

#include "st_plumbing.h"

typedef struct st_gate {
    /* Written by the hot thread with each turn. */
    _Alignas(ST_LINE_BYTES) _Atomic(uint64_t) pulse;
    /* 1: shut. Nearly never written, read before every send. */
    _Alignas(ST_LINE_BYTES) _Atomic(uint32_t) is_shut;
    uint32_t session_count;
    /* Of each session's connection: descriptor + 1, 0 without one; st_gate_busy while it is being shut down.
     */
    _Atomic(uint64_t) *_Nonnull descriptors;
} st_gate;

/* NULL: no memory. */
st_gate *_Nullable st_gate_create(uint32_t session_count);
void st_gate_destroy(st_gate *_Nonnull gate);

/* [hot] Relaxed: who sends a moment before the gate is shut has sent before it; the connection ends either
 * way.
 */
ST_HOT static inline bool st_gate_is_shut(const st_gate *_Nonnull gate)
{
    return atomic_load_explicit(&gate->is_shut, memory_order_relaxed) != 0;
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

/* [the sockets' thread] The session has a connection, made or being made. `false`: the gate is shut, and the
 * caller gives the connection up. */
ST_HOT bool st_gate_enter(st_gate *_Nonnull gate, uint32_t session, int fd);
/* [the sockets' thread] Before the descriptor is closed. Waits only while the watcher is inside shutdown(2)
 * on it. */
ST_HOT void st_gate_leave(st_gate *_Nonnull gate, uint32_t session);

/* [watcher] Shuts the gate, then every connection down. How many there were. */
uint32_t st_gate_shut(st_gate *_Nonnull gate);
/* [hot thread] Nothing of what was meant to leave before is left, and all of it counts as not sent or in
 * doubt.
 */
void st_gate_open(st_gate *_Nonnull gate);

#endif

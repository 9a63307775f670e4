/* The hot thread's network over io_uring: datagrams and byte streams received into buffers that the kernel
 * picks from a ring, sends whose result is known when the call returns, completions looked at in shared
 * memory without a system call. What each function answers is what the plain calls of st_sockets.h answer, so
 * that Swift has one seam.
 *
 * Nothing here waits but st_net_wait(). One thread makes the ring and one (the same or another) uses it: from
 * the first hot call on it belongs to the thread that made that call.
 *
 * In C because liburing's interface is static inline functions over shared memory. */
#ifndef ST_URING_NET_H
#define ST_URING_NET_H

#include "st_gate.h"
#include "st_sockets.h"

typedef struct st_net st_net;

/* How the kernel's part of a completion is run. The kernel chooses a moment for it; these are what we let it
 * do. */
#define ST_NET_TASKRUN_BEST 0      /* the first of the others that this kernel has */
#define ST_NET_TASKRUN_DEFERRED 1  /* only when we enter and ask for events (Linux 6.1) */
#define ST_NET_TASKRUN_COOPERATE 2 /* at any system call of ours (Linux 5.19) */
#define ST_NET_TASKRUN_INTERRUPT 3 /* at once, by interrupting us */

typedef struct st_net_settings {
    uint32_t stream_count;
    uint32_t session_count;
    uint32_t datagram_buffer_count; /* of each stream; a power of two up to 32,768 */
    uint32_t datagram_bytes_max;
    uint32_t session_buffer_count; /* of each session; a power of two */
    uint32_t session_buffer_bytes;
    uint32_t
        cq_entries; /* room for completions; 0: as many as can wait at once, so that it cannot overflow */
    uint32_t taskrun;
    bool is_single_shot;  /* a receive is asked for anew each time, together with the next send where there is
                             one */
    bool is_stamped;      /* the kernel's time of receipt with each datagram */
    bool is_polled;       /* a thread of the kernel's takes our requests and runs the network (SQPOLL) */
    bool enters_always;   /* each look at the completions is a system call: for comparison */
    int32_t polling_core; /* where that thread runs; -1: anywhere */
    uint32_t polling_idle_ms;
} st_net_settings;

typedef struct st_net_counts {
    uint64_t system_calls;
    uint64_t receives_armed;    /* requests to receive that were made */
    uint64_t buffers_exhausted; /* receives that the kernel ended because every buffer was full (ENOBUFS) */
    uint64_t cq_overflows;      /* times at which completions had to wait for room */
    uint64_t interrupted;       /* system calls that a signal ended (EINTR) */
    uint64_t refused;           /* system calls that took nothing for another reason (EAGAIN, EBUSY) */
    uint64_t sends_partial;
    uint64_t sends_full; /* sends of which nothing was taken (EAGAIN) */
} st_net_counts;

/* 0, or negative errno; then `step` says what was refused. What the kernel does not have and can be done
 * without is changed in `settings` (taskrun, is_single_shot). */
int64_t st_net_create(st_net_settings *_Nonnull settings, st_net *_Nullable *_Nonnull made,
                      const char *_Nonnull *_Nonnull step);
void st_net_destroy(st_net *_Nonnull net);
st_net_counts st_net_counts_of(const st_net *_Nonnull net);
ST_HOT uint64_t st_net_system_calls(const st_net *_Nonnull net);

/* The gate that every session's bytes pass; the caller's own, which outlives the ring. Before the first hot
 * call. */
void st_net_set_gate(st_net *_Nonnull net, st_gate *_Nonnull gate);

/* A bound socket becomes the stream's, and is closed with the ring; it must be a blocking one (the kernel
 * answers EAGAIN at once for others instead of waiting for a datagram). Before the first hot call. */
int64_t st_net_add_stream(st_net *_Nonnull net, uint32_t stream, int fd);
ST_HOT int st_net_stream_descriptor(const st_net *_Nonnull net, uint32_t stream);

/* [hot] The next datagram: its whole length even when cut. It stands until the next call for this stream.
 * -EAGAIN: none. `stamp_ns`: the kernel's UTC time of receipt, 0 without. */
ST_HOT int64_t st_net_receive_datagram(st_net *_Nonnull net, uint32_t stream,
                                       const void *_Nullable *_Nonnull bytes, uint64_t *_Nonnull stamp_ns);
/* [hot] Datagrams that are here already. */
ST_HOT uint32_t st_net_waiting(const st_net *_Nonnull net, uint32_t stream);

/* [hot] Begins to connect: 0, or negative errno. */
ST_HOT int64_t st_net_connect(st_net *_Nonnull net, uint32_t session, st_address to,
                              uint32_t user_timeout_ms);
/* [hot] 1: open; 0: not yet; negative errno: refused, and closed. */
ST_HOT int64_t st_net_connect_finish(st_net *_Nonnull net, uint32_t session);
/* [hot] The next bytes of a session, which stand until the next call for it. 0: the peer has ended it;
 * -EAGAIN: none; another negative errno: it broke. Both ends come after the bytes before them. */
ST_HOT int64_t st_net_receive(st_net *_Nonnull net, uint32_t session, const void *_Nullable *_Nonnull bytes);
/* [hot] How many bytes were taken, from the front; they leave in the order of the calls, each once. -EAGAIN:
 * none now. Another negative errno: it is broken. With a polling thread they are copied, one send is under
 * way at a time, and the next goes with a later call for anything. */
ST_HOT int64_t st_net_send(st_net *_Nonnull net, uint32_t session, const void *_Nullable bytes, size_t count);
/* [hot] Ends it; what was asked for is called back, and nothing of it is heard again. */
ST_HOT void st_net_close(st_net *_Nonnull net, uint32_t session);
ST_HOT int st_net_session_descriptor(const st_net *_Nonnull net, uint32_t session);
/* Bytes that were taken and are not with the kernel yet (SQPOLL alone). */
uint64_t st_net_unsent(const st_net *_Nonnull net, uint32_t session);

/* A descriptor that ends a sleep when it can be read; the caller's own. Before the first hot call. */
void st_net_watch(st_net *_Nonnull net, int fd);
/* Sleeps until something is there or the time is over. */
ST_HOT void st_net_wait(st_net *_Nonnull net, uint64_t timeout_ns);

/* Accepts connections of a listening, blocking socket, which stays the caller's: once, before the first hot
 * call. The next connection's descriptor, or -EAGAIN. */
void st_net_listen(st_net *_Nonnull net, int fd);
ST_HOT int64_t st_net_accept(st_net *_Nonnull net);

/* For tests: the next `count` system calls that submit answer `failure` (a negative errno) without being
 * made. */
void st_net_fail_submits(st_net *_Nonnull net, int64_t failure, uint32_t count);

#endif

/* What uring_ring.c and uring_net.c share: the state of the network over io_uring, and the steps between its
 * two halves. Nobody else includes this.
 *
 * A receive stands in the kernel for each stream and each open session (multishot: one that goes on by
 * itself). Its completions name buffers, which wait in the source's queue until Swift asks for them; the
 * buffer that was handed out goes back to the kernel with the next call for the same source. A stop of a
 * receive for any reason (every buffer full, no room for completions, a signal) only means that it is asked
 * for again: what the kernel holds for us meanwhile lies in the socket's own buffer. */
#ifndef ST_URING_STATE_H
#define ST_URING_STATE_H

#include <liburing.h>
#include <netinet/in.h>
#include <string.h>

#include "st_gate.h"
#include "st_uring_net.h"

/* What a completion is of: the request's kind, its source, and which of the source's connections. */
enum { of_receive = 1, of_send, of_connect, of_accept, of_nothing, of_watch };

static inline uint64_t st_net_tag(unsigned kind, uint32_t source, uint32_t generation)
{
    return (uint64_t)kind << 56 | (uint64_t)source << 32 | generation;
}

/* Something received that nobody has asked for yet. */
typedef struct piece {
    uint32_t length; /* as the kernel told it */
    uint16_t buffer;
    uint64_t stamp_ns; /* of a single receive; a multishot one has it in the buffer */
} piece;

/* A stream or a session: a socket that is received from. */
typedef struct source {
    int fd;              /* -1: none */
    uint32_t index;      /* and the number of its group of buffers */
    uint32_t place;      /* in the registered files: a session's connections take two in turn */
    uint32_t generation; /* of the session's connection: completions of an older one are passed over */
    bool is_datagrams;
    bool is_armed;  /* a receive stands in the kernel, or is on its way there */
    bool wants_arm; /* one is to be asked for when there are buffers */
    bool is_connecting;
    bool is_connected; /* the kernel has said so and nobody has asked yet */
    bool has_ended;
    int32_t held; /* the buffer that was handed out; -1: none */
    int64_t end;  /* why it has ended: 0 in order, or negative errno */
    int64_t connect_result;

    struct io_uring_buf_ring *ring;
    uint8_t *buffers;
    uint32_t buffer_count, buffer_bytes;
    piece *queue; /* room for as many as there are buffers, so that it is never full */
    uint32_t taken, put;

    struct msghdr message;
    _Alignas(struct cmsghdr) uint8_t control[ST_STAMP_BYTES];
    struct sockaddr_in peer;

    /* SQPOLL: bytes that were taken and are not sent, and how many of them a send is under way with. */
    uint8_t *out;
    uint32_t out_begin, out_end, out_flying;
    unsigned closed_at[2]; /* requests made when the last connection in each place was closed */
} source;

enum { out_bytes = 1 << 16, accepted_max = 64, submit_tries_max = 1000 };

struct st_net {
    struct io_uring ring;
    st_net_settings settings;
    st_net_counts counts;
    bool is_made, has_started;
    int ring_number; /* of the ring among the descriptors that this thread has registered; -1: it has not */
    pid_t thread;
    uint32_t source_count;
    source *sources; /* the streams, then the sessions */
    uint32_t arms_wanted;

    bool is_sending; /* a send whose result has not come; its number, so that no other is taken for it */
    uint32_t send_number;
    int64_t send_result;

    int listener;
    bool is_accepting;
    int accepted[accepted_max];
    uint32_t accepted_count;

    int watched;      /* ends a sleep when it can be read; -1: none */
    bool is_watching; /* the kernel looks at it                     */

    st_gate *gate; /* NULL: none */

    int64_t fail_with;
    uint32_t fail_count;

    uint8_t *memory;
    size_t memory_bytes;
};

static inline uint32_t st_net_control_bytes(const st_net *net)
{
    return net->settings.is_stamped ? ST_STAMP_BYTES : 0;
}

/* What stands before a datagram in its buffer. */
static inline uint32_t st_net_head_bytes(const st_net *net)
{
    if (net->settings.is_single_shot) return 0;
    return (uint32_t)sizeof(struct io_uring_recvmsg_out) + st_net_control_bytes(net);
}

static inline void st_net_give(source *from, uint16_t buffer)
{
    io_uring_buf_ring_add(from->ring, from->buffers + (size_t)from->buffer_bytes * buffer, from->buffer_bytes,
                          buffer, (int)from->buffer_count - 1, 0);
    io_uring_buf_ring_advance(from->ring, 1);
}

static inline bool st_net_any_completions(const st_net *net)
{
    const struct io_uring_cq *cq = &net->ring.cq;
    /* acquire, pairs with the kernel's release after it has written the completions. */
    return *cq->khead != io_uring_smp_load_acquire(cq->ktail);
}

/* Requests that the kernel has not taken. */
static inline unsigned st_net_unsubmitted(const st_net *net)
{
    const struct io_uring_sq *sq = &net->ring.sq;
    return sq->sqe_tail - io_uring_smp_load_acquire(sq->khead);
}

static inline void st_net_want_arm(st_net *net, source *it)
{
    if (it->wants_arm) return;
    it->wants_arm = true;
    net->arms_wanted += 1;
}

/* The connection has ended, or failed; told to who receives when all that came before has been looked at. */
static inline int64_t st_net_broken(source *it, int64_t failure)
{
    if (!it->has_ended) {
        it->has_ended = true;
        it->end = failure;
    }
    return failure;
}

/* uring_ring.c */
void st_net_start(st_net *net);
/* One system call: takes what is published, runs what the kernel has put off, and sleeps where `limit` is
 * given. How many requests were taken, or negative errno. */
int64_t st_net_enter(st_net *net, unsigned flags, struct __kernel_timespec *limit);
/* A request to fill; NULL: the kernel takes none now. */
struct io_uring_sqe *st_net_request(st_net *net);
/* Asks for the receives that are wanted, with the next system call. */
void st_net_arm_wanted(st_net *net, bool is_likely_empty);
/* Takes the completions that are there. */
void st_net_reap(st_net *net);
/* Takes what has come. A system call only where the kernel has put something off or must be asked for
 * something. */
void st_net_turn(st_net *net);
/* uring_net.c: a send of all that waits, where none is under way. */
bool st_net_fly(st_net *net, source *it);

#endif

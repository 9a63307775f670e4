/* Network over io_uring: see the header.
 *
 * A receive stands in the kernel for each stream and each open session (multishot: one that goes on by
 * itself). Its completions name buffers, which wait in the source's queue until Swift asks for them; the
 * buffer that was handed out goes back to the kernel with the next call for the same source. A stop of a
 * receive for any reason (every buffer full, no room for completions, a signal) only means that it is asked
 * for again: what the kernel holds for us meanwhile lies in the socket's own buffer. */
#define _GNU_SOURCE
#include <liburing.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "st_uring_net.h"

/* What a completion is of: the request's kind, its source, and which of the source's connections. */
enum { of_receive = 1, of_send, of_connect, of_accept, of_nothing };

static uint64_t tag(unsigned kind, uint32_t source, uint32_t generation)
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

    int64_t fail_with;
    uint32_t fail_count;

    uint8_t *memory;
    size_t memory_bytes;
};

static uint32_t control_bytes(const st_net *net) { return net->settings.is_stamped ? ST_STAMP_BYTES : 0; }

/* What stands before a datagram in its buffer. */
static uint32_t head_bytes(const st_net *net)
{
    if (net->settings.is_single_shot) return 0;
    return (uint32_t)sizeof(struct io_uring_recvmsg_out) + control_bytes(net);
}

/* --- Making and ending --- */

static size_t rounded(size_t bytes) { return (bytes + 4095) & ~(size_t)4095; }

static unsigned completions_max(const st_net_settings *s)
{
    /* Each buffer may wait with its own; and an end, a send, a connect and a cancel of each source. */
    unsigned most = s->stream_count * s->datagram_buffer_count + s->session_count * s->session_buffer_count +
                    4 * (s->stream_count + s->session_count) + accepted_max;
    unsigned entries = 64;
    while (entries < most && entries < 65536)
        entries *= 2;
    return entries;
}

static int init_ring(st_net *net, unsigned flags)
{
    struct io_uring_params params;
    memset(&params, 0, sizeof params);
    /* Not enabled yet: the thread that does it is the one that the ring belongs to. */
    params.flags = flags | IORING_SETUP_R_DISABLED | IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP;
    params.cq_entries = net->settings.cq_entries ? net->settings.cq_entries : completions_max(&net->settings);
    if (net->settings.is_polled) {
        params.flags |= IORING_SETUP_SQPOLL;
        params.sq_thread_idle = net->settings.polling_idle_ms;
        if (net->settings.polling_core >= 0) {
            params.flags |= IORING_SETUP_SQ_AFF;
            params.sq_thread_cpu = (unsigned)net->settings.polling_core;
        }
    }
    unsigned entries = 64;
    if (entries > params.cq_entries) entries = params.cq_entries;
    return io_uring_queue_init_params(entries, &net->ring, &params);
}

static int make_ring(st_net *net)
{
    if (net->settings.is_polled) return init_ring(net, 0);
    static const unsigned flags[] = {
        [ST_NET_TASKRUN_DEFERRED] =
            IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_TASKRUN_FLAG,
        [ST_NET_TASKRUN_COOPERATE] = IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG,
        [ST_NET_TASKRUN_INTERRUPT] = 0,
    };
    uint32_t wanted = net->settings.taskrun;
    int result = -EINVAL;
    for (uint32_t kind = ST_NET_TASKRUN_DEFERRED; kind <= ST_NET_TASKRUN_INTERRUPT; kind++) {
        if (wanted != ST_NET_TASKRUN_BEST && wanted != kind) continue;
        net->settings.taskrun = kind;
        result = init_ring(net, flags[kind]);
        if (result != -EINVAL) break; /* a flag that this kernel does not know */
    }
    return result;
}

/* What cannot be done without is there; multishot receives came with Linux 6.0, as did this other operation.
 */
static int probe(st_net *net)
{
    static const int needed[] = {IORING_OP_RECVMSG, IORING_OP_RECV,   IORING_OP_SEND,
                                 IORING_OP_CONNECT, IORING_OP_ACCEPT, IORING_OP_ASYNC_CANCEL};
    struct io_uring_probe *found = io_uring_get_probe_ring(&net->ring);
    if (!found) return -EOPNOTSUPP;
    int result = (net->ring.features & IORING_FEAT_EXT_ARG) && (net->ring.features & IORING_FEAT_NODROP)
                     ? 0
                     : -EOPNOTSUPP;
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!io_uring_opcode_supported(found, needed[i])) result = -EOPNOTSUPP;
    if (!io_uring_opcode_supported(found, IORING_OP_SEND_ZC)) net->settings.is_single_shot = true;
    io_uring_free_probe(found);
    return result;
}

static void give(source *from, uint16_t buffer)
{
    io_uring_buf_ring_add(from->ring, from->buffers + (size_t)from->buffer_bytes * buffer, from->buffer_bytes,
                          buffer, (int)from->buffer_count - 1, 0);
    io_uring_buf_ring_advance(from->ring, 1);
}

static int make_sources(st_net *net)
{
    const st_net_settings *s = &net->settings;
    net->source_count = s->stream_count + s->session_count;
    if (net->source_count == 0) return 0;
    net->sources = calloc(net->source_count, sizeof *net->sources);
    if (!net->sources) return -ENOMEM;
    size_t bytes = 0;
    for (uint32_t i = 0; i < net->source_count; i++) {
        source *it = &net->sources[i];
        it->fd = -1;
        it->held = -1;
        it->index = it->place = i;
        it->is_datagrams = i < s->stream_count;
        it->buffer_count = it->is_datagrams ? s->datagram_buffer_count : s->session_buffer_count;
        it->buffer_bytes =
            it->is_datagrams ? head_bytes(net) + s->datagram_bytes_max : s->session_buffer_bytes;
        it->buffer_bytes = (it->buffer_bytes + 63) & ~63u;
        bytes += rounded(it->buffer_count * sizeof(struct io_uring_buf));
        bytes += rounded((size_t)it->buffer_count * it->buffer_bytes);
        bytes += rounded(it->buffer_count * sizeof(piece));
        if (!it->is_datagrams && s->is_polled) bytes += out_bytes;
    }
    net->memory_bytes = bytes;
    /* Filled with pages at once: no fault later. */
    void *memory =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED) return (int)st_result(-1);
    net->memory = memory;
    uint8_t *next = memory;
    for (uint32_t i = 0; i < net->source_count; i++) {
        source *it = &net->sources[i];
        it->ring = (void *)next;
        next += rounded(it->buffer_count * sizeof(struct io_uring_buf));
        it->buffers = next;
        next += rounded((size_t)it->buffer_count * it->buffer_bytes);
        it->queue = (void *)next;
        next += rounded(it->buffer_count * sizeof(piece));
        if (!it->is_datagrams && s->is_polled) {
            it->out = next;
            next += out_bytes;
        }
        struct io_uring_buf_reg group;
        memset(&group, 0, sizeof group);
        group.ring_addr = (uint64_t)(uintptr_t)it->ring;
        group.ring_entries = it->buffer_count;
        group.bgid = (uint16_t)i;
        int result = io_uring_register_buf_ring(&net->ring, &group, 0);
        if (result < 0) return result;
        io_uring_buf_ring_init(it->ring);
        for (uint32_t buffer = 0; buffer < it->buffer_count; buffer++)
            give(it, (uint16_t)buffer);
    }
    return io_uring_register_files_sparse(&net->ring, 2 * net->source_count);
}

int64_t st_net_create(st_net_settings *settings, st_net **made, const char **step)
{
    *made = NULL;
    *step = "take memory";
    st_net *net = calloc(1, sizeof *net);
    if (!net) return -ENOMEM;
    net->settings = *settings;
    net->ring_number = -1;
    net->listener = -1;
    *step = net->settings.is_polled ? "make a ring with a polling thread" : "make a ring";
    int result = make_ring(net);
    if (result == 0) {
        net->is_made = true;
        *step = "find the operations that the network needs";
        result = probe(net);
    }
    if (result == 0) {
        *step = "register buffers and files";
        result = make_sources(net);
    }
    if (result < 0) {
        st_net_destroy(net);
        return result;
    }
    *settings = net->settings;
    *made = net;
    return 0;
}

void st_net_destroy(st_net *net)
{
    for (uint32_t i = 0; net->sources && i < net->source_count; i++) {
        source *it = &net->sources[i];
        if (it->fd < 0) continue;
        /* The kernel may hold the socket a while longer for the receive that stands there: the peer is to
         * hear of the end now. */
        shutdown(it->fd, SHUT_RDWR);
        close(it->fd);
    }
    for (uint32_t i = 0; i < net->accepted_count; i++)
        close(net->accepted[i]);
    if (net->is_made) {
        if (net->has_started && net->thread == gettid()) {
            /* All that stands is called back here and now, so that ports are free when this returns. Another
             * thread may not ask for it; then it happens a little later. */
            struct io_uring_sync_cancel_reg all;
            memset(&all, 0, sizeof all);
            all.fd = -1;
            all.flags = IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL;
            all.timeout.tv_sec = 1;
            io_uring_register_sync_cancel(&net->ring, &all);
            io_uring_unregister_files(&net->ring);
            if (net->ring_number >= 0) {
                struct io_uring_rsrc_update gone = {.offset = (uint32_t)net->ring_number};
                io_uring_register((unsigned)net->ring.ring_fd, IORING_UNREGISTER_RING_FDS, &gone, 1);
            }
        }
        io_uring_queue_exit(&net->ring);
    }
    if (net->memory) munmap(net->memory, net->memory_bytes);
    free(net->sources);
    free(net);
}

st_net_counts st_net_counts_of(const st_net *net) { return net->counts; }
uint64_t st_net_system_calls(const st_net *net) { return net->counts.system_calls; }
int st_net_stream_descriptor(const st_net *net, uint32_t stream) { return net->sources[stream].fd; }
int st_net_session_descriptor(const st_net *net, uint32_t session)
{
    return net->sources[net->settings.stream_count + session].fd;
}
void st_net_fail_submits(st_net *net, int64_t failure, uint32_t count)
{
    net->fail_with = failure;
    net->fail_count = count;
}

/* The first hot call: the ring belongs to this thread from here on. */
static void start(st_net *net)
{
    net->has_started = true;
    net->thread = gettid();
    net->counts.system_calls += 2;
    io_uring_register((unsigned)net->ring.ring_fd, IORING_REGISTER_ENABLE_RINGS, NULL, 0);
    /* Its number among the thread's own spares the kernel a look-up at each call; not every kernel has it. */
    struct io_uring_rsrc_update own = {.offset = UINT32_MAX, .data = (uint64_t)(unsigned)net->ring.ring_fd};
    if (io_uring_register((unsigned)net->ring.ring_fd, IORING_REGISTER_RING_FDS, &own, 1) == 1)
        net->ring_number = (int)own.offset;
}

/* --- The rings --- */

static bool any_completions(const st_net *net)
{
    const struct io_uring_cq *cq = &net->ring.cq;
    /* acquire, pairs with the kernel's release after it has written the completions. */
    return *cq->khead != io_uring_smp_load_acquire(cq->ktail);
}

static unsigned kernel_flags(const st_net *net) { return IO_URING_READ_ONCE(*net->ring.sq.kflags); }

/* Requests that the kernel has not taken. */
static unsigned unsubmitted(const st_net *net)
{
    const struct io_uring_sq *sq = &net->ring.sq;
    return sq->sqe_tail - io_uring_smp_load_acquire(sq->khead);
}

/* Puts the filled requests where the kernel looks. */
static void publish(st_net *net)
{
    struct io_uring_sq *sq = &net->ring.sq;
    if (sq->sqe_head == sq->sqe_tail) return;
    unsigned tail = *sq->ktail;
    while (sq->sqe_head != sq->sqe_tail) {
        sq->array[tail++ & sq->ring_mask] = sq->sqe_head++ & sq->ring_mask;
    }
    /* release, pairs with the kernel's acquire: it reads the requests after the tail. */
    io_uring_smp_store_release(sq->ktail, tail);
}

/* One system call: takes what is published, runs what the kernel has put off, and sleeps where `limit` is
 * given. How many requests were taken, or negative errno. */
static int64_t enter(st_net *net, unsigned flags, struct __kernel_timespec *limit)
{
    publish(net);
    unsigned count = unsubmitted(net);
    if (net->settings.is_polled) {
        /* The kernel's thread takes them; it may sleep. Full fence: the tail is written before the flag is
         * read, pairs with the fence of that thread before it sleeps. */
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
        if (count > 0 && kernel_flags(net) & IORING_SQ_NEED_WAKEUP) flags |= IORING_ENTER_SQ_WAKEUP;
        if (flags == 0) return count;
    }
    net->counts.system_calls += 1;
    if (net->fail_count > 0 && count > 0) {
        net->fail_count -= 1;
        net->counts.refused += 1;
        return net->fail_with;
    }
    struct io_uring_getevents_arg arg;
    void *extra = NULL;
    size_t extra_bytes = _NSIG / 8;
    if (limit) {
        memset(&arg, 0, sizeof arg);
        arg.ts = (uint64_t)(uintptr_t)limit;
        extra = &arg;
        extra_bytes = sizeof arg;
        flags |= IORING_ENTER_EXT_ARG;
    }
    unsigned fd = (unsigned)net->ring.ring_fd;
    if (net->ring_number >= 0) {
        fd = (unsigned)net->ring_number;
        flags |= IORING_ENTER_REGISTERED_RING;
    }
    int64_t taken =
        st_result(syscall(SYS_io_uring_enter, fd, count, limit ? 1u : 0u, flags, extra, extra_bytes));
    if (taken == -EINTR)
        net->counts.interrupted += 1;
    else if (taken < 0 && taken != -ETIME)
        net->counts.refused += 1;
    return taken;
}

/* A request to fill; NULL: the kernel takes none now. */
static struct io_uring_sqe *request(st_net *net)
{
    struct io_uring_sqe *entry = io_uring_get_sqe(&net->ring);
    if (entry) return entry;
    enter(net, 0, NULL);
    return io_uring_get_sqe(&net->ring);
}

static void want_arm(st_net *net, source *it)
{
    if (it->wants_arm) return;
    it->wants_arm = true;
    net->arms_wanted += 1;
}

/* Asks for a receive of `it`, with the next system call. */
static bool arm(st_net *net, source *it, bool is_likely_empty)
{
    struct io_uring_sqe *entry = request(net);
    if (!entry) return false;
    bool once = net->settings.is_single_shot;
    if (it->is_datagrams) {
        memset(&it->message, 0, sizeof it->message);
        it->message.msg_controllen = control_bytes(net);
        if (!once) {
            io_uring_prep_recvmsg_multishot(entry, (int)it->place, &it->message, MSG_TRUNC);
        } else if (net->settings.is_stamped) {
            it->message.msg_control = it->control;
            io_uring_prep_recvmsg(entry, (int)it->place, &it->message, MSG_TRUNC);
        } else {
            io_uring_prep_recv(entry, (int)it->place, NULL, 0, MSG_TRUNC);
        }
    } else {
        io_uring_prep_recv(entry, (int)it->place, NULL, 0, 0);
        if (!once) entry->ioprio |= IORING_RECV_MULTISHOT;
    }
    entry->flags |= IOSQE_FIXED_FILE | IOSQE_BUFFER_SELECT;
    entry->buf_group = (uint16_t)it->index;
    /* Spares the kernel a look that finds nothing. */
    if (is_likely_empty) entry->ioprio |= IORING_RECVSEND_POLL_FIRST;
    io_uring_sqe_set_data64(entry, tag(of_receive, it->index, it->generation));
    it->is_armed = true;
    it->wants_arm = false;
    net->arms_wanted -= 1;
    net->counts.receives_armed += 1;
    return true;
}

static void arm_wanted(st_net *net, bool is_likely_empty)
{
    for (uint32_t i = 0; net->arms_wanted > 0 && i < net->source_count; i++) {
        source *it = &net->sources[i];
        /* Not while most buffers wait to be looked at: the receive would end again at once. */
        if (it->wants_arm && it->put - it->taken <= it->buffer_count / 2 && !arm(net, it, is_likely_empty))
            return;
    }
}

static bool fly(st_net *net, source *it);

static void take_receive(st_net *net, source *it, bool is_current, int32_t result, uint32_t flags)
{
    if (flags & IORING_CQE_F_BUFFER) {
        uint16_t buffer = (uint16_t)(flags >> IORING_CQE_BUFFER_SHIFT);
        if (is_current && result > 0) {
            piece *put = &it->queue[it->put++ & (it->buffer_count - 1)];
            put->buffer = buffer;
            put->length = (uint32_t)result;
            put->stamp_ns = 0;
            if (it->is_datagrams && net->settings.is_single_shot && net->settings.is_stamped)
                put->stamp_ns = st_stamp_of(it->control, it->message.msg_controllen);
        } else {
            give(it, buffer);
        }
    }
    if (flags & IORING_CQE_F_MORE || !is_current) return;
    it->is_armed = false;
    if (result == -ENOBUFS) net->counts.buffers_exhausted += 1;
    bool goes_on = result > 0 || result == -ENOBUFS || result == -EAGAIN || result == -EINTR;
    if (it->is_datagrams || goes_on) {
        if (it->is_datagrams && !goes_on && result != 0) it->end = result;
        want_arm(net, it);
        return;
    }
    if (!it->has_ended) {
        it->has_ended = true;
        it->end = result;
    }
}

/* The connection has failed; told to who receives when all that came before has been looked at. */
static int64_t broken(source *it, int64_t failure)
{
    if (!it->has_ended) {
        it->has_ended = true;
        it->end = failure;
    }
    return failure;
}

static void take_send(st_net *net, source *it, bool is_current, uint32_t number, int32_t result)
{
    if (!net->settings.is_polled) {
        if (number != net->send_number) return;
        net->is_sending = false;
        net->send_result = result;
        return;
    }
    if (!is_current) return;
    if (result > 0) {
        if ((uint32_t)result < it->out_flying) net->counts.sends_partial += 1;
        it->out_begin += (uint32_t)result;
    } else if (result != -EAGAIN && result != -EINTR) {
        broken(it, result);
    }
    it->out_flying = 0;
    if (!it->has_ended) fly(net, it);
}

static void take(st_net *net, uint64_t data, int32_t result, uint32_t flags)
{
    unsigned kind = (unsigned)(data >> 56);
    if (kind == of_accept) {
        if (result >= 0 && net->accepted_count < accepted_max)
            net->accepted[net->accepted_count++] = result;
        else if (result >= 0)
            close(result);
        if (!(flags & IORING_CQE_F_MORE)) net->is_accepting = false;
        return;
    }
    uint32_t index = (uint32_t)(data >> 32) & 0xffffff;
    if (kind == of_nothing || index >= net->source_count) return;
    source *it = &net->sources[index];
    bool is_current = it->fd >= 0 && it->generation == (uint32_t)data;
    switch (kind) {
    case of_receive:
        take_receive(net, it, is_current, result, flags);
        break;
    case of_send:
        take_send(net, it, is_current, (uint32_t)data, result);
        break;
    case of_connect:
        if (!is_current) break;
        it->is_connecting = false;
        it->is_connected = true;
        it->connect_result = result;
        break;
    default:
        break;
    }
}

static void reap(st_net *net)
{
    struct io_uring_cq *cq = &net->ring.cq;
    unsigned head = *cq->khead;
    /* acquire, pairs with the kernel's release after it has written the completions. */
    unsigned tail = io_uring_smp_load_acquire(cq->ktail);
    while (head != tail) {
        const struct io_uring_cqe *done = &cq->cqes[head & cq->ring_mask];
        take(net, done->user_data, done->res, done->flags);
        head++;
    }
    /* release, pairs with the kernel's acquire: it may write over them from here on. */
    io_uring_smp_store_release(cq->khead, head);
}

/* Takes what has come. A system call only where the kernel has put something off or must be asked for
 * something. */
static void turn(st_net *net)
{
    if (!net->has_started) start(net);
    if (any_completions(net)) {
        reap(net);
        /* The rest of a send goes on at once; here that is no system call, as a rule. */
        if (net->settings.is_polled && net->ring.sq.sqe_head != net->ring.sq.sqe_tail) enter(net, 0, NULL);
        return;
    }
    if (net->arms_wanted > 0) arm_wanted(net, false);
    unsigned flags = kernel_flags(net);
    if (flags & IORING_SQ_CQ_OVERFLOW) net->counts.cq_overflows += 1;
    if (flags & (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW) || net->settings.enters_always) {
        enter(net, IORING_ENTER_GETEVENTS, NULL);
    } else if (unsubmitted(net) > 0) {
        enter(net, net->settings.is_polled ? 0 : IORING_ENTER_GETEVENTS, NULL);
    } else {
        return;
    }
    reap(net);
}

void st_net_wait(st_net *net, uint64_t timeout_ns)
{
    if (!net->has_started) start(net);
    for (uint32_t i = 0; i < net->source_count; i++)
        if (net->sources[i].put != net->sources[i].taken) return;
    if (net->arms_wanted > 0) arm_wanted(net, false);
    if (!any_completions(net)) {
        struct __kernel_timespec limit = {(long long)(timeout_ns / 1000000000ull),
                                          (long long)(timeout_ns % 1000000000ull)};
        enter(net, IORING_ENTER_GETEVENTS, &limit);
    }
    reap(net);
}

/* --- Streams --- */

/* Registers the socket in the source's place among the files; -1 takes it out. */
static int64_t register_file(st_net *net, const source *it, int fd)
{
    net->counts.system_calls += 1;
    int result = io_uring_register_files_update(&net->ring, it->place, &fd, 1);
    return result < 0 ? result : 0;
}

int64_t st_net_add_stream(st_net *net, uint32_t stream, int fd)
{
    source *it = &net->sources[stream];
    int64_t result = register_file(net, it, fd);
    if (result < 0) return result;
    it->fd = fd;
    want_arm(net, it);
    return 0;
}

/* The next of the queue, after what was handed out before has gone back to the kernel. */
static piece *next_piece(st_net *net, source *it)
{
    if (it->held >= 0) {
        give(it, (uint16_t)it->held);
        it->held = -1;
    }
    if (it->taken == it->put) {
        turn(net);
        if (it->taken == it->put) return NULL;
    }
    piece *next = &it->queue[it->taken++ & (it->buffer_count - 1)];
    it->held = next->buffer;
    return next;
}

int64_t st_net_receive_datagram(st_net *net, uint32_t stream, const void **bytes, uint64_t *stamp_ns)
{
    source *it = &net->sources[stream];
    const piece *next = next_piece(net, it);
    if (!next) {
        int64_t failure = it->end;
        it->end = 0;
        return failure < 0 ? failure : -EAGAIN;
    }
    const uint8_t *buffer = it->buffers + (size_t)it->buffer_bytes * next->buffer;
    *stamp_ns = next->stamp_ns;
    if (net->settings.is_single_shot) {
        *bytes = buffer;
        return next->length;
    }
    /* The kernel writes what it has to tell, the control bytes that there was room for, and the datagram. */
    struct io_uring_recvmsg_out told;
    memcpy(&told, buffer, sizeof told);
    if (net->settings.is_stamped) *stamp_ns = st_stamp_of(buffer + sizeof told, told.controllen);
    *bytes = buffer + head_bytes(net);
    return told.payloadlen;
}

uint32_t st_net_waiting(const st_net *net, uint32_t stream)
{
    return net->sources[stream].put - net->sources[stream].taken;
}

/* --- Sessions --- */

static source *session_of(st_net *net, uint32_t session)
{
    return &net->sources[net->settings.stream_count + session];
}

int64_t st_net_connect(st_net *net, uint32_t session, st_address to, uint32_t user_timeout_ms)
{
    if (!net->has_started) start(net);
    st_net_close(net, session);
    source *it = session_of(net, session);
    uint32_t turn_of = it->generation & 1;
    it->place = it->index + turn_of * net->source_count;
    /* Requests of the one before the last that wait would be taken for the new one's. */
    if ((int32_t)(io_uring_smp_load_acquire(net->ring.sq.khead) - it->closed_at[turn_of]) < 0) return -EBUSY;
    int64_t fd = st_tcp_open(user_timeout_ms, true, &net->counts.system_calls);
    if (fd < 0) return fd;
    int64_t result = register_file(net, it, (int)fd);
    struct io_uring_sqe *entry = result < 0 ? NULL : request(net);
    if (result == 0 && !entry) result = -EAGAIN;
    if (result < 0) {
        net->counts.system_calls += 1;
        close((int)fd);
        return result;
    }
    it->fd = (int)fd;
    memset(&it->peer, 0, sizeof it->peer);
    it->peer.sin_family = AF_INET;
    it->peer.sin_addr.s_addr = htonl(to.host);
    it->peer.sin_port = htons(to.port);
    io_uring_prep_connect(entry, (int)it->place, (const struct sockaddr *)&it->peer, sizeof it->peer);
    entry->flags |= IOSQE_FIXED_FILE;
    io_uring_sqe_set_data64(entry, tag(of_connect, it->index, it->generation));
    it->is_connecting = true;
    enter(net, 0, NULL); /* what it takes not now it takes at the next turn */
    return 0;
}

int64_t st_net_connect_finish(st_net *net, uint32_t session)
{
    source *it = session_of(net, session);
    turn(net);
    if (it->fd < 0) return -ENOTCONN;
    if (!it->is_connected) return 0;
    it->is_connected = false;
    int64_t result = it->connect_result;
    /* The kernel's word is not all: see there. */
    if (result == 0) result = st_tcp_connect_finish(it->fd, &net->counts.system_calls);
    if (result <= 0) {
        st_net_close(net, session);
        return result == 0 ? -ECONNREFUSED : result;
    }
    want_arm(net, it);
    return 1;
}

int64_t st_net_receive(st_net *net, uint32_t session, const void **bytes)
{
    source *it = session_of(net, session);
    const piece *next = next_piece(net, it);
    if (!next) return it->has_ended ? it->end : -EAGAIN;
    *bytes = it->buffers + (size_t)it->buffer_bytes * next->buffer;
    return next->length;
}

static void fill_send(source *it, struct io_uring_sqe *entry, const void *bytes, size_t count, int flags)
{
    io_uring_prep_send(entry, (int)it->place, bytes, count, flags | MSG_NOSIGNAL);
    entry->flags |= IOSQE_FIXED_FILE;
    io_uring_sqe_set_data64(entry, tag(of_send, it->index, it->generation));
}

/* SQPOLL: a send of all that waits, where none is under way. It sleeps in the kernel until the peer has room.
 */
static bool fly(st_net *net, source *it)
{
    if (it->out_flying > 0) return true;
    if (it->out_begin == it->out_end) {
        it->out_begin = it->out_end = 0;
        return true;
    }
    struct io_uring_sqe *entry = request(net);
    if (!entry) return false;
    it->out_flying = it->out_end - it->out_begin;
    fill_send(it, entry, it->out + it->out_begin, it->out_flying, 0);
    return true;
}

static int64_t send_polled(st_net *net, source *it, const void *bytes, size_t count)
{
    if (any_completions(net)) reap(net);
    if (it->has_ended) return it->end < 0 ? it->end : -EPIPE;
    if (it->out_flying == 0 && it->out_begin == it->out_end) it->out_begin = it->out_end = 0;
    size_t room = out_bytes - it->out_end;
    if (room == 0 && it->out_flying == 0) {
        memmove(it->out, it->out + it->out_begin, it->out_end - it->out_begin);
        it->out_end -= it->out_begin;
        it->out_begin = 0;
        room = out_bytes - it->out_end;
    }
    size_t taken = count < room ? count : room;
    if (taken > 0) memcpy(it->out + it->out_end, bytes, taken);
    it->out_end += (uint32_t)taken;
    fly(net, it);
    if (net->arms_wanted > 0) arm_wanted(net, true);
    enter(net, 0, NULL);
    if (taken > 0) return (int64_t)taken;
    net->counts.sends_full += 1;
    return -EAGAIN;
}

int64_t st_net_send(st_net *net, uint32_t session, const void *bytes, size_t count)
{
    if (!net->has_started) start(net);
    source *it = session_of(net, session);
    if (it->fd < 0) return -ENOTCONN;
    if (count == 0) return 0;
    if (net->settings.is_polled) return send_polled(net, it, bytes, count);
    struct io_uring_sqe *entry = request(net);
    if (!entry) return -EAGAIN;
    unsigned place = net->ring.sq.sqe_tail; /* one behind it */
    /* Done or refused within the system call, never later: the bytes are the caller's. */
    fill_send(it, entry, bytes, count, MSG_DONTWAIT);
    net->send_number += 1;
    io_uring_sqe_set_data64(entry, tag(of_send, it->index, net->send_number));
    net->is_sending = true;
    if (net->arms_wanted > 0) arm_wanted(net, true);
    for (unsigned tries = 0; net->is_sending; tries++) {
        /* Events are asked for when completions had no room. */
        enter(net, tries == 0 ? 0 : IORING_ENTER_GETEVENTS, NULL);
        reap(net);
        if (!net->is_sending) break;
        bool was_taken = (int32_t)(io_uring_smp_load_acquire(net->ring.sq.khead) - place) >= 0;
        if (tries < submit_tries_max) continue;
        net->is_sending = false;
        net->send_number += 1;
        /* What may have left counts as broken: whoever sent it learns its fate from the peer. */
        if (was_taken) return broken(it, -EIO);
        /* The kernel has not seen it, and must not see it later: it becomes nothing. */
        io_uring_prep_nop(entry);
        io_uring_sqe_set_data64(entry, tag(of_nothing, 0, 0));
        net->counts.sends_full += 1;
        return -EAGAIN;
    }
    int64_t sent = net->send_result;
    if (sent >= 0 && (size_t)sent < count) net->counts.sends_partial += 1;
    if (sent == -EAGAIN) net->counts.sends_full += 1;
    return sent >= 0 || sent == -EAGAIN || sent == -EINTR ? sent : broken(it, sent);
}

uint64_t st_net_unsent(const st_net *net, uint32_t session)
{
    const source *it = &net->sources[net->settings.stream_count + session];
    return it->out_end - it->out_begin;
}

/* Requests of `it` that the kernel has not taken must not meet the next socket in its place. */
static void forget_requests(st_net *net, const source *it)
{
    unsigned tries_max = net->settings.is_polled ? 1 : submit_tries_max;
    for (unsigned tries = 0; tries < tries_max && unsubmitted(net) > 0; tries++)
        enter(net, IORING_ENTER_GETEVENTS, NULL);
    if (net->settings.is_polled) return; /* its thread takes them as they are: see st_net_connect() */
    struct io_uring_sq *sq = &net->ring.sq;
    for (unsigned place = io_uring_smp_load_acquire(sq->khead); place != sq->sqe_tail; place++) {
        struct io_uring_sqe *entry = &sq->sqes[place & sq->ring_mask];
        if (((uint32_t)(entry->user_data >> 32) & 0xffffff) != it->index) continue;
        io_uring_prep_nop(entry);
        io_uring_sqe_set_data64(entry, tag(of_nothing, 0, 0));
    }
}

void st_net_close(st_net *net, uint32_t session)
{
    source *it = session_of(net, session);
    if (it->fd < 0) return;
    bool stands = it->is_armed || it->is_connecting || it->out_flying > 0;
    net->counts.system_calls += 2;
    /* Tells the peer now, whatever the kernel still holds the socket for, and ends what stands. */
    shutdown(it->fd, SHUT_RDWR);
    if (stands) {
        struct io_uring_sqe *entry = request(net);
        if (entry) {
            unsigned kind = it->is_connecting ? of_connect : of_receive;
            io_uring_prep_cancel64(entry, tag(kind, it->index, it->generation), 0);
            io_uring_sqe_set_data64(entry, tag(of_nothing, 0, 0));
        }
        enter(net, IORING_ENTER_GETEVENTS, NULL);
        if (unsubmitted(net) > 0) forget_requests(net, it);
        if (any_completions(net)) reap(net);
    }
    register_file(net, it, -1);
    close(it->fd);
    it->fd = -1;
    it->closed_at[it->generation & 1] =
        net->settings.is_polled ? net->ring.sq.sqe_tail : io_uring_smp_load_acquire(net->ring.sq.khead);
    it->generation += 1;
    if (it->held >= 0) give(it, (uint16_t)it->held);
    it->held = -1;
    while (it->taken != it->put)
        give(it, it->queue[it->taken++ & (it->buffer_count - 1)].buffer);
    if (it->wants_arm) net->arms_wanted -= 1;
    it->wants_arm = it->is_armed = it->is_connecting = it->is_connected = it->has_ended = false;
    it->end = 0;
    it->out_begin = it->out_end = it->out_flying = 0;
}

/* --- Accepting --- */

void st_net_listen(st_net *net, int fd) { net->listener = fd; }

int64_t st_net_accept(st_net *net)
{
    if (net->listener < 0) return -EINVAL;
    if (!net->is_accepting) {
        if (!net->has_started) start(net);
        struct io_uring_sqe *entry = request(net);
        if (!entry) return -EAGAIN;
        io_uring_prep_accept(entry, net->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (!net->settings.is_single_shot) entry->ioprio |= IORING_ACCEPT_MULTISHOT;
        io_uring_sqe_set_data64(entry, tag(of_accept, 0, 0));
        net->is_accepting = true;
    }
    if (net->accepted_count == 0) turn(net);
    if (net->accepted_count == 0) return -EAGAIN;
    int fd = net->accepted[0];
    net->accepted_count -= 1;
    memmove(net->accepted, net->accepted + 1, net->accepted_count * sizeof *net->accepted);
    return fd;
}

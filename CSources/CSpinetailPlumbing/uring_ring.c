/* Network over io_uring: the ring itself. Making and ending it, requests, completions. See st_uring_net.h for
 * what it is for, and uring_state.h for how. */
#define _GNU_SOURCE
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "uring_state.h"

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
            it->is_datagrams ? st_net_head_bytes(net) + s->datagram_bytes_max : s->session_buffer_bytes;
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
            st_net_give(it, (uint16_t)buffer);
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
    net->watched = -1;
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
        if (net->gate && !it->is_datagrams) st_gate_leave(net->gate, i - net->settings.stream_count);
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
void st_net_start(st_net *net)
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

static unsigned kernel_flags(const st_net *net) { return IO_URING_READ_ONCE(*net->ring.sq.kflags); }

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

int64_t st_net_enter(st_net *net, unsigned flags, struct __kernel_timespec *limit)
{
    publish(net);
    unsigned count = st_net_unsubmitted(net);
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

struct io_uring_sqe *st_net_request(st_net *net)
{
    struct io_uring_sqe *entry = io_uring_get_sqe(&net->ring);
    if (entry) return entry;
    st_net_enter(net, 0, NULL);
    return io_uring_get_sqe(&net->ring);
}

/* Asks for a receive of `it`, with the next system call. */
static bool arm(st_net *net, source *it, bool is_likely_empty)
{
    struct io_uring_sqe *entry = st_net_request(net);
    if (!entry) return false;
    bool once = net->settings.is_single_shot;
    if (it->is_datagrams) {
        memset(&it->message, 0, sizeof it->message);
        it->message.msg_controllen = st_net_control_bytes(net);
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
    io_uring_sqe_set_data64(entry, st_net_tag(of_receive, it->index, it->generation));
    it->is_armed = true;
    it->wants_arm = false;
    net->arms_wanted -= 1;
    net->counts.receives_armed += 1;
    return true;
}

void st_net_arm_wanted(st_net *net, bool is_likely_empty)
{
    for (uint32_t i = 0; net->arms_wanted > 0 && i < net->source_count; i++) {
        source *it = &net->sources[i];
        /* Not while most buffers wait to be looked at: the receive would end again at once. */
        if (it->wants_arm && it->put - it->taken <= it->buffer_count / 2 && !arm(net, it, is_likely_empty))
            return;
    }
}

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
            st_net_give(it, buffer);
        }
    }
    if (flags & IORING_CQE_F_MORE || !is_current) return;
    it->is_armed = false;
    if (result == -ENOBUFS) net->counts.buffers_exhausted += 1;
    bool goes_on = result > 0 || result == -ENOBUFS || result == -EAGAIN || result == -EINTR;
    if (it->is_datagrams || goes_on) {
        if (it->is_datagrams && !goes_on && result != 0) it->end = result;
        st_net_want_arm(net, it);
        return;
    }
    st_net_broken(it, result);
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
        if (net->gate)
            st_gate_note_sent(net->gate, it->index - net->settings.stream_count, it->out + it->out_begin,
                              it->out_flying, result);
        it->out_begin += (uint32_t)result;
    } else if (result != -EAGAIN && result != -EINTR) {
        st_net_broken(it, result);
    }
    it->out_flying = 0;
    if (!it->has_ended) st_net_fly(net, it);
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
    if (kind == of_watch) net->is_watching = false;
    uint32_t index = (uint32_t)(data >> 32) & 0xffffff;
    if (kind == of_nothing || kind == of_watch || index >= net->source_count) return;
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

void st_net_reap(st_net *net)
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

void st_net_turn(st_net *net)
{
    if (!net->has_started) st_net_start(net);
    if (st_net_any_completions(net)) {
        st_net_reap(net);
        /* The rest of a send goes on at once; here that is no system call, as a rule. */
        if (net->settings.is_polled && net->ring.sq.sqe_head != net->ring.sq.sqe_tail)
            st_net_enter(net, 0, NULL);
        return;
    }
    if (net->arms_wanted > 0) st_net_arm_wanted(net, false);
    unsigned flags = kernel_flags(net);
    if (flags & IORING_SQ_CQ_OVERFLOW) net->counts.cq_overflows += 1;
    if (flags & (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW) || net->settings.enters_always) {
        st_net_enter(net, IORING_ENTER_GETEVENTS, NULL);
    } else if (st_net_unsubmitted(net) > 0) {
        st_net_enter(net, net->settings.is_polled ? 0 : IORING_ENTER_GETEVENTS, NULL);
    } else {
        return;
    }
    st_net_reap(net);
}

void st_net_watch(st_net *net, int fd) { net->watched = fd; }

/* Asks once for the watched descriptor: a request that stands tells of one wake, and the next sleep asks
 * again. */
static void watch(st_net *net)
{
    struct io_uring_sqe *entry = st_net_request(net);
    if (!entry) return;
    io_uring_prep_poll_add(entry, net->watched, POLLIN);
    io_uring_sqe_set_data64(entry, st_net_tag(of_watch, 0, 0));
    net->is_watching = true;
}

void st_net_wait(st_net *net, uint64_t timeout_ns)
{
    if (!net->has_started) st_net_start(net);
    for (uint32_t i = 0; i < net->source_count; i++)
        if (net->sources[i].put != net->sources[i].taken) return;
    if (net->arms_wanted > 0) st_net_arm_wanted(net, false);
    if (net->watched >= 0 && !net->is_watching) watch(net);
    if (!st_net_any_completions(net)) {
        struct __kernel_timespec limit = {(long long)(timeout_ns / 1000000000ull),
                                          (long long)(timeout_ns % 1000000000ull)};
        st_net_enter(net, IORING_ENTER_GETEVENTS, &limit);
    }
    st_net_reap(net);
}

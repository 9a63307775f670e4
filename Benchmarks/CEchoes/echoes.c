/* Echoes: see the header. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "st_echoes.h"

enum { datagram_max = 9216, buffer_count = 64 };

const char *st_echo_name(int backend)
{
    static const char *const names[ST_ECHO_COUNT] = {"sockets", "epoll", "uring", "uring_single_shot",
                                                     "uring_sqpoll"};
    return backend >= 0 && backend < ST_ECHO_COUNT ? names[backend] : "unknown";
}

static bool is_stopped(const st_echo *echo) { return __atomic_load_n(echo->stop, __ATOMIC_RELAXED) != 0; }

static int64_t blocking(int fd, bool on)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, on ? flags & ~O_NONBLOCK : flags | O_NONBLOCK) < 0) return -errno;
    return 0;
}

static void fill(st_echo *echo, const uint8_t *datagram, size_t bytes)
{
    echo->datagrams += 1;
    if (echo->copy_from + echo->copy_bytes <= bytes)
        memcpy(echo->answer + echo->copy_to, datagram + echo->copy_from, echo->copy_bytes);
}

/* What the venue answers is taken out and looked at no further; after the send, where nobody waits for it.
 * Without it the other side would acknowledge each order with a packet of its own, which an engine's venue
 * does not. */
static void drain(st_echo *echo)
{
    static _Thread_local uint8_t scratch[65536];
    echo->system_calls += 1;
    (void)recv(echo->tcp_fd, scratch, sizeof scratch, MSG_DONTWAIT);
}

static int64_t answer_by_call(st_echo *echo, const uint8_t *datagram, size_t bytes)
{
    fill(echo, datagram, bytes);
    echo->system_calls += 1;
    ssize_t sent = send(echo->tcp_fd, echo->answer, echo->answer_bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return -errno;
    drain(echo);
    return 0;
}

static int64_t run_sockets(st_echo *echo)
{
    static _Thread_local uint8_t datagram[datagram_max];
    while (!is_stopped(echo)) {
        echo->system_calls += 1;
        ssize_t bytes = recv(echo->udp_fd, datagram, sizeof datagram, MSG_DONTWAIT);
        if (bytes < 0) {
            if (errno == EAGAIN || errno == EINTR) continue;
            return -errno;
        }
        int64_t result = answer_by_call(echo, datagram, (size_t)bytes);
        if (result < 0) return result;
    }
    return 0;
}

static int64_t run_epoll(st_echo *echo)
{
    static _Thread_local uint8_t datagram[datagram_max];
    int watch = epoll_create1(EPOLL_CLOEXEC);
    if (watch < 0) return -errno;
    struct epoll_event event = {.events = EPOLLIN};
    int64_t result = epoll_ctl(watch, EPOLL_CTL_ADD, echo->udp_fd, &event) < 0 ? -errno : 0;
    while (result == 0 && !is_stopped(echo)) {
        echo->system_calls += 1;
        if (epoll_wait(watch, &event, 1, 0) <= 0) continue;
        echo->system_calls += 1;
        ssize_t bytes = recv(echo->udp_fd, datagram, sizeof datagram, MSG_DONTWAIT);
        if (bytes >= 0) result = answer_by_call(echo, datagram, (size_t)bytes);
    }
    close(watch);
    return result;
}

/* --- io_uring --- */

typedef struct uring {
    struct io_uring ring;
    struct io_uring_buf_ring *group;
    uint8_t *buffers;
    bool is_polled, is_multishot, is_armed;
    unsigned sending;
} uring;

enum { of_receive = 1, of_send = 2 };

static void give(uring *it, unsigned buffer)
{
    io_uring_buf_ring_add(it->group, it->buffers + (size_t)buffer * datagram_max, datagram_max,
                          (unsigned short)buffer, buffer_count - 1, 0);
    io_uring_buf_ring_advance(it->group, 1);
}

static void arm(uring *it, bool is_likely_empty)
{
    struct io_uring_sqe *entry = io_uring_get_sqe(&it->ring);
    if (!entry) return;
    io_uring_prep_recv(entry, 0, NULL, 0, 0);
    if (it->is_multishot) entry->ioprio |= IORING_RECV_MULTISHOT;
    if (is_likely_empty) entry->ioprio |= IORING_RECVSEND_POLL_FIRST;
    entry->flags |= IOSQE_FIXED_FILE | IOSQE_BUFFER_SELECT;
    entry->buf_group = 0;
    io_uring_sqe_set_data64(entry, of_receive);
    it->is_armed = true;
}

static int make(uring *it, st_echo *echo)
{
    struct io_uring_params params;
    memset(&params, 0, sizeof params);
    if (it->is_polled) {
        params.flags = IORING_SETUP_SQPOLL;
        params.sq_thread_idle = 10000;
        if (echo->polling_core >= 0) {
            params.flags |= IORING_SETUP_SQ_AFF;
            params.sq_thread_cpu = (unsigned)echo->polling_core;
        }
    } else if (echo->taskrun == ST_ECHO_DEFERRED) {
        params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_TASKRUN_FLAG;
    } else if (echo->taskrun == ST_ECHO_COOPERATIVE) {
        params.flags = IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG;
    }
    int result = io_uring_queue_init_params(256, &it->ring, &params);
    if (result < 0) return result;
    if (!it->is_polled) io_uring_register_ring_fd(&it->ring);
    int files[2] = {echo->udp_fd, echo->tcp_fd};
    result = io_uring_register_files(&it->ring, files, 2);
    if (result < 0) return result;
    if (posix_memalign((void **)&it->group, 4096, buffer_count * sizeof(struct io_uring_buf)) != 0)
        return -ENOMEM;
    it->buffers = calloc(buffer_count, datagram_max);
    if (!it->buffers) return -ENOMEM;
    struct io_uring_buf_reg group;
    memset(&group, 0, sizeof group);
    group.ring_addr = (uint64_t)(uintptr_t)it->group;
    group.ring_entries = buffer_count;
    result = io_uring_register_buf_ring(&it->ring, &group, 0);
    if (result < 0) return result;
    io_uring_buf_ring_init(it->group);
    for (unsigned i = 0; i < buffer_count; i++)
        give(it, i);
    return 0;
}

static int64_t take(uring *it, st_echo *echo, const struct io_uring_cqe *done)
{
    if (io_uring_cqe_get_data64(done) == of_send) {
        it->sending -= 1;
        return done->res < 0 && done->res != -EAGAIN ? done->res : 0;
    }
    if (!(done->flags & IORING_CQE_F_MORE)) it->is_armed = false;
    if (!(done->flags & IORING_CQE_F_BUFFER)) return done->res == -ENOBUFS || done->res >= 0 ? 0 : done->res;
    unsigned buffer = done->flags >> IORING_CQE_BUFFER_SHIFT;
    fill(echo, it->buffers + (size_t)buffer * datagram_max, (size_t)done->res);
    give(it, buffer);
    struct io_uring_sqe *entry = io_uring_get_sqe(&it->ring);
    if (!entry) return -EBUSY;
    io_uring_prep_send(entry, 1, echo->answer, echo->answer_bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
    entry->flags |= IOSQE_FIXED_FILE;
    io_uring_sqe_set_data64(entry, of_send);
    it->sending += 1;
    if (!it->is_armed) arm(it, true);
    if (!it->is_polled || IO_URING_READ_ONCE(*it->ring.sq.kflags) & IORING_SQ_NEED_WAKEUP)
        echo->system_calls += 1;
    int result = io_uring_submit(&it->ring);
    drain(echo);
    return result < 0 ? result : 0;
}

static int64_t spin(uring *it, st_echo *echo)
{
    arm(it, false);
    echo->system_calls += 1;
    int64_t result = io_uring_submit(&it->ring);
    if (result > 0) result = 0;
    while (result == 0 && !is_stopped(echo)) {
        unsigned head, count = 0;
        struct io_uring_cqe *done;
        io_uring_for_each_cqe(&it->ring, head, done)
        {
            count += 1;
            result = take(it, echo, done);
            if (result < 0) break;
        }
        if (count > 0) {
            io_uring_cq_advance(&it->ring, count);
            continue;
        }
        unsigned flags = IO_URING_READ_ONCE(*it->ring.sq.kflags);
        if (!it->is_armed) {
            arm(it, false);
            echo->system_calls += 1;
            int submitted = io_uring_submit_and_get_events(&it->ring);
            if (submitted < 0) result = submitted;
        } else if (flags & (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW)) {
            echo->system_calls += 1;
            io_uring_get_events(&it->ring);
        }
    }
    return result;
}

static int64_t run_uring(st_echo *echo, bool is_multishot, bool is_polled)
{
    uring it;
    memset(&it, 0, sizeof it);
    it.is_multishot = is_multishot;
    it.is_polled = is_polled;
    int64_t result = make(&it, echo);
    if (result == 0) result = spin(&it, echo);
    if (it.ring.ring_fd > 0) {
        struct io_uring_sync_cancel_reg all;
        memset(&all, 0, sizeof all);
        all.fd = -1;
        all.flags = IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL;
        all.timeout.tv_sec = 1;
        io_uring_register_sync_cancel(&it.ring, &all);
        io_uring_queue_exit(&it.ring);
    }
    free(it.group);
    free(it.buffers);
    return result;
}

int64_t st_echo_run(int backend, st_echo *echo)
{
    bool is_uring = backend >= ST_ECHO_URING_MULTISHOT;
    int64_t result = blocking(echo->udp_fd, is_uring);
    if (result < 0) return result;
    switch (backend) {
    case ST_ECHO_SOCKETS:
        return run_sockets(echo);
    case ST_ECHO_EPOLL:
        return run_epoll(echo);
    case ST_ECHO_URING_MULTISHOT:
        return run_uring(echo, true, false);
    case ST_ECHO_URING_SINGLE_SHOT:
        return run_uring(echo, false, false);
    case ST_ECHO_URING_SQPOLL:
        return run_uring(echo, true, true);
    default:
        return -EINVAL;
    }
}

/* Network over io_uring: streams, sessions, accepting. See st_uring_net.h for what each function answers, and
 * uring_state.h for how. */
#define _GNU_SOURCE
#include <unistd.h>

#include "uring_state.h"

/* --- Streams --- */

/* Registers the socket in the source's place among the files; -1 takes it out. */
static int64_t st_net_register_file(st_net *net, const source *it, int fd)
{
    net->counts.system_calls += 1;
    int result = io_uring_register_files_update(&net->ring, it->place, &fd, 1);
    return result < 0 ? result : 0;
}

int64_t st_net_add_stream(st_net *net, uint32_t stream, int fd)
{
    source *it = &net->sources[stream];
    int64_t result = st_net_register_file(net, it, fd);
    if (result < 0) return result;
    it->fd = fd;
    st_net_want_arm(net, it);
    return 0;
}

/* The next of the queue, after what was handed out before has gone back to the kernel. */
static piece *next_piece(st_net *net, source *it)
{
    if (it->held >= 0) {
        st_net_give(it, (uint16_t)it->held);
        it->held = -1;
    }
    if (it->taken == it->put) {
        st_net_turn(net);
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
    *bytes = buffer + st_net_head_bytes(net);
    return told.payloadlen;
}

uint32_t st_net_waiting(const st_net *net, uint32_t stream)
{
    return net->sources[stream].put - net->sources[stream].taken;
}

/* --- Sessions --- */

void st_net_set_gate(st_net *net, st_gate *gate) { net->gate = gate; }

static source *session_of(st_net *net, uint32_t session)
{
    return &net->sources[net->settings.stream_count + session];
}

int64_t st_net_connect(st_net *net, uint32_t session, st_address to, uint32_t user_timeout_ms)
{
    if (!net->has_started) st_net_start(net);
    st_net_close(net, session);
    source *it = session_of(net, session);
    uint32_t turn_of = it->generation & 1;
    it->place = it->index + turn_of * net->source_count;
    /* Requests of the one before the last that wait would be taken for the new one's. */
    if (net->settings.is_polled && st_net_unsubmitted(net) > 0 &&
        (int32_t)(io_uring_smp_load_acquire(net->ring.sq.khead) - it->closed_at[turn_of]) < 0)
        return -EBUSY;
    int64_t fd = st_tcp_open(user_timeout_ms, true, &net->counts.system_calls);
    if (fd < 0) return fd;
    int64_t result = st_net_register_file(net, it, (int)fd);
    struct io_uring_sqe *entry = result < 0 ? NULL : st_net_request(net);
    if (result == 0 && !entry) result = -EAGAIN;
    if (result == 0 && net->gate && !st_gate_enter(net->gate, session, (int)fd)) {
        /* Made, and to be filled: it becomes nothing. */
        io_uring_prep_nop(entry);
        io_uring_sqe_set_data64(entry, st_net_tag(of_nothing, 0, 0));
        result = -ECONNABORTED;
    }
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
    io_uring_sqe_set_data64(entry, st_net_tag(of_connect, it->index, it->generation));
    it->is_connecting = true;
    st_net_enter(net, 0, NULL); /* what it takes not now it takes at the next turn */
    return 0;
}

int64_t st_net_connect_finish(st_net *net, uint32_t session)
{
    source *it = session_of(net, session);
    st_net_turn(net);
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
    st_net_want_arm(net, it);
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
    io_uring_sqe_set_data64(entry, st_net_tag(of_send, it->index, it->generation));
}

/* SQPOLL: orders that wait here, and that a kill keeps back. Whoever sent them believes that they are on
 * their way. */
static void drop_orders(st_net *net, source *it, uint32_t session)
{
    uint32_t owed = net->gate->owed[session];
    uint32_t place =
        it->out_begin + (owed < it->out_end - it->out_begin ? owed : it->out_end - it->out_begin);
    uint32_t kept = place;
    while (place < it->out_end) {
        size_t rest = it->out_end - place;
        size_t order = st_gate_order_in(net->gate, it->out + place, rest);
        size_t length = order > 0 ? order : st_gate_message_at(it->out + place, rest);
        if (length == 0) length = rest;
        if (order > 0) {
            st_gate_note_dropped(net->gate, session);
        } else {
            memmove(it->out + kept, it->out + place, length);
            kept += (uint32_t)length;
        }
        place += (uint32_t)length;
    }
    it->out_end = kept;
}

/* SQPOLL: a send of all that waits, where none is under way. It sleeps in the kernel until the peer has room.
 */
bool st_net_fly(st_net *net, source *it)
{
    if (it->out_flying > 0) return true;
    bool is_free = true;
    uint32_t session = it->index - net->settings.stream_count;
    if (net->gate && st_gate_begin_fly(net->gate)) drop_orders(net, it, session);
    if (it->out_begin == it->out_end) {
        it->out_begin = it->out_end = 0;
    } else {
        struct io_uring_sqe *entry = st_net_request(net);
        is_free = entry != NULL;
        if (entry) {
            it->out_flying = it->out_end - it->out_begin;
            fill_send(it, entry, it->out + it->out_begin, it->out_flying, 0);
            /* Now, not at the next turn: nobody can take back what the kernel has. */
            if (net->gate) st_net_enter(net, 0, NULL);
        }
    }
    if (net->gate) st_gate_end_fly(net->gate);
    return is_free;
}

static int64_t send_polled(st_net *net, source *it, const void *bytes, size_t count)
{
    if (st_net_any_completions(net)) st_net_reap(net);
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
    /* Whole messages: so it can be told, later, where one begins. */
    if (net->gate) taken = st_gate_whole(net->gate, bytes, count, taken);
    if (taken > 0) memcpy(it->out + it->out_end, bytes, taken);
    it->out_end += (uint32_t)taken;
    st_net_fly(net, it);
    if (net->arms_wanted > 0) st_net_arm_wanted(net, true);
    st_net_enter(net, 0, NULL);
    if (taken > 0) return (int64_t)taken;
    net->counts.sends_full += 1;
    return -EAGAIN;
}

static int64_t send_now(st_net *net, source *it, const void *bytes, size_t count)
{
    struct io_uring_sqe *entry = st_net_request(net);
    if (!entry) return -EAGAIN;
    unsigned place = net->ring.sq.sqe_tail; /* one behind it */
    /* Done or refused within the system call, never later: the bytes are the caller's. */
    fill_send(it, entry, bytes, count, MSG_DONTWAIT);
    net->send_number += 1;
    io_uring_sqe_set_data64(entry, st_net_tag(of_send, it->index, net->send_number));
    net->is_sending = true;
    if (net->arms_wanted > 0) st_net_arm_wanted(net, true);
    for (unsigned tries = 0; net->is_sending; tries++) {
        /* Events are asked for when completions had no room. */
        st_net_enter(net, tries == 0 ? 0 : IORING_ENTER_GETEVENTS, NULL);
        st_net_reap(net);
        if (!net->is_sending) break;
        bool was_taken = (int32_t)(io_uring_smp_load_acquire(net->ring.sq.khead) - place) >= 0;
        if (tries < submit_tries_max) continue;
        net->is_sending = false;
        net->send_number += 1;
        /* What may have left counts as broken: whoever sent it learns its fate from the peer. */
        if (was_taken) return st_net_broken(it, -EIO);
        /* The kernel has not seen it, and must not see it later: it becomes nothing. */
        io_uring_prep_nop(entry);
        io_uring_sqe_set_data64(entry, st_net_tag(of_nothing, 0, 0));
        net->counts.sends_full += 1;
        return -EAGAIN;
    }
    int64_t sent = net->send_result;
    if (sent >= 0 && (size_t)sent < count) net->counts.sends_partial += 1;
    if (sent == -EAGAIN) net->counts.sends_full += 1;
    return sent >= 0 || sent == -EAGAIN || sent == -EINTR ? sent : st_net_broken(it, sent);
}

int64_t st_net_send(st_net *net, uint32_t session, const void *bytes, size_t count)
{
    if (!net->has_started) st_net_start(net);
    source *it = session_of(net, session);
    if (it->fd < 0) return -ENOTCONN;
    if (count == 0) return 0;
    if (net->settings.is_polled) {
        size_t passing = net->gate ? st_gate_passing(net->gate, bytes, count) : count;
        return passing > 0 ? send_polled(net, it, bytes, passing) : -EAGAIN;
    }
    if (!net->gate) return send_now(net, it, bytes, count);
    size_t passing = st_gate_begin_send(net->gate, session, bytes, count);
    int64_t sent = passing > 0 ? send_now(net, it, bytes, passing) : -EAGAIN;
    st_gate_end_send(net->gate, session, bytes, passing, sent);
    return sent;
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
    for (unsigned tries = 0; tries < tries_max && st_net_unsubmitted(net) > 0; tries++)
        st_net_enter(net, IORING_ENTER_GETEVENTS, NULL);
    if (net->settings.is_polled) return; /* its thread takes them as they are: see st_net_connect() */
    struct io_uring_sq *sq = &net->ring.sq;
    for (unsigned place = io_uring_smp_load_acquire(sq->khead); place != sq->sqe_tail; place++) {
        struct io_uring_sqe *entry = &sq->sqes[place & sq->ring_mask];
        if (((uint32_t)(entry->user_data >> 32) & 0xffffff) != it->index) continue;
        io_uring_prep_nop(entry);
        io_uring_sqe_set_data64(entry, st_net_tag(of_nothing, 0, 0));
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
        struct io_uring_sqe *entry = st_net_request(net);
        if (entry) {
            unsigned kind = it->is_connecting ? of_connect : of_receive;
            io_uring_prep_cancel64(entry, st_net_tag(kind, it->index, it->generation), 0);
            io_uring_sqe_set_data64(entry, st_net_tag(of_nothing, 0, 0));
        }
        st_net_enter(net, IORING_ENTER_GETEVENTS, NULL);
        if (st_net_unsubmitted(net) > 0) forget_requests(net, it);
        if (st_net_any_completions(net)) st_net_reap(net);
    }
    st_net_register_file(net, it, -1);
    if (net->gate) st_gate_leave(net->gate, session);
    close(it->fd);
    it->fd = -1;
    it->closed_at[it->generation & 1] = net->ring.sq.sqe_tail;
    it->generation += 1;
    if (it->held >= 0) st_net_give(it, (uint16_t)it->held);
    it->held = -1;
    while (it->taken != it->put)
        st_net_give(it, it->queue[it->taken++ & (it->buffer_count - 1)].buffer);
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
        if (!net->has_started) st_net_start(net);
        struct io_uring_sqe *entry = st_net_request(net);
        if (!entry) return -EAGAIN;
        io_uring_prep_accept(entry, net->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (!net->settings.is_single_shot) entry->ioprio |= IORING_ACCEPT_MULTISHOT;
        io_uring_sqe_set_data64(entry, st_net_tag(of_accept, 0, 0));
        net->is_accepting = true;
    }
    if (net->accepted_count == 0) st_net_turn(net);
    if (net->accepted_count == 0) return -EAGAIN;
    int fd = net->accepted[0];
    net->accepted_count -= 1;
    memmove(net->accepted, net->accepted + 1, net->accepted_count * sizeof *net->accepted);
    return fd;
}

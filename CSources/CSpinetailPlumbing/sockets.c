/* Sockets: see the header for what each answers. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <linux/sockios.h>
#include <time.h>
#include <unistd.h>

#include "st_sockets.h"

static struct sockaddr_in sockaddr_of(st_address address)
{
    struct sockaddr_in in;
    memset(&in, 0, sizeof in);
    in.sin_family = AF_INET;
    in.sin_addr.s_addr = htonl(address.host);
    in.sin_port = htons(address.port);
    return in;
}

static st_address address_of(const struct sockaddr_in *in)
{
    return (st_address){ntohl(in->sin_addr.s_addr), ntohs(in->sin_port), 0};
}

static int64_t option(int fd, int level, int name, int value)
{
    return st_result(setsockopt(fd, level, name, &value, sizeof value));
}

int64_t st_socket_receive_batch(int fd, void *slots, size_t slot_bytes, uint32_t *lengths, int count_max)
{
    struct mmsghdr messages[ST_DATAGRAM_BATCH];
    struct iovec parts[ST_DATAGRAM_BATCH];
    if (count_max > ST_DATAGRAM_BATCH) count_max = ST_DATAGRAM_BATCH;
    memset(messages, 0, sizeof *messages * (size_t)count_max);
    for (int i = 0; i < count_max; i++) {
        parts[i] = (struct iovec){(uint8_t *)slots + slot_bytes * (size_t)i, slot_bytes};
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    int64_t count = st_result(recvmmsg(fd, messages, (unsigned)count_max, MSG_DONTWAIT | MSG_TRUNC, NULL));
    for (int64_t i = 0; i < count; i++)
        lengths[i] = messages[i].msg_len;
    return count;
}

_Static_assert(CMSG_SPACE(sizeof(struct timespec)) == ST_STAMP_BYTES, "a stamp and its header");

uint64_t st_stamp_of(const void *control, size_t bytes)
{
    struct cmsghdr head;
    struct timespec at;
    if (bytes < CMSG_LEN(sizeof at)) return 0;
    memcpy(&head, control, sizeof head);
    if (head.cmsg_level != SOL_SOCKET || head.cmsg_type != SCM_TIMESTAMPNS) return 0;
    memcpy(&at, (const uint8_t *)control + CMSG_LEN(0), sizeof at);
    return (uint64_t)at.tv_sec * 1000000000ull + (uint64_t)at.tv_nsec;
}

int64_t st_socket_receive_stamped(int fd, void *into, size_t capacity, uint64_t *stamp_ns)
{
    _Alignas(struct cmsghdr) uint8_t control[ST_STAMP_BYTES];
    struct iovec part = {into, capacity};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    int64_t length = st_result(recvmsg(fd, &message, MSG_DONTWAIT | MSG_TRUNC));
    *stamp_ns = length < 0 ? 0 : st_stamp_of(control, message.msg_controllen);
    return length;
}

int64_t st_socket_receive_batch_stamped(int fd, void *slots, size_t slot_bytes, uint32_t *lengths,
                                        uint64_t *stamps_ns, int count_max)
{
    struct mmsghdr messages[ST_DATAGRAM_BATCH];
    struct iovec parts[ST_DATAGRAM_BATCH];
    _Alignas(struct cmsghdr) uint8_t controls[ST_DATAGRAM_BATCH][ST_STAMP_BYTES];
    if (count_max > ST_DATAGRAM_BATCH) count_max = ST_DATAGRAM_BATCH;
    memset(messages, 0, sizeof *messages * (size_t)count_max);
    for (int i = 0; i < count_max; i++) {
        parts[i] = (struct iovec){(uint8_t *)slots + slot_bytes * (size_t)i, slot_bytes};
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
        messages[i].msg_hdr.msg_control = controls[i];
        messages[i].msg_hdr.msg_controllen = ST_STAMP_BYTES;
    }
    int64_t count = st_result(recvmmsg(fd, messages, (unsigned)count_max, MSG_DONTWAIT | MSG_TRUNC, NULL));
    for (int64_t i = 0; i < count; i++) {
        lengths[i] = messages[i].msg_len;
        stamps_ns[i] = st_stamp_of(controls[i], messages[i].msg_hdr.msg_controllen);
    }
    return count;
}

int64_t st_socket_send_to(int fd, const void *bytes, size_t count, st_address to)
{
    struct sockaddr_in in = sockaddr_of(to);
    return st_result(
        sendto(fd, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)&in, sizeof in));
}

int64_t st_tcp_open(uint32_t user_timeout_ms, bool blocking, uint64_t *system_calls)
{
    *system_calls += 1;
    int type = SOCK_STREAM | SOCK_CLOEXEC | (blocking ? 0 : SOCK_NONBLOCK);
    int64_t fd = st_result(socket(AF_INET, type, IPPROTO_TCP));
    if (fd < 0) return fd;
    *system_calls += 1;
    int64_t result = option((int)fd, IPPROTO_TCP, TCP_NODELAY, 1);
    if (result == 0 && user_timeout_ms != 0) {
        *system_calls += 1;
        result = option((int)fd, IPPROTO_TCP, TCP_USER_TIMEOUT, (int)user_timeout_ms);
    }
    if (result == 0) return fd;
    *system_calls += 1;
    close((int)fd);
    return result;
}

int64_t st_tcp_connect(st_address to, uint32_t user_timeout_ms, uint64_t *system_calls)
{
    int64_t fd = st_tcp_open(user_timeout_ms, false, system_calls);
    if (fd < 0) return fd;
    struct sockaddr_in in = sockaddr_of(to);
    *system_calls += 1;
    int64_t result = st_result(connect((int)fd, (const struct sockaddr *)&in, sizeof in));
    if (result == 0 || result == -EINPROGRESS) return fd;
    *system_calls += 1;
    close((int)fd);
    return result;
}

int64_t st_tcp_connect_finish(int fd, uint64_t *system_calls)
{
    struct pollfd ready = {fd, POLLOUT, 0};
    *system_calls += 1;
    int64_t result = st_result(poll(&ready, 1, 0));
    if (result == -EINTR) return 0;
    if (result <= 0) return result;
    int failure = 0;
    socklen_t size = sizeof failure;
    *system_calls += 1;
    result = st_result(getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size));
    if (result < 0) return result;
    if (failure != 0) return -(int64_t)failure;
    /* A port that nobody listens on may be the one the kernel gave us to call from: then we have reached
     * ourselves. */
    struct sockaddr_in here, there;
    socklen_t here_size = sizeof here, there_size = sizeof there;
    *system_calls += 2;
    if (getpeername(fd, (struct sockaddr *)&there, &there_size) != 0) return st_result(-1);
    if (getsockname(fd, (struct sockaddr *)&here, &here_size) == 0 && here.sin_port == there.sin_port &&
        here.sin_addr.s_addr == there.sin_addr.s_addr)
        return -ECONNREFUSED;
    return 1;
}

void st_socket_close(int fd) { close(fd); }

int64_t st_udp_open(void) { return st_result(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)); }

int64_t st_socket_blocking(int fd, bool blocking)
{
    int64_t flags = st_result(fcntl(fd, F_GETFL));
    if (flags < 0) return flags;
    return st_result(fcntl(fd, F_SETFL, blocking ? (int)flags & ~O_NONBLOCK : (int)flags | O_NONBLOCK));
}

int64_t st_udp_stamp(int fd) { return option(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1); }

int64_t st_socket_receive_from(int fd, void *into, size_t capacity, st_address *from)
{
    struct sockaddr_in in;
    memset(&in, 0, sizeof in);
    socklen_t size = sizeof in;
    int64_t count =
        st_result(recvfrom(fd, into, capacity, MSG_DONTWAIT | MSG_TRUNC, (struct sockaddr *)&in, &size));
    if (count >= 0) *from = address_of(&in);
    return count;
}

int64_t st_socket_bind(int fd, st_address at, bool reuse)
{
    if (reuse) {
        int64_t result = option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
        if (result < 0) return result;
    }
    struct sockaddr_in in = sockaddr_of(at);
    return st_result(bind(fd, (const struct sockaddr *)&in, sizeof in));
}

int64_t st_socket_connect(int fd, st_address to)
{
    struct sockaddr_in in = sockaddr_of(to);
    return st_result(connect(fd, (const struct sockaddr *)&in, sizeof in));
}

int64_t st_udp_join(int fd, uint32_t group, uint32_t interface)
{
    struct ip_mreq request = {{htonl(group)}, {htonl(interface)}};
    /* Only the groups that this socket joined, not every one that the host hears. */
    int64_t result = option(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0);
    if (result < 0) return result;
    return st_result(setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request));
}

int64_t st_udp_multicast_from(int fd, uint32_t interface)
{
    struct in_addr from = {htonl(interface)};
    int64_t result = st_result(setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &from, sizeof from));
    if (result < 0) return result;
    result = option(fd, IPPROTO_IP, IP_MULTICAST_TTL, 1);
    if (result < 0) return result;
    return option(fd, IPPROTO_IP, IP_MULTICAST_LOOP, 1);
}

static int64_t buffer(int fd, int forced, int plain, int bytes)
{
    /* The forced form passes the administrator's limit and needs CAP_NET_ADMIN; the plain one is cut at the
     * limit. */
    if (option(fd, SOL_SOCKET, forced, bytes) < 0) {
        int64_t result = option(fd, SOL_SOCKET, plain, bytes);
        if (result < 0) return result;
    }
    int got = 0;
    socklen_t size = sizeof got;
    int64_t result = st_result(getsockopt(fd, SOL_SOCKET, plain, &got, &size));
    return result < 0 ? result : got / 2; /* the kernel doubles what was asked for, for its bookkeeping */
}
int64_t st_socket_receive_buffer(int fd, int bytes) { return buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, bytes); }
int64_t st_socket_send_buffer(int fd, int bytes) { return buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, bytes); }

int64_t st_socket_drops(int fd)
{
    uint32_t counts[SK_MEMINFO_VARS] = {0};
    socklen_t size = sizeof counts;
    int64_t result = st_result(getsockopt(fd, SOL_SOCKET, SO_MEMINFO, counts, &size));
    return result < 0 ? result : (int64_t)counts[SK_MEMINFO_DROPS];
}

int64_t st_socket_busy_poll(int fd, int us) { return option(fd, SOL_SOCKET, SO_BUSY_POLL, us); }

int64_t st_socket_local(int fd, st_address *address)
{
    struct sockaddr_in in;
    socklen_t size = sizeof in;
    int64_t result = st_result(getsockname(fd, (struct sockaddr *)&in, &size));
    if (result == 0) *address = address_of(&in);
    return result;
}

int64_t st_tcp_listen(st_address at, int backlog)
{
    int64_t fd = st_result(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
    if (fd < 0) return fd;
    int64_t result = st_socket_bind((int)fd, at, true);
    if (result == 0) result = st_result(listen((int)fd, backlog));
    if (result == 0) return fd;
    close((int)fd);
    return result;
}

int64_t st_tcp_accept(int fd, st_address *peer)
{
    struct sockaddr_in in;
    socklen_t size = sizeof in;
    int64_t accepted = st_result(accept4(fd, (struct sockaddr *)&in, &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (accepted < 0) return accepted;
    *peer = address_of(&in);
    option((int)accepted, IPPROTO_TCP, TCP_NODELAY, 1);
    return accepted;
}

void st_tcp_reset(int fd)
{
    struct linger at_once = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(fd);
}

int64_t st_tcp_unacknowledged(int fd)
{
    int bytes = 0;
    int64_t result = st_result(ioctl(fd, SIOCOUTQ, &bytes));
    return result < 0 ? result : bytes;
}

static int64_t wait_for(struct pollfd *waiting, int count, uint64_t timeout_ns)
{
    struct timespec limit = {(time_t)(timeout_ns / 1000000000ull), (long)(timeout_ns % 1000000000ull)};
    return st_result(ppoll(waiting, (nfds_t)count, &limit, NULL));
}

int64_t st_socket_wait(const int *fds, int count, uint64_t timeout_ns)
{
    struct pollfd waiting[64];
    if (count > 64) count = 64;
    for (int i = 0; i < count; i++)
        waiting[i] = (struct pollfd){fds[i], POLLIN, 0};
    return wait_for(waiting, count, timeout_ns);
}

int64_t st_socket_wait_writable(int fd, uint64_t timeout_ns)
{
    struct pollfd waiting = {fd, POLLOUT, 0};
    return wait_for(&waiting, 1, timeout_ns);
}

int64_t st_socket_wait_both(const int *readable, int readable_count, const int *writable, int writable_count,
                            uint64_t timeout_ns)
{
    struct pollfd waiting[64];
    int count = 0;
    for (int i = 0; i < readable_count && count < 64; i++)
        waiting[count++] = (struct pollfd){readable[i], POLLIN, 0};
    for (int i = 0; i < writable_count && count < 64; i++)
        waiting[count++] = (struct pollfd){writable[i], POLLOUT, 0};
    return wait_for(waiting, count, timeout_ns);
}

/* The kernel's own limit for a path, its end included. */
static int64_t local_address(const char *path, struct sockaddr_un *at)
{
    memset(at, 0, sizeof *at);
    at->sun_family = AF_UNIX;
    if (strlen(path) >= sizeof at->sun_path) return -ENAMETOOLONG;
    strcpy(at->sun_path, path);
    return 0;
}

int64_t st_local_listen(const char *path, const char *being_made, int backlog)
{
    struct sockaddr_un at;
    int64_t result = local_address(being_made, &at);
    if (result < 0) return result;
    int64_t fd = st_result(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (fd < 0) return fd;
    /* Before the name is there, so that at no moment anybody else may connect. */
    result = st_result(fchmod((int)fd, S_IRUSR | S_IWUSR));
    if (result == 0) result = st_result(bind((int)fd, (const struct sockaddr *)&at, sizeof at));
    if (result == 0) {
        result = st_result(listen((int)fd, backlog));
        if (result == 0) result = st_result(rename(being_made, path));
        if (result < 0) unlink(being_made);
    }
    if (result == 0) return fd;
    close((int)fd);
    return result;
}

int64_t st_local_accept(int fd) { return st_result(accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)); }

int64_t st_local_connect(const char *path)
{
    struct sockaddr_un at;
    int64_t result = local_address(path, &at);
    if (result < 0) return result;
    int64_t fd = st_result(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (fd < 0) return fd;
    result = st_result(connect((int)fd, (const struct sockaddr *)&at, sizeof at));
    if (result == 0) return fd;
    close((int)fd);
    return result;
}

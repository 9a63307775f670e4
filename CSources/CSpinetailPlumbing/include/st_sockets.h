/* Non-blocking sockets. Every function returns its answer or the negative errno. The hot calls are one system
 * call each, and here so that Swift inlines them; variadic and macro-laden interfaces (fcntl, cmsg, sockaddr
 * casts) are why this is C at all. */
#ifndef ST_SOCKETS_H
#define ST_SOCKETS_H

#include <sys/socket.h>

#include "st_plumbing.h"

/* IPv4: the address as a number (127.0.0.1 is 0x7f000001) and the port, both in the host's order. */
typedef struct st_address {
    uint32_t host;
    uint16_t port;
    uint16_t reserved;
} st_address;

/* [hot] One datagram; returns its whole length even when `capacity` cut it. -EAGAIN: none. */
ST_HOT static inline int64_t st_socket_receive_datagram(int fd, void *_Nonnull into, size_t capacity)
{
    return st_result(recv(fd, into, capacity, MSG_DONTWAIT | MSG_TRUNC));
}
/* [hot] Bytes of a stream. 0: the peer has ended it. */
ST_HOT static inline int64_t st_socket_receive(int fd, void *_Nonnull into, size_t capacity)
{
    return st_result(recv(fd, into, capacity, MSG_DONTWAIT));
}
/* [hot] */
ST_HOT static inline int64_t st_socket_send(int fd, const void *_Nullable bytes, size_t count)
{
    return st_result(send(fd, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL));
}

/* [hot] Up to `count_max` (at most 16) datagrams in one call, each in its slot of `slot_bytes`; their lengths
 * (whole, even when cut) to `lengths`. How many, or negative errno. */
#define ST_DATAGRAM_BATCH 16
ST_HOT int64_t st_socket_receive_batch(int fd, void *_Nonnull slots, size_t slot_bytes,
                                       uint32_t *_Nonnull lengths, int count_max);
/* [hot] */
ST_HOT int64_t st_socket_send_to(int fd, const void *_Nullable bytes, size_t count, st_address to);

/* [hot] The same with the kernel's UTC time of receipt, where the socket was told to keep it (st_udp_stamp);
 * else 0. */
ST_HOT int64_t st_socket_receive_stamped(int fd, void *_Nonnull into, size_t capacity,
                                         uint64_t *_Nonnull stamp_ns);
ST_HOT int64_t st_socket_receive_batch_stamped(int fd, void *_Nonnull slots, size_t slot_bytes,
                                               uint32_t *_Nonnull lengths, uint64_t *_Nonnull stamps_ns,
                                               int count_max);
/* The bytes that the kernel needs for the stamp beside a datagram. */
#define ST_STAMP_BYTES 32
/* [hot] The stamp among them; 0: there is none. */
ST_HOT uint64_t st_stamp_of(const void *_Nonnull control, size_t bytes);

/* [hot] A TCP socket without Nagle's delay; see below for `user_timeout_ms`. The descriptor, or negative
 * errno. */
ST_HOT int64_t st_tcp_open(uint32_t user_timeout_ms, bool blocking, uint64_t *_Nonnull system_calls);
/* [hot] A TCP socket on its way to `to`: non-blocking, without Nagle's delay, given up when bytes stay
 * unacknowledged for `user_timeout_ms` (0: the kernel's own). The descriptor, or negative errno.
 * `system_calls` is added to. */
ST_HOT int64_t st_tcp_connect(st_address to, uint32_t user_timeout_ms, uint64_t *_Nonnull system_calls);
/* [hot] 1: connected; 0: not yet; negative errno: refused. */
ST_HOT int64_t st_tcp_connect_finish(int fd, uint64_t *_Nonnull system_calls);
ST_HOT void st_socket_close(int fd);

/* Setup and servers: cold. */
int64_t st_udp_open(void);
/* Calls that are not told otherwise wait, or not. */
int64_t st_socket_blocking(int fd, bool blocking);
/* Every datagram comes with the kernel's time of receipt from here on. */
int64_t st_udp_stamp(int fd);
/* One datagram and where it came from; its whole length even when cut. */
int64_t st_socket_receive_from(int fd, void *_Nonnull into, size_t capacity, st_address *_Nonnull from);
int64_t st_socket_bind(int fd, st_address at, bool reuse);
int64_t st_socket_connect(int fd, st_address to);
/* Joins `group` on the interface that has `interface` as its address (0: the kernel's choice). */
int64_t st_udp_join(int fd, uint32_t group, uint32_t interface);
/* Sends multicast from the interface, one hop, seen on this host too. */
int64_t st_udp_multicast_from(int fd, uint32_t interface);
/* Asks for a buffer (beyond the limit of root's allowing where permitted); returns what the kernel gave. */
int64_t st_socket_receive_buffer(int fd, int bytes);
int64_t st_socket_send_buffer(int fd, int bytes);
/* Datagrams that this socket's full buffer has cost so far. */
int64_t st_socket_drops(int fd);
/* Microseconds for which the kernel spins in a receive before it answers "nothing"; 0 or negative errno. */
int64_t st_socket_busy_poll(int fd, int us);
int64_t st_socket_local(int fd, st_address *_Nonnull address);
int64_t st_tcp_listen(st_address at, int backlog);
/* -EAGAIN: nobody waits. */
int64_t st_tcp_accept(int fd, st_address *_Nonnull peer);
/* Ends the connection with a reset instead of an orderly end (to simulate a crash). */
void st_tcp_reset(int fd);
/* Bytes that were handed to the kernel and not acknowledged by the peer. */
int64_t st_tcp_unacknowledged(int fd);

/* Waits until one of `fds` can be read, or the time is over. > 0: some can. */
ST_HOT int64_t st_socket_wait(const int *_Nonnull fds, int count, uint64_t timeout_ns);
/* The same for one that a TCP connection is being made with: until it can be written. */
int64_t st_socket_wait_writable(int fd, uint64_t timeout_ns);
/* The same for some that are to be read and some that are to be written: 64 together, the rest is passed
 * over. */
int64_t st_socket_wait_both(const int *_Nullable readable, int readable_count, const int *_Nullable writable,
                            int writable_count, uint64_t timeout_ns);

/* Sockets of this machine, by a path: streams, non-blocking, for this user alone (mode 0600). The socket is
 * made under the name `being_made` and takes `path` when it listens: whoever finds `path` and is refused has
 * found a dead one. */
int64_t st_local_listen(const char *_Nonnull path, const char *_Nonnull being_made, int backlog);
/* -EAGAIN: nobody waits. */
int64_t st_local_accept(int fd);
/* -ECONNREFUSED: nobody listens there any more; -EAGAIN: too many wait to be let in. */
int64_t st_local_connect(const char *_Nonnull path);

#endif

/* The least that a program can do between a datagram and an order: a datagram in by UDP, bytes out by TCP,
 * nothing between but a copy. One for each way to the network. What an engine's tick-to-trade is held
 * against.
 *
 * For benchmarks only; nothing of the engine is used, so that the engine cannot flatter itself. */
#ifndef ST_ECHOES_H
#define ST_ECHOES_H

#include <stddef.h>
#include <stdint.h>

enum {
    ST_ECHO_SOCKETS,           /* recv and send, spinning on recv */
    ST_ECHO_EPOLL,             /* epoll_wait without waiting, then recv and send */
    ST_ECHO_URING_MULTISHOT,   /* one receive for all datagrams, spinning on shared memory */
    ST_ECHO_URING_SINGLE_SHOT, /* a receive a datagram, asked for together with the send before */
    ST_ECHO_URING_SQPOLL,      /* the kernel's thread makes the calls */
    ST_ECHO_COUNT
};

/* When the kernel may run its part of a completion. */
enum { ST_ECHO_DEFERRED, ST_ECHO_COOPERATIVE, ST_ECHO_INTERRUPTING };

typedef struct st_echo {
    int udp_fd; /* bound; the echo makes it blocking or not, as it needs */
    int tcp_fd; /* connected */
    int taskrun;
    int polling_core; /* of the kernel's thread; -1: anywhere */
    /* What goes out for each datagram, with `copy_bytes` of the datagram in it, so that the two can be
     * matched. */
    uint8_t *_Nonnull answer;
    size_t answer_bytes;
    size_t copy_from, copy_to, copy_bytes;
    /* Another thread writes 1 here to end it. */
    const uint32_t *_Nonnull stop;
    /* Kept as it runs. */
    uint64_t datagrams;
    uint64_t system_calls;
} st_echo;

const char *_Nonnull st_echo_name(int backend);
/* Runs on the calling thread until it is stopped: 0, or negative errno. */
int64_t st_echo_run(int backend, st_echo *_Nonnull echo);

#endif

/* Sleeping and waking: see the header. */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "st_wake.h"

int64_t st_wake_create(bool has_descriptor, st_wake **made)
{
    st_wake *wake = aligned_alloc(ST_LINE_BYTES, sizeof *wake);
    if (!wake) return -ENOMEM;
    atomic_init(&wake->is_announced, 0);
    atomic_init(&wake->wakes, 0);
    atomic_init(&wake->sleeps, 0);
    wake->fd = -1;
    if (has_descriptor) {
        int64_t fd = st_result(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
        if (fd < 0) {
            free(wake);
            return fd;
        }
        wake->fd = (int)fd;
    }
    *made = wake;
    return 0;
}

void st_wake_destroy(st_wake *wake)
{
    if (wake->fd >= 0) close(wake->fd);
    free(wake);
}

int st_wake_descriptor(const st_wake *wake) { return wake->fd; }
/* relaxed: numbers for people. */
uint64_t st_wake_count(const st_wake *wake)
{
    return atomic_load_explicit(&wake->wakes, memory_order_relaxed);
}
uint64_t st_wake_sleep_count(const st_wake *wake)
{
    return atomic_load_explicit(&wake->sleeps, memory_order_relaxed);
}

void st_wake_sleep(st_wake *wake, uint64_t timeout_ns)
{
    struct timespec limit = {(time_t)(timeout_ns / 1000000000ull), (long)(timeout_ns % 1000000000ull)};
    atomic_fetch_add_explicit(&wake->sleeps, 1, memory_order_relaxed);
    /* The kernel compares before it sleeps; woken, interrupted, too late and no longer 1 are all the same:
     * the waiter looks. */
    syscall(SYS_futex, &wake->is_announced, FUTEX_WAIT_PRIVATE, 1u, &limit, NULL, 0);
}

void st_wake_withdraw(st_wake *wake)
{
    /* relaxed: a producer that still sees 1 makes a system call for nothing. */
    atomic_store_explicit(&wake->is_announced, 0, memory_order_relaxed);
    if (wake->fd < 0) return;
    /* Always: a producer may write late, and what is left would end the next sleep, and every one after it.
     */
    uint64_t count;
    ssize_t ignored = read(wake->fd, &count, sizeof count);
    (void)ignored;
}

void st_wake_now(st_wake *wake)
{
    /* One of several producers is enough. */
    if (atomic_exchange_explicit(&wake->is_announced, 0, memory_order_relaxed) == 0) return;
    atomic_fetch_add_explicit(&wake->wakes, 1, memory_order_relaxed);
    if (wake->fd >= 0) {
        uint64_t one = 1;
        ssize_t ignored = write(wake->fd, &one, sizeof one);
        (void)ignored; /* full: it is readable all the same */
    } else {
        syscall(SYS_futex, &wake->is_announced, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    }
}

/* How a thread that sleeps learns that another has put something into a ring for it.
 *
 *      waiter                              producer
 *      announce: word = 1, fence           append to the ring, fence
 *      look at the rings once more         look at the word: 0, nothing to do
 *      sleep until woken or too late       1: set it to 0, wake
 *      withdraw: word = 0
 *
 * Both fences are full: either the waiter's last look sees what was appended, or the producer's look sees the
 * announcement. While nobody sleeps a producer pays for the fence and a look, and no system call.
 *
 * A waiter that sleeps in the kernel for sockets too has an eventfd among them; one that waits for rings
 * alone sleeps on the word itself (futex). */
#ifndef ST_WAKE_H
#define ST_WAKE_H

#include <stdatomic.h>

#include "st_plumbing.h"

typedef struct st_wake {
    _Alignas(ST_LINE_BYTES) _Atomic(uint32_t) is_announced;
    int fd;                   /* -1: the waiter sleeps on the word */
    _Atomic(uint64_t) wakes;  /* system calls that woke            */
    _Atomic(uint64_t) sleeps; /* system calls that slept           */
} st_wake;

/* 0, or negative errno. */
int64_t st_wake_create(bool has_descriptor, st_wake *_Nullable *_Nonnull made);
void st_wake_destroy(st_wake *_Nonnull wake);
/* What the waiter has among its descriptors; -1: none. */
int st_wake_descriptor(const st_wake *_Nonnull wake);
uint64_t st_wake_count(const st_wake *_Nonnull wake);
uint64_t st_wake_sleep_count(const st_wake *_Nonnull wake);

/* [waiter] Before its last look. */
ST_HOT static inline void st_wake_announce(st_wake *_Nonnull wake)
{
    atomic_store_explicit(&wake->is_announced, 1, memory_order_relaxed);
    /* pairs with the fence of st_wake_notify(): the word is out before the rings are looked at. */
    atomic_thread_fence(memory_order_seq_cst);
}
/* [waiter] Sleeps on the word, for at most `timeout_ns`: at once over when it was taken back already. */
ST_HOT void st_wake_sleep(st_wake *_Nonnull wake, uint64_t timeout_ns);
/* [waiter] Awake again, for whatever reason. */
ST_HOT void st_wake_withdraw(st_wake *_Nonnull wake);

/* The system call, where the waiter has announced itself. */
ST_HOT void st_wake_now(st_wake *_Nonnull wake);
/* [producer] After something was appended. */
ST_HOT static inline void st_wake_notify(st_wake *_Nonnull wake)
{
    /* pairs with the fence of st_wake_announce(): what was appended is out before the word is looked at. */
    atomic_thread_fence(memory_order_seq_cst);
    if (__builtin_expect(atomic_load_explicit(&wake->is_announced, memory_order_relaxed) != 0, 0))
        st_wake_now(wake);
}

#endif

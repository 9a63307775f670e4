/* The machine under us: see the header. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <liburing.h>
#include <linux/magic.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "st_clock.h"
#include "st_machine.h"
#include "st_threads.h"

#define LINE_BATCHES_MAX 256
#define LINE_TRIPS 64
#define LINE_WARM_UP 8

int64_t st_machine_uring(void)
{
    struct io_uring ring;
    int result = io_uring_queue_init(4, &ring, 0);
    if (result == 0) io_uring_queue_exit(&ring);
    return result;
}

int64_t st_machine_allowed_cores(uint64_t *words, size_t word_count)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    int64_t result = st_result(sched_getaffinity(0, sizeof set, &set));
    if (result < 0) return result;
    memset(words, 0, word_count * sizeof *words);
    int64_t used = 0;
    for (size_t core = 0; core < word_count * 64 && core < CPU_SETSIZE; core++)
        if (CPU_ISSET(core, &set)) {
            words[core / 64] |= 1ull << (core % 64);
            used = (int64_t)(core / 64) + 1;
        }
    return used;
}

static int by_value(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

/* Two lines, one written by each side. */
typedef struct line_pair {
    _Alignas(ST_LINE_BYTES) _Atomic(uint64_t) there;
    _Alignas(ST_LINE_BYTES) _Atomic(uint64_t) back;
    /* A side that may not run on its core says so before the first trip; the other then gives up. */
    _Alignas(ST_LINE_BYTES) _Atomic(int64_t) refused;
    _Atomic(int) ready;
    int core, peer_core;
    uint64_t budget_ns;
    uint64_t median_ps;
} line_pair;

static bool line_begin(line_pair *pair, int core)
{
    int64_t pinned = st_thread_pin(core);
    if (pinned < 0) atomic_store_explicit(&pair->refused, pinned, memory_order_release);
    /* acq_rel, pairs with itself on the other side: a refusal is seen by who sees both ready. */
    atomic_fetch_add_explicit(&pair->ready, 1, memory_order_acq_rel);
    while (atomic_load_explicit(&pair->ready, memory_order_acquire) < 2)
        sched_yield();
    return atomic_load_explicit(&pair->refused, memory_order_acquire) == 0;
}

static void *line_peer(void *argument)
{
    line_pair *pair = argument;
    if (!line_begin(pair, pair->peer_core)) return NULL;
    uint64_t last = 0;
    for (;;) {
        /* acquire and release pair with the other side's: the trip is one line there, one line back. */
        uint64_t number = atomic_load_explicit(&pair->there, memory_order_acquire);
        if (number == last) continue;
        if (number == UINT64_MAX) return NULL;
        last = number;
        atomic_store_explicit(&pair->back, number, memory_order_release);
    }
}

static void *line_asker(void *argument)
{
    line_pair *pair = argument;
    if (!line_begin(pair, pair->core)) return NULL;
    uint64_t batches[LINE_BATCHES_MAX];
    size_t count = 0;
    uint64_t number = 0;
    const uint64_t begun = st_clock_monotonic_ns();
    for (size_t batch = 0; batch < LINE_BATCHES_MAX + LINE_WARM_UP; batch++) {
        const uint64_t before = st_clock_monotonic_ns();
        for (int trip = 0; trip < LINE_TRIPS; trip++) {
            atomic_store_explicit(&pair->there, ++number, memory_order_release);
            while (atomic_load_explicit(&pair->back, memory_order_acquire) != number) {
            }
        }
        const uint64_t after = st_clock_monotonic_ns();
        if (batch >= LINE_WARM_UP) batches[count++] = (after - before) * 1000 / LINE_TRIPS;
        if (count > 0 && after - begun > pair->budget_ns) break;
    }
    atomic_store_explicit(&pair->there, UINT64_MAX, memory_order_release);
    qsort(batches, count, sizeof *batches, by_value);
    pair->median_ps = batches[count / 2];
    return NULL;
}

int64_t st_machine_line_ps(int core, int peer_core, uint64_t budget_ns, uint64_t *median_ps)
{
    if (core == peer_core) return -EINVAL;
    line_pair *pair = aligned_alloc(ST_LINE_BYTES, sizeof *pair);
    if (!pair) return -ENOMEM;
    memset(pair, 0, sizeof *pair);
    pair->core = core;
    pair->peer_core = peer_core;
    pair->budget_ns = budget_ns;
    pthread_t asker, peer;
    int refused = pthread_create(&peer, NULL, line_peer, pair);
    if (refused) {
        free(pair);
        return -(int64_t)refused;
    }
    refused = pthread_create(&asker, NULL, line_asker, pair);
    if (refused) { /* stand in for the asker, so that the peer ends */
        atomic_store_explicit(&pair->refused, -(int64_t)refused, memory_order_release);
        atomic_fetch_add_explicit(&pair->ready, 1, memory_order_acq_rel);
    } else {
        pthread_join(asker, NULL);
    }
    pthread_join(peer, NULL);
    int64_t result = atomic_load_explicit(&pair->refused, memory_order_acquire);
    *median_ps = pair->median_ps;
    free(pair);
    return result;
}

int64_t st_machine_sync_times(const char *folder, uint64_t budget_ns, uint64_t *ns_each, size_t count)
{
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0) { /* a file system without nameless files */
        char path[4096];
        int length = snprintf(path, sizeof path, "%s/.spinetail-doctor-XXXXXX", folder);
        if (length < 0 || (size_t)length >= sizeof path) return -ENAMETOOLONG;
        fd = mkostemp(path, O_CLOEXEC);
        if (fd < 0) return st_result(fd);
        unlink(path);
    }
    static const uint8_t page[4096] = {1};
    /* Preallocated and synced, as the journal's files are: then fdatasync has no length to write. */
    int64_t result = -(int64_t)posix_fallocate(fd, 0, (off_t)(count * sizeof page));
    if (result == 0) result = st_result(fsync(fd));
    const uint64_t begun = st_clock_monotonic_ns();
    size_t done = 0;
    while (result >= 0 && done < count) {
        const uint64_t before = st_clock_monotonic_ns();
        result = st_result(pwrite(fd, page, sizeof page, (off_t)(done * sizeof page)));
        if (result >= 0) result = st_result(fdatasync(fd));
        const uint64_t after = st_clock_monotonic_ns();
        if (result >= 0) ns_each[done++] = after - before;
        if (after - begun > budget_ns) break;
    }
    close(fd);
    return result < 0 ? result : (int64_t)done;
}

int64_t st_machine_free_bytes(const char *path, uint64_t *bytes, bool *is_memory)
{
    struct statfs status;
    int64_t result = st_result(statfs(path, &status));
    if (result < 0) return result;
    *bytes = (uint64_t)status.f_bavail * (uint64_t)status.f_bsize;
    *is_memory = status.f_type == TMPFS_MAGIC || status.f_type == RAMFS_MAGIC;
    return 0;
}

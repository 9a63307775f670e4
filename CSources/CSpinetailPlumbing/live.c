/* A running engine's figures in shared memory: see the header. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "st_live.h"

int64_t st_live_create(const char *path, const st_live_about *about, st_live **made)
{
    *made = NULL;
    int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0644);
    if (fd < 0) return st_result(fd);
    /* Taken, not only promised: a page that shared memory has no room for would be a SIGBUS. */
    int64_t result = -(int64_t)posix_fallocate(fd, 0, (off_t)sizeof(st_live));
    st_live *live = MAP_FAILED;
    if (result == 0) {
        live = mmap(NULL, sizeof *live, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
        if (live == MAP_FAILED) result = st_result(-1);
    }
    close(fd);
    if (result < 0) {
        unlink(path);
        return result;
    }
    live->version = ST_LIVE_VERSION;
    live->byte_count = sizeof *live;
    live->about = *about;
    /* release, pairs with the acquire in st_live_open(): who sees the magic sees who we are. */
    atomic_store_explicit(&live->magic, ST_LIVE_MAGIC, memory_order_release);
    *made = live;
    return 0;
}

int64_t st_live_open(const char *path, st_live **found)
{
    *found = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return st_result(fd);
    struct stat status;
    int64_t result = st_result(fstat(fd, &status));
    if (result == 0 && status.st_size < (off_t)offsetof(st_live, about)) result = -EBADMSG;
    /* Never past the end of a file that is shorter: that would be a SIGBUS. */
    size_t bytes = status.st_size < (off_t)sizeof(st_live) ? (size_t)status.st_size : sizeof(st_live);
    st_live *live = NULL;
    if (result == 0) {
        live = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
        if (live == MAP_FAILED) result = st_result(-1);
    }
    close(fd);
    if (result < 0) return result;
    /* acquire, pairs with the release in st_live_create(). */
    if (atomic_load_explicit(&live->magic, memory_order_acquire) != ST_LIVE_MAGIC)
        result = -EBADMSG;
    else if (live->version != ST_LIVE_VERSION)
        result = -EOPNOTSUPP;
    else if (live->byte_count != sizeof *live || bytes != sizeof *live)
        result = -EBADMSG;
    if (result < 0) {
        munmap(live, bytes);
        return result;
    }
    *found = live;
    return 0;
}

void st_live_close(st_live *live) { munmap(live, sizeof *live); }

void st_live_read_about(const st_live *live, st_live_about *about)
{
    *about = live->about;
    about->program_version[sizeof about->program_version - 1] = 0;
    about->folder[sizeof about->folder - 1] = 0;
}

void *st_live_figures(st_live *live) { return live->figures; }

uint64_t st_live_figure(const st_live *live, uint32_t index)
{
    return index < ST_LIVE_FIGURES ? atomic_load_explicit(&live->figures[index], memory_order_relaxed) : 0;
}

void st_live_copy_stage(st_live *live, uint32_t stage, const uint64_t *counts)
{
    if (stage >= ST_LIVE_STAGES) return;
    for (size_t i = 0; i < ST_LIVE_BUCKETS; i++) {
        /* The hot thread counts up with plain stores of whole words; a word read here is the old or the new.
         */
        uint64_t count = __atomic_load_n(&counts[i], __ATOMIC_RELAXED);
        /* What has not changed is not written: most of the pages are never touched. */
        if (atomic_load_explicit(&live->buckets[stage][i], memory_order_relaxed) != count)
            atomic_store_explicit(&live->buckets[stage][i], count, memory_order_relaxed);
    }
}

void st_live_read_stage(const st_live *live, uint32_t stage, uint64_t *counts)
{
    for (size_t i = 0; i < ST_LIVE_BUCKETS; i++)
        counts[i] =
            stage < ST_LIVE_STAGES ? atomic_load_explicit(&live->buckets[stage][i], memory_order_relaxed) : 0;
}

void st_live_set_clocks(st_live *live, uint64_t engine_ns, uint64_t kernel_ns)
{
    atomic_store_explicit(&live->engine_ns, engine_ns, memory_order_relaxed);
    atomic_store_explicit(&live->kernel_ns, kernel_ns, memory_order_relaxed);
}

int64_t st_live_clock_offset_ns(const st_live *live)
{
    return (int64_t)(atomic_load_explicit(&live->engine_ns, memory_order_relaxed) -
                     atomic_load_explicit(&live->kernel_ns, memory_order_relaxed));
}

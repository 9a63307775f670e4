/* Journal ring: making, mapping and finding again. The hot part is in the header. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "st_journal_ring.h"

#define HUGE_BYTES (2u << 20)
/* Linux 6.1; newer than some headers. */
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

/* A datagram of 64 KiB with its line and header, with room. */
#define RECORD_BYTES_MAX (128u * 1024u)

/* Address space that begins where a huge page may, so that the file's can be mapped as they are. */
static uint8_t *map_aligned(uint64_t bytes)
{
    const uint64_t slack = bytes >= HUGE_BYTES ? HUGE_BYTES : 0;
    uint8_t *base = mmap(NULL, bytes + slack, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED || slack == 0) return base;
    uint8_t *begin = (uint8_t *)(((uintptr_t)base + HUGE_BYTES - 1) & ~(uintptr_t)(HUGE_BYTES - 1));
    if (begin > base) munmap(base, (size_t)(begin - base));
    const uint64_t end = (bytes + ST_JOURNAL_PAGE_BYTES - 1) & ~(uint64_t)(ST_JOURNAL_PAGE_BYTES - 1);
    uint8_t *behind = begin + end;
    if (base + bytes + slack > behind) munmap(behind, (size_t)(base + bytes + slack - behind));
    return begin;
}

int64_t st_journal_ring_create(const char *path, uint64_t capacity, const uint8_t *run_id, uint32_t epoch,
                               st_journal_ring **made)
{
    *made = NULL;
    if (capacity < ST_JOURNAL_PAGE_BYTES || (capacity & (capacity - 1)) != 0) return -EINVAL;
    int fd = path ? open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600)
                  : memfd_create("spinetail-journal-ring", MFD_CLOEXEC);
    if (fd < 0) return st_result(fd);

    const uint64_t mirror = capacity < RECORD_BYTES_MAX ? capacity : RECORD_BYTES_MAX;
    const uint64_t file_bytes = ST_JOURNAL_PAGE_BYTES + capacity;
    const uint64_t mapped = file_bytes + mirror;
    int64_t failure = 0;
    uint8_t *base = MAP_FAILED;
    st_journal_ring *ring = NULL;

    /* Taken, not only promised: a page that shared memory has no room for would be a SIGBUS on the hot
     * thread. */
    int refused = posix_fallocate(fd, 0, (off_t)file_bytes);
    if (refused) {
        failure = -refused;
        goto fail;
    }
    base = map_aligned(mapped);
    if (base == MAP_FAILED ||
        mmap(base, file_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED ||
        mmap(base + file_bytes, mirror, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd,
             ST_JOURNAL_PAGE_BYTES) == MAP_FAILED ||
        !(ring = aligned_alloc(ST_LINE_BYTES, sizeof *ring))) {
        failure = st_result(-1);
        goto fail;
    }
    for (uint64_t at = 0; at < mapped; at += ST_JOURNAL_PAGE_BYTES)
        *(volatile uint8_t *)(base + at) = 0;

    st_journal_shared *shared = (st_journal_shared *)base;
    shared->magic = ST_JOURNAL_MAGIC;
    shared->version = ST_JOURNAL_VERSION;
    shared->epoch = epoch;
    memcpy(shared->run_id, run_id, sizeof shared->run_id);
    shared->capacity = capacity;
    memset(ring, 0, sizeof *ring);
    ring->write_limit = capacity;
    ring->producer_data = ring->data = base + ST_JOURNAL_PAGE_BYTES;
    ring->producer_mask = ring->mask = capacity - 1;
    ring->producer_shared = ring->shared = shared;
    ring->record_bytes_max = mirror;
    ring->mapped_bytes = mapped;
    ring->fd = fd;
    atomic_init(&ring->owners, 1);
    *made = ring;
    return 0;

fail:
    free(ring);
    if (base != MAP_FAILED) munmap(base, mapped);
    close(fd);
    if (path) unlink(path);
    return failure;
}

int64_t st_journal_ring_use_huge_pages(st_journal_ring *ring)
{
    const uint64_t file_bytes = ST_JOURNAL_PAGE_BYTES + ring->mask + 1;
    const uint64_t whole = file_bytes & ~(uint64_t)(HUGE_BYTES - 1);
    if (whole == 0) return 0;
    uint8_t *base = (uint8_t *)ring->shared;
    /* Asked for by the piece: what is refused for one, for want of memory in one piece, may be granted for
     * the next. */
    int64_t got = 0, refused = 0;
    for (uint64_t at = 0; at < whole; at += HUGE_BYTES) {
        int64_t result = st_result(madvise(base + at, HUGE_BYTES, MADV_COLLAPSE));
        if (result == 0)
            got += HUGE_BYTES;
        else
            refused = result;
    }
    /* The entries of our own page table are made with a touch. */
    for (uint64_t at = 0; at < ring->mapped_bytes; at += ST_JOURNAL_PAGE_BYTES) {
        volatile uint8_t *byte = base + at;
        *byte = *byte;
    }
    return got > 0 ? got : refused;
}

void st_journal_ring_retain(st_journal_ring *ring)
{
    /* relaxed: whoever takes a share holds one already. */
    atomic_fetch_add_explicit(&ring->owners, 1, memory_order_relaxed);
}

void st_journal_ring_release_owner(st_journal_ring *ring)
{
    /* acq_rel, pairs with itself on the other side: what the other end did to the ring is over before we
     * unmap. */
    if (atomic_fetch_sub_explicit(&ring->owners, 1, memory_order_acq_rel) != 1) return;
    munmap(ring->shared, ring->mapped_bytes);
    close(ring->fd);
    free(ring);
}

int64_t st_journal_salvage_open(const char *path, st_journal_salvage *found)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return st_result(fd);
    struct stat status;
    st_journal_shared *shared = NULL;
    int64_t result = st_result(fstat(fd, &status));
    if (result == 0 && status.st_size < (off_t)sizeof *shared) result = -EBADMSG;
    if (result == 0) {
        shared = mmap(NULL, sizeof *shared, PROT_READ, MAP_SHARED, fd, 0);
        if (shared == MAP_FAILED) result = st_result(-1);
    }
    if (result == 0) {
        memcpy(found->run_id, shared->run_id, sizeof found->run_id);
        found->epoch = shared->epoch;
        found->reserved = 0;
        found->capacity = shared->capacity;
        /* acquire, pairs with the release in st_journal_ring_append(), should the writer live yet. */
        found->released = atomic_load_explicit(&shared->released, memory_order_acquire);
        found->published = atomic_load_explicit(&shared->published, memory_order_acquire);
        if (shared->magic != ST_JOURNAL_MAGIC || shared->version != ST_JOURNAL_VERSION ||
            found->capacity == 0 || (found->capacity & (found->capacity - 1)) != 0 ||
            (uint64_t)status.st_size != ST_JOURNAL_PAGE_BYTES + found->capacity ||
            found->published < found->released || found->published - found->released > found->capacity)
            result = -EBADMSG;
        munmap(shared, sizeof *shared);
    }
    close(fd);
    return result;
}

int64_t st_journal_salvage_read(const char *path, const st_journal_salvage *found, void *into)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return st_result(fd);
    int64_t result = 0;
    uint8_t *out = into;
    for (uint64_t at = found->released; result == 0 && at < found->published;) {
        uint64_t offset = at & (found->capacity - 1);
        uint64_t count = found->capacity - offset;
        if (count > found->published - at) count = found->published - at;
        int64_t got = st_result(pread(fd, out, count, (off_t)(ST_JOURNAL_PAGE_BYTES + offset)));
        if (got <= 0) {
            result = got < 0 ? got : -EBADMSG;
        } else {
            out += got;
            at += (uint64_t)got;
        }
    }
    close(fd);
    return result;
}

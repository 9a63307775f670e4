/* Disk: see the header. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <liburing.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "st_disk.h"

int64_t st_disk_create(const char *path, uint64_t bytes, bool *direct)
{
    const int flags = O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC;
    *direct = true;
    int64_t fd = st_result(open(path, flags | O_DIRECT, 0644));
    if (fd == -EINVAL) { /* the file system has no direct writes; it may have made the file all the same */
        *direct = false;
        unlink(path);
        fd = st_result(open(path, flags, 0644));
    }
    if (fd < 0) return fd;
    int64_t result = st_result(fallocate((int)fd, 0, 0, (off_t)bytes));
    if (result == -EOPNOTSUPP) result = -(int64_t)posix_fallocate((int)fd, 0, (off_t)bytes);
    if (result == 0) result = st_result(fsync((int)fd));
    if (result == 0) return fd;
    close((int)fd);
    unlink(path);
    return result;
}

int64_t st_disk_write_now(int fd, const void *bytes, size_t count, uint64_t offset)
{
    return st_result(pwrite(fd, bytes, count, (off_t)offset));
}

int64_t st_disk_sync_now(int fd) { return st_result(fdatasync(fd)); }

int64_t st_disk_close(int fd, bool cut, uint64_t bytes)
{
    int64_t result = 0;
    if (cut) {
        result = st_result(ftruncate(fd, (off_t)bytes));
        if (result == 0) result = st_result(fsync(fd));
    }
    close(fd);
    return result;
}

struct st_uring {
    struct io_uring ring;
};

int64_t st_uring_create(unsigned entries, st_uring **made)
{
    *made = NULL;
    st_uring *ring = malloc(sizeof *ring);
    if (!ring) return -ENOMEM;
    /* liburing answers with the negative errno itself. */
    int result = io_uring_queue_init(entries, &ring->ring, 0);
    if (result < 0) {
        free(ring);
        return result;
    }
    struct io_uring_probe *probe = io_uring_get_probe_ring(&ring->ring);
    bool whole = probe && io_uring_opcode_supported(probe, IORING_OP_WRITE) &&
                 io_uring_opcode_supported(probe, IORING_OP_FSYNC) &&
                 (ring->ring.features & IORING_FEAT_EXT_ARG);
    if (probe) io_uring_free_probe(probe);
    if (!whole) {
        st_uring_destroy(ring);
        return -EOPNOTSUPP;
    }
    *made = ring;
    return 0;
}

void st_uring_destroy(st_uring *ring)
{
    io_uring_queue_exit(&ring->ring);
    free(ring);
}

static int64_t submit(st_uring *ring)
{
    int result = io_uring_submit(&ring->ring);
    return result < 0 ? result : 0;
}

int64_t st_uring_write(st_uring *ring, int fd, const void *bytes, size_t count, uint64_t offset, uint64_t tag)
{
    struct io_uring_sqe *entry = io_uring_get_sqe(&ring->ring);
    if (!entry) return -EAGAIN;
    io_uring_prep_write(entry, fd, bytes, (unsigned)count, offset);
    io_uring_sqe_set_data64(entry, tag);
    return submit(ring);
}

int64_t st_uring_sync(st_uring *ring, int fd, uint64_t tag)
{
    struct io_uring_sqe *entry = io_uring_get_sqe(&ring->ring);
    if (!entry) return -EAGAIN;
    io_uring_prep_fsync(entry, fd, IORING_FSYNC_DATASYNC);
    io_uring_sqe_set_data64(entry, tag);
    return submit(ring);
}

int64_t st_uring_poll(st_uring *ring, uint64_t *tag, int64_t *result)
{
    struct io_uring_cqe *done = NULL;
    if (io_uring_peek_cqe(&ring->ring, &done) != 0 || !done) return 0;
    *tag = io_uring_cqe_get_data64(done);
    *result = done->res;
    io_uring_cqe_seen(&ring->ring, done);
    return 1;
}

int64_t st_uring_wait(st_uring *ring, uint64_t timeout_ns)
{
    struct io_uring_cqe *done = NULL;
    struct __kernel_timespec limit = {(long long)(timeout_ns / 1000000000ull),
                                      (long long)(timeout_ns % 1000000000ull)};
    return io_uring_wait_cqe_timeout(&ring->ring, &done, &limit);
}

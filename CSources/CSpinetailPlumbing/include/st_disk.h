/* Files that are written in large aligned pieces with several writes in flight: io_uring by liburing, and the
 * plain calls for where the kernel refuses it. Checksums of what is written. Cold: the journal thread's.
 *
 * In C because liburing's interface is static inline functions over shared memory. It could go when Swift has
 * an io_uring of its own. */
#ifndef ST_DISK_H
#define ST_DISK_H

#include "st_plumbing.h"

/* Makes the file, which must not exist, with `bytes` of it taken on the device, past the page cache where the
 * file system can (`direct` tells). The descriptor, or negative errno. */
int64_t st_disk_create(const char *_Nonnull path, uint64_t bytes, bool *_Nonnull direct);
int64_t st_disk_write_now(int fd, const void *_Nonnull bytes, size_t count, uint64_t offset);
int64_t st_disk_sync_now(int fd);
/* Cuts the file to `bytes`, syncs and closes it. */
int64_t st_disk_close(int fd, bool cut, uint64_t bytes);

typedef struct st_uring st_uring;
/* 0; negative errno when the kernel refuses io_uring (-ENOSYS, -EPERM) or does not have what we need of it
 * (-EOPNOTSUPP). */
int64_t st_uring_create(unsigned entries, st_uring *_Nullable *_Nonnull made);
void st_uring_destroy(st_uring *_Nonnull ring);
/* Queued and told to the kernel. -EAGAIN: the queue is full, take completions first. */
int64_t st_uring_write(st_uring *_Nonnull ring, int fd, const void *_Nonnull bytes, size_t count,
                       uint64_t offset, uint64_t tag);
int64_t st_uring_sync(st_uring *_Nonnull ring, int fd, uint64_t tag);
/* 1: a completion; 0: none; `result` as the system call would have answered, with negative errno. */
int64_t st_uring_poll(st_uring *_Nonnull ring, uint64_t *_Nonnull tag, int64_t *_Nonnull result);
/* Sleeps until there is a completion or the time is over. */
int64_t st_uring_wait(st_uring *_Nonnull ring, uint64_t timeout_ns);

/* CRC-32C (Castagnoli), as iSCSI has it; `crc` is 0 or what the bytes before gave. */
uint32_t st_crc32c(uint32_t crc, const void *_Nullable bytes, size_t count);
/* The same from a table, to check the other against. */
uint32_t st_crc32c_table(uint32_t crc, const void *_Nullable bytes, size_t count);

#endif

/* Files: see the header. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "st_files.h"

int64_t st_file_make_folder(const char *path) { return st_result(mkdir(path, 0755)); }
int64_t st_file_remove(const char *path) { return st_result(unlink(path)); }
int64_t st_file_remove_folder(const char *path) { return st_result(rmdir(path)); }

int64_t st_file_sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return st_result(fd);
    int64_t result = st_result(fsync(fd));
    close(fd);
    return result;
}

int64_t st_file_replace(const char *path, const char *folder, const void *bytes, size_t count)
{
    char temporary[4096];
    /* Its own name for each process: two that replace the same file would tear each other's. */
    int length = snprintf(temporary, sizeof temporary, "%s.%ld.new", path, (long)getpid());
    if (length < 0 || (size_t)length >= sizeof temporary) return -ENAMETOOLONG;
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) return st_result(fd);
    int64_t result = 0;
    for (size_t done = 0; result >= 0 && done < count;) {
        result = st_result(write(fd, (const uint8_t *)bytes + done, count - done));
        if (result > 0) done += (size_t)result;
    }
    if (result >= 0) result = st_result(fsync(fd));
    if (close(fd) != 0 && result >= 0) result = st_result(-1);
    if (result >= 0) result = st_result(rename(temporary, path));
    if (result < 0) {
        unlink(temporary);
        return result;
    }
    return st_file_sync_folder(folder);
}

int64_t st_file_read_at(const char *path, uint64_t offset, void *into, size_t capacity)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return st_result(fd);
    int64_t result = 0;
    size_t done = 0;
    do {
        result = st_result(pread(fd, (uint8_t *)into + done, capacity - done, (off_t)(offset + done)));
        if (result > 0) done += (size_t)result;
    } while (result > 0 && done < capacity);
    close(fd);
    return result < 0 ? result : (int64_t)done;
}

int64_t st_file_truncate(const char *path, uint64_t bytes) { return st_result(truncate(path, (off_t)bytes)); }

int64_t st_file_map(const char *path, const void **mapped)
{
    *mapped = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return st_result(fd);
    struct stat status;
    int64_t result = st_result(fstat(fd, &status));
    if (result == 0 && status.st_size > 0) {
        void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (bytes == MAP_FAILED) {
            result = st_result(-1);
        } else {
            madvise(bytes, (size_t)status.st_size, MADV_SEQUENTIAL);
            *mapped = bytes;
            result = (int64_t)status.st_size;
        }
    }
    close(fd);
    return result;
}

void st_file_unmap(const void *mapped, size_t bytes) { munmap((void *)(uintptr_t)mapped, bytes); }

int64_t st_file_list(const char *folder, void *context, void (*each)(void *context, const char *name))
{
    DIR *open_folder = opendir(folder);
    if (!open_folder) return st_result(-1);
    for (struct dirent *entry; (entry = readdir(open_folder));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) each(context, entry->d_name);
    closedir(open_folder);
    return 0;
}

int64_t st_random_bytes(void *into, size_t count) { return st_result(getrandom(into, count, 0)); }

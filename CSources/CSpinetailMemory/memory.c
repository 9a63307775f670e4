#define _GNU_SOURCE
#include "st_memory.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>

/* A sanitizer brings its own allocator, and cannot start beside jemalloc's: Package.swift leaves that out. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define ST_SANITIZED 1
#endif
#endif
#ifndef ST_SANITIZED
#include <jemalloc/jemalloc.h>
#endif

#define HUGE_BYTES (2u << 20)

void *st_pages_map(size_t bytes)
{
    void *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) return NULL;
    if (bytes >= HUGE_BYTES)
        (void)madvise(pages, bytes, MADV_HUGEPAGE); /* advice: a refusal costs speed only */
    for (size_t at = 0; at < bytes; at += 4096)
        ((volatile unsigned char *)pages)[at] = 0;
    return pages;
}

void st_pages_unmap(void *pages, size_t bytes) { (void)munmap(pages, bytes); }

#ifdef ST_SANITIZED
int64_t st_thread_allocated_bytes(void) { return -1; }
#else
int64_t st_thread_allocated_bytes(void)
{
    uint64_t before = 0, after = 0;
    size_t length = sizeof before;
    if (mallctl("thread.allocated", &before, &length, NULL, 0) != 0) return -1;
    /* jemalloc answers even when another allocator has taken malloc's name: see whether it counts. */
    static _Thread_local int counts; /* 0 not tried, 1 yes, -1 no */
    if (counts == 0) {
        void *volatile probe = malloc(64);
        free(probe);
        length = sizeof after;
        if (mallctl("thread.allocated", &after, &length, NULL, 0) != 0) return -1;
        counts = after > before ? 1 : -1;
        before = after;
    }
    return counts > 0 ? (int64_t)before : -1;
}
#endif

int64_t st_thread_page_faults(void)
{
    struct rusage usage;
    if (getrusage(RUSAGE_THREAD, &usage) != 0) return -1;
    return (int64_t)usage.ru_minflt + (int64_t)usage.ru_majflt;
}

int st_lock_memory(void) { return mlockall(MCL_CURRENT | MCL_FUTURE) == 0 ? 0 : errno; }

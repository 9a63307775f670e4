#define _GNU_SOURCE
#include "st_memory.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
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

/* Newer than some headers. */
#ifndef MAP_HUGE_SHIFT
#define MAP_HUGE_SHIFT 26
#endif
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

#define PAGE_BYTES 4096u
#define HUGE_BYTES (2u << 20)
#define LINE_BYTES 64u

/* A small table takes its place in an arena with others: one huge page holds all that an event touches, where
 * tables with pages of their own would need an entry of the TLB each, and would all begin at the same sets of
 * the cache. */
#define SMALL_BYTES (256u << 10)

/* The first line of an arena, which is one huge page and begins at a multiple of its length. */
typedef struct st_arena {
    uint64_t live; /* places that are in use    */
    uint64_t used; /* bytes handed out so far   */
} st_arena;

static pthread_mutex_t arena_lock = PTHREAD_MUTEX_INITIALIZER;
static st_arena *arena_current;
static uint64_t colour_count;

/* What the large pieces lie in, for the report. Pieces beyond this many are used all the same, and not told.
 */
enum { in_small, in_transparent, in_explicit };
typedef struct piece {
    unsigned char *base;
    size_t bytes;
    int kind;
    bool was_refused; /* explicit huge pages were asked for */
} piece;
#define PIECES_MAX 1024
static pthread_mutex_t piece_lock = PTHREAD_MUTEX_INITIALIZER;
static piece pieces[PIECES_MAX];
static size_t piece_count;
static int explicit_refusal;
static bool uses_huge = true;

void st_huge_pages_use(bool uses) { uses_huge = uses; }

st_page_counts st_pages_count(void)
{
    st_page_counts counts = {0};
    (void)pthread_mutex_lock(&piece_lock);
    for (size_t i = 0; i < piece_count; i++) {
        const piece *it = &pieces[i];
        if (it->kind == in_small) counts.small_bytes += it->bytes;
        if (it->kind == in_transparent) counts.transparent_bytes += it->bytes;
        if (it->kind == in_explicit) counts.explicit_bytes += it->bytes;
        if (it->was_refused) counts.refused_bytes += it->bytes;
    }
    counts.refusal = explicit_refusal;
    (void)pthread_mutex_unlock(&piece_lock);
    return counts;
}

static void remember(unsigned char *base, size_t bytes, int kind, bool was_refused)
{
    (void)pthread_mutex_lock(&piece_lock);
    if (piece_count < PIECES_MAX) pieces[piece_count++] = (piece){base, bytes, kind, was_refused};
    (void)pthread_mutex_unlock(&piece_lock);
}

static void forget(const unsigned char *base)
{
    (void)pthread_mutex_lock(&piece_lock);
    for (size_t i = 0; i < piece_count; i++)
        if (pieces[i].base == base) {
            pieces[i] = pieces[--piece_count];
            break;
        }
    (void)pthread_mutex_unlock(&piece_lock);
}

static size_t rounded(size_t bytes, size_t unit) { return (bytes + unit - 1) & ~(unit - 1); }

/* From HUGE_BYTES on address space is taken in multiples of that, whatever is behind it. */
static size_t span_of(size_t length) { return length >= HUGE_BYTES ? rounded(length, HUGE_BYTES) : length; }

/* Huge pages that the administrator has reserved (vm.nr_hugepages). */
static unsigned char *mapped_explicit(size_t span)
{
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | (21 << MAP_HUGE_SHIFT);
    unsigned char *base = mmap(NULL, span, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (base == MAP_FAILED) {
        explicit_refusal = errno;
        return NULL;
    }
    /* All of them now, by a call that can fail: a control group may allow fewer than there are, and a touch
     * would be a SIGBUS. (Before Linux 5.14 there is no such call, and what is mapped is reserved.) */
    if (madvise(base, span, MADV_POPULATE_WRITE) == 0 || errno == EINVAL) return base;
    explicit_refusal = errno;
    (void)munmap(base, span);
    return NULL;
}

/* Pages, touched; from HUGE_BYTES on they begin at a multiple of that. */
static unsigned char *mapped(size_t length)
{
    const bool is_large = length >= HUGE_BYTES;
    const size_t span = span_of(length), slack = is_large ? HUGE_BYTES : 0;
    int kind = in_small;
    if (is_large && uses_huge) {
        unsigned char *base = mapped_explicit(span);
        if (base) {
            for (size_t at = 0; at < length; at += PAGE_BYTES)
                ((volatile unsigned char *)base)[at] = 0;
            remember(base, span, in_explicit, false);
            return base;
        }
    }
    unsigned char *base =
        mmap(NULL, span + slack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED) return NULL;
    if (slack) {
        unsigned char *begin = (unsigned char *)rounded((size_t)base, HUGE_BYTES);
        size_t before = (size_t)(begin - base), behind = slack - before;
        if (before) (void)munmap(base, before);
        if (behind) (void)munmap(begin + span, behind);
        base = begin;
        /* Advice: a refusal costs speed only. */
        if (uses_huge && madvise(base, length, MADV_HUGEPAGE) == 0) kind = in_transparent;
    }
    for (size_t at = 0; at < length; at += PAGE_BYTES)
        ((volatile unsigned char *)base)[at] = 0;
    remember(base, span, kind, is_large && uses_huge);
    return base;
}

static void unmapped(unsigned char *base, size_t length)
{
    forget(base);
    (void)munmap(base, span_of(length));
}

/* Under a sanitizer every table has pages of its own, so that a step beyond its end is seen. */
static bool is_small(size_t bytes)
{
#ifdef ST_SANITIZED
    (void)bytes;
    return false;
#else
    return bytes <= SMALL_BYTES;
#endif
}

static void *arena_take(size_t bytes)
{
    size_t room = rounded(bytes, LINE_BYTES);
    (void)pthread_mutex_lock(&arena_lock);
    st_arena *arena = arena_current;
    if (!arena || arena->used + room > HUGE_BYTES) {
        arena = (st_arena *)mapped(HUGE_BYTES);
        if (arena) {
            arena->live = 0;
            arena->used = LINE_BYTES;
            arena_current = arena;
        }
    }
    unsigned char *place = NULL;
    if (arena) {
        place = (unsigned char *)arena + arena->used;
        arena->used += room;
        arena->live += 1;
    }
    (void)pthread_mutex_unlock(&arena_lock);
    return place ? memset(place, 0, room) : NULL; /* an arena is used again when all of it was given back */
}

static void arena_give(void *place)
{
    st_arena *arena = (st_arena *)((size_t)place & ~(size_t)(HUGE_BYTES - 1));
    (void)pthread_mutex_lock(&arena_lock);
    bool gone = false;
    if (--arena->live == 0) {
        if (arena == arena_current)
            arena->used = LINE_BYTES;
        else
            gone = true;
    }
    (void)pthread_mutex_unlock(&arena_lock);
    if (gone) unmapped((unsigned char *)arena, HUGE_BYTES);
}

void *st_pages_map(size_t bytes)
{
    if (is_small(bytes)) return arena_take(bytes);
    /* Each table begins at another line of its first page: what is used together does not fall into the same
     * sets. */
    uint64_t colour = __atomic_fetch_add(&colour_count, 1, __ATOMIC_RELAXED);
    size_t offset = (size_t)(colour * 9 % (PAGE_BYTES / LINE_BYTES)) * LINE_BYTES;
    unsigned char *base = mapped(rounded(bytes + offset, PAGE_BYTES));
    return base ? base + offset : NULL;
}

void st_pages_unmap(void *place, size_t bytes)
{
    if (is_small(bytes)) {
        arena_give(place);
        return;
    }
    size_t offset = (size_t)place & (PAGE_BYTES - 1);
    unmapped((unsigned char *)place - offset, rounded(bytes + offset, PAGE_BYTES));
}

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

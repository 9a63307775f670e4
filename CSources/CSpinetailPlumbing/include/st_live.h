/* What a running engine shows of itself to other processes: a file in shared memory, one a run, made at start
 * and removed at an orderly end.
 *
 *      about     who writes it                     written once, before `magic`
 *      figures   counters, one word each           hot thread, between turns
 *      stages    latency buckets, copied           the calling thread, about twice a second
 *
 * The hot thread stores plain words into its own page; whoever looks computes rates and percentiles, so that
 * nobody pays for them while nobody looks. Every word is atomic and relaxed: a figure may be a moment old,
 * and none depends on another. Swift imports a struct with `_Atomic` members as an OpaquePointer, which is
 * what we want. */
#ifndef ST_LIVE_H
#define ST_LIVE_H

#include <assert.h>
#include <stdatomic.h>

#include "st_plumbing.h"

#define ST_LIVE_MAGIC 0x314556494c545053ull /* "SPTLIVE1" */
/* Raised with every change of this layout, of the meaning of a figure's place or of a stage's. */
#define ST_LIVE_VERSION 2u
#define ST_LIVE_FIGURES 64
#define ST_LIVE_STAGES 8
#define ST_LIVE_BUCKETS 8192 /* those of LatencyHistogram */

/* Who writes the file. Texts end in 0. */
typedef struct st_live_about {
    uint32_t process;
    uint32_t epoch;
    uint64_t process_started; /* in clock ticks since the machine's start, from /proc/PID/stat */
    uint64_t begun_utc_ns;
    uint8_t run_id[16];
    uint8_t program_version[24];
    uint8_t folder[512]; /* of the run, from the root */
} st_live_about;
_Static_assert(sizeof(st_live_about) == 576, "nine lines, no padding");

typedef struct st_live {
    _Atomic(uint64_t) magic; /* last of all at start */
    uint32_t version;
    uint32_t byte_count;
    _Alignas(ST_LINE_BYTES) st_live_about about;
    _Alignas(ST_LINE_BYTES) _Atomic(uint64_t) figures[ST_LIVE_FIGURES];
    _Alignas(ST_LINE_BYTES) _Atomic(uint64_t) engine_ns; /* the engine's clock and the kernel's */
    _Atomic(uint64_t) kernel_ns;                         /* (CLOCK_MONOTONIC_RAW) at one moment */
    _Alignas(ST_LINE_BYTES) _Atomic(uint64_t) buckets[ST_LIVE_STAGES][ST_LIVE_BUCKETS];
} st_live;
_Static_assert(offsetof(st_live, about) == 64, "layout of version 1");
_Static_assert(offsetof(st_live, figures) == 640, "layout of version 1");
_Static_assert(offsetof(st_live, engine_ns) == 1152, "layout of version 1");
_Static_assert(offsetof(st_live, buckets) == 1216, "layout of version 1");
_Static_assert(sizeof(st_live) == 1216 + 8 * 8 * 8192, "layout of version 1");
_Static_assert(sizeof(_Atomic(uint64_t)) == 8, "a figure is one word");

/* Makes the file, takes and touches every page of it. One that exists is refused (-EEXIST). 0, or negative
 * errno. */
int64_t st_live_create(const char *_Nonnull path, const st_live_about *_Nonnull about,
                       st_live *_Nullable *_Nonnull made);
/* Maps the file of another process to look at: -EBADMSG when it is none, -EOPNOTSUPP when it is of another
 * version. */
int64_t st_live_open(const char *_Nonnull path, st_live *_Nullable *_Nonnull found);
void st_live_close(st_live *_Nonnull live);
void st_live_read_about(const st_live *_Nonnull live, st_live_about *_Nonnull about);

/* Where the figures lie. */
void *_Nonnull st_live_figures(st_live *_Nonnull live);
uint64_t st_live_figure(const st_live *_Nonnull live, uint32_t index);
/* Copies the counts of a histogram that another thread goes on writing. */
void st_live_copy_stage(st_live *_Nonnull live, uint32_t stage, const uint64_t *_Nonnull counts);
void st_live_read_stage(const st_live *_Nonnull live, uint32_t stage, uint64_t *_Nonnull counts);
void st_live_set_clocks(st_live *_Nonnull live, uint64_t engine_ns, uint64_t kernel_ns);
/* What to add to the kernel's clock for the engine's. */
int64_t st_live_clock_offset_ns(const st_live *_Nonnull live);

#endif

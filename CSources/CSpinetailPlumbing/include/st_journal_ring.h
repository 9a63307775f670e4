/* One producer (the hot thread), one consumer (the journal thread), records of any length, in a file in
 * shared memory: what was appended is in the page cache of the kernel, so the death of the process loses none
 * of it.
 *
 *      file:   | header, one page | data, a power of two of bytes                          |
 *      memory: | header, one page | data                                                   | its first bytes
 * again |
 *
 * The first bytes of the data are mapped a second time behind its end, so a record that passes the end is
 * written and read in one piece and nothing has to be padded: the bytes of the ring, in order, are the bytes
 * of the journal, and a position in one is a position in the other.
 *
 * Swift imports a struct with `_Atomic` members as an OpaquePointer, which is what we want: no Swift line can
 * touch a position without going through these functions. */
#ifndef ST_JOURNAL_RING_H
#define ST_JOURNAL_RING_H

#include <assert.h>
#include <stdatomic.h>
#include <string.h>

#include "st_plumbing.h"

#define ST_JOURNAL_MAGIC 0x31474e4952545053ull /* "SPTRING1" */
#define ST_JOURNAL_VERSION 1u
#define ST_JOURNAL_PAGE_BYTES 4096u

/* Before every record, in the ring and in the journal's files alike. The next record begins at the next
 * multiple of 8; the bytes between are zero. */
typedef struct st_journal_record {
    uint32_t byte_count; /* of the record with this header, without the padding */
    uint16_t type;       /* JournalRecordType                                   */
    uint16_t stream;     /* feed stream, venue session, 0: none                 */
} st_journal_record;
_Static_assert(sizeof(st_journal_record) == 8, "a record's header is one word");

/* What is in the file: found again by whoever maps it after us. */
typedef struct st_journal_shared {
    uint64_t magic;
    uint32_t version;
    uint32_t epoch;
    uint8_t run_id[16];
    uint64_t capacity;
    _Alignas(ST_LINE_BYTES) _Atomic(uint64_t) published; /* producer writes: end of the last whole record */
    _Alignas(
        ST_LINE_BYTES) _Atomic(uint64_t) released; /* consumer writes: everything before is in the journal */
    _Alignas(ST_LINE_BYTES) uint8_t reserved[ST_JOURNAL_PAGE_BYTES - 3 * ST_LINE_BYTES];
} st_journal_shared;
_Static_assert(sizeof(st_journal_shared) == ST_JOURNAL_PAGE_BYTES, "the header is one page");
_Static_assert(offsetof(st_journal_shared, published) == 64, "positions have a line each");
_Static_assert(offsetof(st_journal_shared, released) == 128, "positions have a line each");

/* What is in this process only. */
typedef struct st_journal_ring {
    _Alignas(ST_LINE_BYTES) uint64_t write_pos; /* producer only                                    */
    uint64_t write_limit;                       /* producer's copy: stale, never too high           */
    uint8_t *_Nonnull producer_data;            /* the same three for both sides, each on its line  */
    uint64_t producer_mask;
    st_journal_shared *_Nonnull producer_shared;
    _Alignas(ST_LINE_BYTES) uint64_t read_pos; /* consumer only: handed out; released comes later  */
    uint8_t *_Nonnull data;                    /* the rest never changes after setup               */
    uint64_t mask;
    st_journal_shared *_Nonnull shared;
    uint64_t record_bytes_max;
    uint64_t mapped_bytes;
    int fd;
    _Atomic(int) owners; /* two ends share it; the last one unmaps                                 */
} st_journal_ring;

/* Makes and maps the file, every page of it touched. `path` NULL: memory without a name, for tests and for
 * when the journal is off. A file that exists is refused (-EEXIST): it may hold a dead process's records. 0,
 * or negative errno. */
int64_t st_journal_ring_create(const char *_Nullable path, uint64_t capacity, const uint8_t *_Nonnull run_id,
                               uint32_t epoch, st_journal_ring *_Nullable *_Nonnull made);
/* Asks for the ring in huge pages, now and at once (Linux 6.1): bytes that lie in such, or why none do. 0: it
 * is smaller than one. Before anybody appends. */
int64_t st_journal_ring_use_huge_pages(st_journal_ring *_Nonnull ring);
void st_journal_ring_retain(st_journal_ring *_Nonnull ring);
/* Unmaps with the last owner. The file stays: only an orderly end removes it, by its name. */
void st_journal_ring_release_owner(st_journal_ring *_Nonnull ring);

/* [producer] Room for `bytes` at the write position? */
ST_HOT static inline bool st_journal_ring_has_room(st_journal_ring *_Nonnull ring, uint64_t bytes)
{
    if (__builtin_expect(ring->write_limit - ring->write_pos >= bytes, 1)) return true;
    /* acquire, pairs with the release in st_journal_ring_release(): the consumer has read those bytes before
     * we write over them. Taken once a lap, not once a record. */
    ring->write_limit = atomic_load_explicit(&ring->producer_shared->released, memory_order_acquire) +
                        ring->producer_mask + 1;
    return ring->write_limit - ring->write_pos >= bytes;
}

/* [producer] One line of 64 bytes. Does not wait: false means full, which is an answer. */
ST_HOT static inline bool st_journal_ring_append_line(st_journal_ring *_Nonnull ring, uint16_t type,
                                                      uint16_t stream, const void *_Nonnull line)
{
    const uint64_t stride = sizeof(st_journal_record) + ST_LINE_BYTES;
    if (__builtin_expect(!st_journal_ring_has_room(ring, stride), 0)) return false;
    uint8_t *at = ring->producer_data + (ring->write_pos & ring->producer_mask);
    st_journal_record header = {(uint32_t)stride, type, stream};
    memcpy(at, &header, sizeof header);
    memcpy(at + sizeof header, line, ST_LINE_BYTES);
    ring->write_pos += stride;
    /* release, pairs with the acquire in st_journal_ring_readable(): bytes first, then the position. On
     * x86-64 a plain store to a line that the consumer looks at once a commit, so there is nothing to gain by
     * publishing several records at once, and nothing is ever appended and not yet safe. */
    atomic_store_explicit(&ring->producer_shared->published, ring->write_pos, memory_order_release);
    return true;
}

/* [producer] `count` lines, one behind the other in memory, each a record of its own, seen by the consumer
 * together. All of them or none. */
ST_HOT static inline bool st_journal_ring_append_lines(st_journal_ring *_Nonnull ring, uint16_t type,
                                                       uint16_t stream, const void *_Nonnull lines,
                                                       uint64_t count)
{
    const uint64_t stride = sizeof(st_journal_record) + ST_LINE_BYTES;
    if (__builtin_expect(!st_journal_ring_has_room(ring, stride * count), 0)) return false;
    st_journal_record header = {(uint32_t)stride, type, stream};
    uint64_t position = ring->write_pos;
    for (uint64_t i = 0; i < count; i++) {
        uint8_t *at = ring->producer_data + (position & ring->producer_mask);
        memcpy(at, &header, sizeof header);
        memcpy(at + sizeof header, (const uint8_t *)lines + i * ST_LINE_BYTES, ST_LINE_BYTES);
        position += stride;
    }
    ring->write_pos = position;
    /* release, pairs with the acquire in st_journal_ring_readable(). */
    atomic_store_explicit(&ring->producer_shared->published, position, memory_order_release);
    return true;
}

/* [producer] A line (`line_bytes` 64, or 0: none) and bytes behind it. */
ST_HOT static inline bool st_journal_ring_append(st_journal_ring *_Nonnull ring, uint16_t type,
                                                 uint16_t stream, const void *_Nullable line,
                                                 uint64_t line_bytes, const void *_Nullable payload,
                                                 uint64_t payload_bytes)
{
    const uint64_t bytes = sizeof(st_journal_record) + line_bytes + payload_bytes;
    const uint64_t stride = (bytes + 7) & ~(uint64_t)7;
    if (__builtin_expect(!st_journal_ring_has_room(ring, stride), 0)) return false;
    uint8_t *at = ring->producer_data + (ring->write_pos & ring->producer_mask);
    uint64_t zero = 0;
    memcpy(at + stride - 8, &zero, 8); /* the padding, before the bytes that may lie over it */
    st_journal_record header = {(uint32_t)bytes, type, stream};
    memcpy(at, &header, sizeof header);
    if (line_bytes) memcpy(at + sizeof header, line, line_bytes);
    if (payload_bytes) memcpy(at + sizeof header + line_bytes, payload, payload_bytes);
    ring->write_pos += stride;
    /* release, pairs with the acquire in st_journal_ring_readable(). */
    atomic_store_explicit(&ring->producer_shared->published, ring->write_pos, memory_order_release);
    return true;
}

/* What `fetch_next` asks for: a packet of a few messages, and the facts of an order. */
#define ST_JOURNAL_AHEAD_BYTES 768u

/* [producer] Asks for the lines that the next records go to. They were written a lap ago and lie in no cache:
 * whoever has nothing to do asks for them, again and again, before the next record is made. Changes nothing.
 */
ST_HOT static inline void st_journal_ring_fetch_next(const st_journal_ring *_Nonnull ring)
{
    const uint8_t *at = ring->producer_data + (ring->write_pos & ring->producer_mask);
    for (uint64_t offset = 0; offset < ST_JOURNAL_AHEAD_BYTES; offset += ST_LINE_BYTES)
        st_line_fetch_to_write(at + offset);
}

/* [producer] Bytes that a record may take now, with its header, in whole words. */
ST_HOT static inline uint64_t st_journal_ring_room(st_journal_ring *_Nonnull ring)
{
    /* acquire, pairs with the release in st_journal_ring_release(), as in st_journal_ring_has_room(). */
    ring->write_limit = atomic_load_explicit(&ring->producer_shared->released, memory_order_acquire) +
                        ring->producer_mask + 1;
    uint64_t room = ring->write_limit - ring->write_pos;
    return room < ring->record_bytes_max ? room : ring->record_bytes_max;
}

/* [producer] Bytes that the consumer has not released. */
ST_HOT static inline uint64_t st_journal_ring_used(const st_journal_ring *_Nonnull ring)
{
    /* relaxed: a number to judge by, nothing is read or written because of it. */
    return ring->write_pos - atomic_load_explicit(&ring->producer_shared->released, memory_order_relaxed);
}

ST_HOT static inline uint64_t st_journal_ring_capacity(const st_journal_ring *_Nonnull ring)
{
    return ring->mask + 1;
}
ST_HOT static inline uint64_t st_journal_ring_record_max(const st_journal_ring *_Nonnull ring)
{
    return ring->record_bytes_max;
}
ST_HOT static inline uint64_t st_journal_ring_write_pos(const st_journal_ring *_Nonnull ring)
{
    return ring->write_pos;
}

/* [consumer] Bytes from the read position on, in one piece, whole records except where the piece ends at the
 * second mapping's end; then the rest comes with the next call. */
ST_HOT static inline uint64_t st_journal_ring_readable(const st_journal_ring *_Nonnull ring,
                                                       const void *_Nullable *_Nonnull bytes)
{
    /* acquire, pairs with the release in st_journal_ring_append(): the bytes are there. */
    uint64_t end = atomic_load_explicit(&ring->shared->published, memory_order_acquire);
    uint64_t offset = ring->read_pos & ring->mask;
    uint64_t contiguous = ring->mask + 1 - offset + ring->record_bytes_max;
    uint64_t count = end - ring->read_pos;
    *bytes = ring->data + offset;
    return count < contiguous ? count : contiguous;
}
ST_HOT static inline uint64_t st_journal_ring_read_pos(const st_journal_ring *_Nonnull ring)
{
    return ring->read_pos;
}
/* [consumer] Goes on; the bytes stay the consumer's until released. */
ST_HOT static inline void st_journal_ring_advance(st_journal_ring *_Nonnull ring, uint64_t bytes)
{
    ring->read_pos += bytes;
}
/* [consumer] Gives everything before `position` back to the producer. */
ST_HOT static inline void st_journal_ring_release(st_journal_ring *_Nonnull ring, uint64_t position)
{
    /* release, pairs with the acquire in st_journal_ring_has_room(): our reads are over before its writes. */
    atomic_store_explicit(&ring->shared->released, position, memory_order_release);
}

/* A ring that another process left. */
typedef struct st_journal_salvage {
    uint8_t run_id[16];
    uint32_t epoch;
    uint32_t reserved;
    uint64_t released;  /* position of the first byte that may not be in the journal   */
    uint64_t published; /* position behind the last                                    */
    uint64_t capacity;
} st_journal_salvage;
/* Reads the header. 0; -EBADMSG: the file is not a ring or contradicts itself; else negative errno. */
int64_t st_journal_salvage_open(const char *_Nonnull path, st_journal_salvage *_Nonnull found);
/* Copies the bytes from `released` to `published` to `into`. */
int64_t st_journal_salvage_read(const char *_Nonnull path, const st_journal_salvage *_Nonnull found,
                                void *_Nonnull into);

#endif

/* ITCH 5.0 messages turned into market events by one permutation of bytes, where the processor has one. */
#ifndef ST_ITCH_H
#define ST_ITCH_H

#include <stdbool.h>
#include <stddef.h>

#include "st_records.h"

/* Set before main: the processor permutes 64 bytes by table (AVX-512 VBMI) and the kernel saves the
 * registers. */
extern bool st_itch_is_wide;

/* Only where st_itch_is_wide. */
ST_HOT bool st_itch_decode_wide(const void *_Nonnull message, size_t count, st_market_event *_Nonnull event);

/* Decodes the `count` bytes at `message`, at least one, none beyond them read. False: nothing was written,
 * and another decoder must say what the message is; so for every message that is wrong in any way, for the
 * few types that no permutation decodes, and on a processor that has none. */
ST_HOT static inline bool st_itch_decode(const void *_Nonnull message, size_t count,
                                         st_market_event *_Nonnull event)
{
    return st_itch_is_wide && st_itch_decode_wide(message, count, event);
}

#endif

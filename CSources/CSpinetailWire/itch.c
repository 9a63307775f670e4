/* What a message of a type becomes is a table of 64 places: for each byte of the event the byte of the
 * message that it is. So one load, one permutation, one OR with what no message carries, and one store decode
 * every type alike, big-endian numbers included, with no jump that depends on the type. */
#include "st_itch.h"

bool st_itch_is_wide;

#if defined(__x86_64__)
#include <immintrin.h>

struct row {
    uint8_t from[ST_LINE_BYTES]; /* of the message, for each byte of the event                             */
    uint64_t present;            /* a bit for each byte of the message                                     */
    uint32_t last_word;          /* kind, side, flags, code: the event's last word, if the letter is even   */
    uint32_t letter_step;        /* what an odd letter adds to it                                          */
    uint16_t key;                /* bytes of the message * 256 + its type; 0: no row                       */
    uint8_t letter_at;           /* a letter that must be one of two; the type, where a message has none   */
    uint8_t even_letter;         /* the one of the two whose lowest bit is 0, or the type                  */
    uint8_t letter_distance;     /* from it to the other                                                   */
    uint8_t reserved[43];
};
_Static_assert(sizeof(struct row) == 2 * ST_LINE_BYTES, "a row is two cache lines");

/* No message is longer than 50 bytes and those beyond its end are loaded as zeroes: the last is always one.
 */
#define O 63
#define NONE O, O, O, O, O, O, O, O
#define BIG16(at) at + 1, at, O, O
#define BIG32(at) at + 3, at + 2, at + 1, at, O, O, O, O
#define BIG48(at) at + 5, at + 4, at + 3, at + 2, at + 1, at, O, O
#define BIG64(at) at + 7, at + 6, at + 5, at + 4, at + 3, at + 2, at + 1, at
#define TEXT8(at) at, at + 1, at + 2, at + 3, at + 4, at + 5, at + 6, at + 7

/* The kinds, and the side's and the flag's values, are those of Swift's enumerations; what follows the first
 * eight arguments is where reference, new reference, match, symbol, price and quantity stand. */
#define ROW(type, bytes, kind, low, step, at, even, distance, ...)                                           \
    [type & 63] = {                                                                                          \
        .from = {BIG48(5), __VA_ARGS__, BIG16(1), O, O, O, O},                                               \
        .present = (1ull << bytes) - 1,                                                                      \
        .last_word = (uint32_t)type << 24 | low << 8 | kind,                                                 \
        .letter_step = step,                                                                                 \
        .key = bytes << 8 | type,                                                                            \
        .letter_at = at,                                                                                     \
        .even_letter = even,                                                                                 \
        .letter_distance = distance,                                                                         \
    }
/* With a side, B or S: 1 or 2. */
#define SIDED(type, bytes, kind, ...) ROW(type, bytes, kind, 1, 1 << 8, 19, 'B', 'S' - 'B', __VA_ARGS__)
#define PLAIN(type, bytes, kind, ...) ROW(type, bytes, kind, 0, 0, 0, type, 0, __VA_ARGS__)
#define OTHER(type, bytes, ...) PLAIN(type, bytes, 0, NONE, NONE, NONE, __VA_ARGS__, NONE, NONE)

/* By the type's lowest six bits; in a row with no key nothing is looked at. Cross trade, trading action and
 * system event are not here: their letters or numbers have bounds of other shapes. */
_Alignas(ST_LINE_BYTES) static const struct row rows[64] = {
    SIDED('A', 36, 1, BIG64(11), NONE, NONE, TEXT8(24), BIG32(32), BIG32(20)),
    SIDED('F', 40, 1, BIG64(11), NONE, NONE, TEXT8(24), BIG32(32), BIG32(20)),
    PLAIN('E', 31, 2, BIG64(11), NONE, BIG64(23), NONE, NONE, BIG32(19)),
    /* Printable, Y or N: N sets the lowest flag and is the even one, so that Y takes it away again. */
    ROW('C', 36, 3, 0x100, 0xffff0000, 31, 'N', 'Y' - 'N', BIG64(11), NONE, BIG64(23), NONE, BIG32(32),
        BIG32(19)),
    PLAIN('X', 23, 4, BIG64(11), NONE, NONE, NONE, NONE, BIG32(19)),
    PLAIN('D', 19, 5, BIG64(11), NONE, NONE, NONE, NONE, NONE),
    PLAIN('U', 35, 6, BIG64(11), BIG64(19), NONE, NONE, BIG32(31), BIG32(27)),
    SIDED('P', 44, 8, BIG64(11), NONE, BIG64(36), TEXT8(24), BIG32(32), BIG32(20)),
    PLAIN('B', 19, 9, NONE, NONE, BIG64(11), NONE, NONE, NONE),
    PLAIN('R', 39, 11, NONE, NONE, NONE, TEXT8(11), NONE, BIG32(21)),
    OTHER('Y', 20, TEXT8(11)),
    OTHER('N', 20, TEXT8(11)),
    OTHER('L', 26, TEXT8(15)),
    OTHER('V', 35, NONE),
    OTHER('W', 12, NONE),
    OTHER('K', 28, TEXT8(11)),
    OTHER('J', 35, TEXT8(11)),
    OTHER('h', 21, TEXT8(11)),
    OTHER('I', 50, TEXT8(28)),
    OTHER('O', 48, TEXT8(11)),
};

__attribute__((constructor)) static void look_at_processor(void)
{
    __builtin_cpu_init();
    st_itch_is_wide = __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512bw");
}

__attribute__((target("avx512f,avx512bw,avx512vbmi"))) bool
st_itch_decode_wide(const void *message, size_t count, st_market_event *event)
{
    const uint8_t *bytes = message;
    const struct row *row = &rows[bytes[0] & 63];
    if ((count << 8 | bytes[0]) != row->key) return false;
    uint8_t letter = bytes[row->letter_at];
    /* All bits where the letter is odd: no jump, as a side cannot be guessed. */
    uint32_t odd = 0 - (uint32_t)(letter & 1);
    if (letter != (uint8_t)(row->even_letter + (odd & row->letter_distance))) return false;
    __m512i loaded = _mm512_maskz_loadu_epi8(row->present, bytes);
    __m512i fields = _mm512_permutexvar_epi8(_mm512_load_si512(row->from), loaded);
    uint32_t rest = row->last_word + (odd & row->letter_step);
    _mm512_storeu_si512(event, _mm512_mask_set1_epi32(fields, 0x8000, (int)rest));
    return true;
}
#else
bool st_itch_decode_wide(const void *message, size_t count, st_market_event *event)
{
    (void)message, (void)count, (void)event;
    return false;
}
#endif

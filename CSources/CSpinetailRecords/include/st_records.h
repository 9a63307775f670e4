/* The records that everything hangs on: what enters the core, what the core decided, what it tells a venue,
 * and what a feed's decoder hands to the books.
 *
 * They are C structs with explicit padding because they are written to the journal byte for byte: a hole that
 * a compiler fills with whatever was there would break "the same inputs give the same bytes". Each is exactly
 * one cache line. Little-endian, as both supported architectures are. What a field means for each kind stands
 * with the Swift enumeration of the kinds (Sources/Model/Records). */
#ifndef ST_RECORDS_H
#define ST_RECORDS_H

#include <assert.h>
#include <stdint.h>

#include "st_hot.h"

/* An input of the core: the only way in which its state can change. */
typedef struct st_input {
    uint64_t sequence;        /* 1, 2, 3 …: given by the sequencer, no gaps                             */
    uint64_t engine_time_ns;  /* core time: monotonic, never less than the input before                 */
    uint64_t venue_time_ns;   /* the venue's own stamp, in its own terms; 0: it gave none               */
    uint64_t execution_id;    /* match number; other kinds: see InputKind                               */
    int64_t price;            /* in the instrument's price scale                                        */
    int64_t quantity;         /* in the instrument's quantity scale                                     */
    uint32_t instrument;      /* index in the instrument table; ST_NO_INSTRUMENT: concerns none         */
    uint32_t user_ref;        /* client order number on the venue session; 0: none                      */
    uint32_t received_age_ns; /* engine_time_ns minus the time of receipt, saturating                   */
    uint8_t kind;             /* InputKind                                                              */
    uint8_t side;             /* Side                                                                   */
    uint8_t flags;            /* by kind                                                                */
    uint8_t source;           /* feed stream or venue session                                           */
} st_input;
_Static_assert(sizeof(st_input) == ST_LINE_BYTES, "an input is one cache line");

/* A fact that the core decided or learned in the step of one input. */
typedef struct st_fact {
    uint64_t sequence;      /* of the input that caused it                                              */
    uint64_t order_id_high; /* the order's 128-bit id, 0: concerns no order                             */
    uint64_t order_id_low;
    uint64_t execution_id; /* match number; other kinds: see FactKind                                   */
    int64_t price;
    int64_t quantity;
    uint32_t instrument;
    uint32_t user_ref;
    uint32_t detail;   /* rule, reason, packed terms: see FactKind                                      */
    uint16_t strategy; /* index in the run's list of strategies; ST_NO_STRATEGY: none                   */
    uint8_t kind;      /* FactKind                                                                      */
    uint8_t side;      /* Side                                                                          */
} st_fact;
_Static_assert(sizeof(st_fact) == ST_LINE_BYTES, "a fact is one cache line");

/* What the core asks of a venue session. */
typedef struct st_command {
    uint64_t sequence; /* of the input that caused it: part of the client order id                  */
    uint64_t symbol;   /* eight ASCII characters as they stand on the wire, space padded            */
    int64_t price;
    int64_t quantity;
    uint32_t instrument;
    uint32_t user_ref;     /* this command's own number on the session, rising                          */
    uint32_t original_ref; /* cancel, replace: the order's number                                       */
    uint32_t slot;         /* index of the order in the order table                                     */
    uint32_t epoch;        /* engine epoch                                                              */
    uint16_t strategy;
    uint8_t kind;          /* CommandKind                                                               */
    uint8_t session;       /* venue session                                                             */
    uint8_t side;          /* Side                                                                      */
    uint8_t order_type;    /* OrderType                                                                 */
    uint8_t time_in_force; /* TimeInForce                                                               */
    uint8_t flags;         /* OrderFlags                                                                */
    uint32_t reserved;     /* 0                                                                         */
} st_command;
_Static_assert(sizeof(st_command) == ST_LINE_BYTES, "a command is one cache line");

/* One market data message, whatever protocol it came in. */
typedef struct st_market_event {
    uint64_t venue_time_ns; /* ns since midnight (ITCH) or since 1970 (IEX), as the venue gave it       */
    uint64_t order_ref;     /* the venue's number of the order; by-order feeds only                     */
    uint64_t new_order_ref; /* replace: the number that takes its place                                 */
    uint64_t match_number;  /* trades and executions                                                    */
    uint64_t symbol;        /* instrument definition: eight ASCII characters, space padded              */
    int64_t price;
    int64_t quantity;
    uint32_t instrument;
    uint8_t kind;  /* MarketEventKind                                                                   */
    uint8_t side;  /* Side                                                                              */
    uint8_t flags; /* MarketEventFlags                                                                  */
    uint8_t code;  /* the venue's own one-letter code: message type, trading state …                    */
} st_market_event;
_Static_assert(sizeof(st_market_event) == ST_LINE_BYTES, "a market event is one cache line");

#define ST_NO_INSTRUMENT UINT32_MAX
#define ST_NO_STRATEGY UINT16_MAX

#endif

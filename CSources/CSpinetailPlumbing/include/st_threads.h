/* Threads and signals: what the kernel lets a thread be. Every function returns 0 or the negative errno. */
#ifndef ST_THREADS_H
#define ST_THREADS_H

#include "st_gate.h"
#include "st_plumbing.h"

/* The calling thread only runs on `core` from here on. */
int64_t st_thread_pin(int core);
/* How many cores this process may run on. */
int64_t st_thread_cores(void);
/* First-in-first-out scheduling, above every ordinary thread. */
int64_t st_thread_realtime(int priority);
/* At most 15 bytes are kept. */
int64_t st_thread_name(const char *_Nonnull name);
int64_t st_thread_start(void (*_Nonnull body)(void *_Nonnull context), void *_Nonnull context,
                        uint64_t *_Nonnull thread);
int64_t st_thread_join(uint64_t thread);
/* [hot] Lets another thread have the core, where one waits for it. */
ST_HOT void st_thread_yield(void);

/* A thread as another one can look at it. */
typedef struct st_thread_mark {
    int32_t id;
    int32_t cpu_clock;
} st_thread_mark;
/* Of the calling thread. */
int64_t st_thread_mark_self(st_thread_mark *_Nonnull mark);
/* The processor time that it has taken, and the letter that the kernel shows of its state (R, S, D, T, t, …;
 * 0 where it is not shown). */
int64_t st_thread_look(st_thread_mark mark, uint64_t *_Nonnull cpu_ns, char *_Nonnull state);

/* SIGINT and SIGTERM set a flag; the second one ends the process at once, or where the program takes it for
 * itself (below) the third. SIGPIPE is ignored. */
int64_t st_interrupt_install(void);
/* [hot] How often one has come. */
ST_HOT int st_interrupt_count(void);
/* As if one had come: for tests, and for a thread that wants the run to end. */
void st_interrupt_raise(void);
void st_interrupt_clear(void);
/* Whether the program ends by itself at the second one, in as good an order as can be had. */
void st_interrupt_take_second(bool takes);

/* SIGUSR2, the kill: the gates that its handler closes to orders, of which there may be eight: false. One
 * that has come before there was any closes the first. SIGHUP asks for the settings to be read again: how
 * often it came. */
bool st_kill_signal_watch(st_gate *_Nonnull gate);
void st_kill_signal_unwatch(st_gate *_Nonnull gate);
uint32_t st_reload_signals(void);

/* A flag between threads that Swift can hold in any type: 0, or why. */
typedef struct st_flag st_flag;
st_flag *_Nonnull st_flag_create(void);
void st_flag_destroy(st_flag *_Nonnull flag);
/* release: what was done before is seen by who reads the flag. */
ST_HOT void st_flag_set(st_flag *_Nonnull flag, uint64_t value);
/* [hot] acquire, pairs with the release in st_flag_set(). */
ST_HOT uint64_t st_flag_get(const st_flag *_Nonnull flag);

#endif

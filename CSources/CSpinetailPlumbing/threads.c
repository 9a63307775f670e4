/* Threads and signals: see the header. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "st_threads.h"

int64_t st_thread_pin(int core)
{
    if (core < 0 || core >= CPU_SETSIZE) return -EINVAL;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    return -(int64_t)pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

int64_t st_thread_cores(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    int64_t result = st_result(sched_getaffinity(0, sizeof set, &set));
    return result < 0 ? result : CPU_COUNT(&set);
}

int64_t st_thread_realtime(int priority)
{
    struct sched_param parameters = {.sched_priority = priority};
    return -(int64_t)pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters);
}

int64_t st_thread_name(const char *name)
{
    char kept[16];
    snprintf(kept, sizeof kept, "%s", name);
    return -(int64_t)pthread_setname_np(pthread_self(), kept);
}

typedef struct start {
    void (*body)(void *context);
    void *context;
} start;

static void *run(void *argument)
{
    start begin = *(start *)argument;
    free(argument);
    begin.body(begin.context);
    return NULL;
}

int64_t st_thread_start(void (*body)(void *context), void *context, uint64_t *thread)
{
    start *begin = malloc(sizeof *begin);
    if (!begin) return -ENOMEM;
    *begin = (start){body, context};
    pthread_t made;
    int refused = pthread_create(&made, NULL, run, begin);
    if (refused) {
        free(begin);
        return -(int64_t)refused;
    }
    *thread = (uint64_t)made;
    return 0;
}

void st_thread_yield(void) { sched_yield(); }

int64_t st_thread_join(uint64_t thread) { return -(int64_t)pthread_join((pthread_t)thread, NULL); }

/* relaxed throughout: the flag carries no other data, and late by an instant is in time. */
static _Atomic(int) interrupts;

static void on_signal(int number)
{
    (void)number;
    if (atomic_fetch_add_explicit(&interrupts, 1, memory_order_relaxed) >= 1) {
        static const char text[] = "\nended at once\n";
        ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
        (void)ignored;
        _exit(130);
    }
}

int64_t st_interrupt_install(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    int64_t result = st_result(sigaction(SIGINT, &action, NULL));
    if (result == 0) result = st_result(sigaction(SIGTERM, &action, NULL));
    if (result == 0) result = st_result(sigaction(SIGPIPE, &ignore, NULL));
    return result;
}

int st_interrupt_count(void) { return atomic_load_explicit(&interrupts, memory_order_relaxed); }
void st_interrupt_raise(void) { atomic_fetch_add_explicit(&interrupts, 1, memory_order_relaxed); }
void st_interrupt_clear(void) { atomic_store_explicit(&interrupts, 0, memory_order_relaxed); }

struct st_flag {
    _Alignas(ST_LINE_BYTES) _Atomic(uint64_t) value;
};

st_flag *st_flag_create(void)
{
    st_flag *flag = aligned_alloc(ST_LINE_BYTES, sizeof *flag);
    if (!flag) abort();
    atomic_init(&flag->value, 0);
    return flag;
}
void st_flag_destroy(st_flag *flag) { free(flag); }
void st_flag_set(st_flag *flag, uint64_t value)
{
    atomic_store_explicit(&flag->value, value, memory_order_release);
}
uint64_t st_flag_get(const st_flag *flag) { return atomic_load_explicit(&flag->value, memory_order_acquire); }

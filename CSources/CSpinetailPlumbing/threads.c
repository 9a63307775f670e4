/* Threads and signals: see the header. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
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

int64_t st_thread_mark_self(st_thread_mark *mark)
{
    clockid_t clock;
    int refused = pthread_getcpuclockid(pthread_self(), &clock);
    if (refused) return -(int64_t)refused;
    *mark = (st_thread_mark){(int32_t)syscall(SYS_gettid), (int32_t)clock};
    return 0;
}

int64_t st_thread_look(st_thread_mark mark, uint64_t *cpu_ns, char *state)
{
    struct timespec taken;
    int64_t result = st_result(clock_gettime((clockid_t)mark.cpu_clock, &taken));
    if (result < 0) return result;
    *cpu_ns = (uint64_t)taken.tv_sec * 1000000000u + (uint64_t)taken.tv_nsec;
    *state = 0;
    char path[64], text[256];
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", mark.id);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t count = read(fd, text, sizeof text - 1);
    close(fd);
    if (count <= 0) return 0;
    text[count] = 0;
    /* The name stands in parentheses and may have any of its own. */
    const char *end = strrchr(text, ')');
    if (end && end[1] == ' ') *state = end[2];
    return 0;
}

/* relaxed throughout: the flag carries no other data, and late by an instant is in time. */
static _Atomic(int) interrupts;
static _Atomic(int) ends_at = 2;

static void on_signal(int number)
{
    (void)number;
    int count = atomic_fetch_add_explicit(&interrupts, 1, memory_order_relaxed) + 1;
    if (count >= atomic_load_explicit(&ends_at, memory_order_relaxed)) {
        static const char text[] = "\nended at once\n";
        ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
        (void)ignored;
        _exit(130);
    }
}

/* The gates that SIGUSR2 closes to orders; a run has one. */
enum { signal_gates_max = 8 };
static _Atomic(st_gate *) signal_gates[signal_gates_max];
/* Of those that found no gate: see st_kill_signal_watch(). */
static _Atomic(uint32_t) kill_signals;
static _Atomic(uint32_t) reload_signals;

/* Nothing but atomics: whichever thread it interrupts, that thread's list of system calls stays what it is.
 */
static void on_kill(int number)
{
    (void)number;
    bool is_heard = false;
    for (int place = 0; place < signal_gates_max; place++) {
        st_gate *gate = atomic_load_explicit(&signal_gates[place], memory_order_seq_cst);
        if (!gate) continue;
        st_gate_kill(gate, true);
        is_heard = true;
    }
    if (!is_heard) atomic_store_explicit(&kill_signals, 1, memory_order_seq_cst);
}

static void on_reload(int number)
{
    (void)number;
    atomic_fetch_add_explicit(&reload_signals, 1, memory_order_relaxed);
}

uint32_t st_reload_signals(void) { return atomic_load_explicit(&reload_signals, memory_order_relaxed); }

bool st_kill_signal_watch(st_gate *gate)
{
    bool is_watched = false;
    for (int place = 0; place < signal_gates_max && !is_watched; place++) {
        st_gate *none = NULL;
        is_watched = atomic_compare_exchange_strong_explicit(&signal_gates[place], &none, gate,
                                                             memory_order_seq_cst, memory_order_relaxed);
    }
    /* seq_cst: one that came before has left its mark, one that comes later finds the gate. */
    if (atomic_exchange_explicit(&kill_signals, 0, memory_order_seq_cst) != 0) st_gate_kill(gate, true);
    return is_watched;
}

/* A handler that has just read the gate may be inside it on another thread: the gate must not be freed. */
void st_kill_signal_unwatch(st_gate *gate)
{
    for (int place = 0; place < signal_gates_max; place++) {
        st_gate *mine = gate;
        atomic_compare_exchange_strong_explicit(&signal_gates[place], &mine, NULL, memory_order_seq_cst,
                                                memory_order_relaxed);
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
    struct sigaction kill = {.sa_handler = on_kill, .sa_flags = SA_RESTART};
    sigemptyset(&kill.sa_mask);
    struct sigaction reload = {.sa_handler = on_reload, .sa_flags = SA_RESTART};
    sigemptyset(&reload.sa_mask);
    if (result == 0) result = st_result(sigaction(SIGUSR2, &kill, NULL));
    if (result == 0) result = st_result(sigaction(SIGHUP, &reload, NULL));
    return result;
}

int st_interrupt_count(void) { return atomic_load_explicit(&interrupts, memory_order_relaxed); }
void st_interrupt_raise(void) { atomic_fetch_add_explicit(&interrupts, 1, memory_order_relaxed); }
void st_interrupt_clear(void) { atomic_store_explicit(&interrupts, 0, memory_order_relaxed); }
void st_interrupt_take_second(bool takes)
{
    atomic_store_explicit(&ends_at, takes ? 3 : 2, memory_order_relaxed);
}

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

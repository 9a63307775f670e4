/* The list of system calls of a thread: see the header.
 *
 * Without a library: the program below is a dozen lines, and a library's would be one more thing to trust. A
 * filter cannot be taken away again, by design of the kernel's. */
#define _GNU_SOURCE
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "st_seccomp.h"

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

/* What glibc's si_code has no name for in all versions. */
#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1
#endif

typedef struct call {
    uint32_t number;
    const char *name;
} call;
#define CALL(name)                                                                                           \
    {                                                                                                        \
        __NR_##name, #name                                                                                   \
    }

/* --- The lists. The kernel remembers which numbers are always allowed (Linux 5.11): their order costs
 * nothing. --- */

static const call sockets_calls[] = {
    CALL(recvfrom), /* recv */
    CALL(recvmsg),
    CALL(recvmmsg),
    CALL(connect),
};
static const call uring_calls[] = {
    CALL(io_uring_enter), CALL(io_uring_register), /* a connection's place among the files */
};
/* A thread without sockets: it sleeps, and wakes those that have them (st_wake.h). */
static const call rings_calls[] = {
    CALL(futex),
    CALL(write),
};
static const call network_calls[] = {
    CALL(sendto), /* send, and requests for what was lost */
    CALL(ppoll),
#ifdef __NR_poll
    CALL(poll),
#endif
    /* A new connection, and the end of one. */
    CALL(socket),
    CALL(setsockopt),
    CALL(getsockopt),
    CALL(getpeername),
    CALL(getsockname),
    CALL(shutdown),
    CALL(close),
    /* Where threads are more than cores. */
    CALL(sched_yield),
    /* Signals, and what the kernel goes on with behind one; the end. */
    CALL(rt_sigreturn),
    CALL(rt_sigprocmask),
    CALL(restart_syscall),
    CALL(exit),
    CALL(exit_group),
};
/* What the end of a thread needs, and a clock that is no memory. */
static const call end_calls[] = {
    CALL(futex),  CALL(munmap), CALL(madvise), CALL(getrusage),
    CALL(gettid), CALL(getpid), CALL(tgkill),  CALL(clock_gettime),
};

/* For the message and the report: what somebody is likely to have called. */
static const call other_calls[] = {
    CALL(read),         CALL(write),        CALL(openat),
    CALL(newfstatat),   CALL(fstat),        CALL(lseek),
    CALL(mmap),         CALL(mprotect),     CALL(brk),
    CALL(ioctl),        CALL(pread64),      CALL(pwrite64),
    CALL(readv),        CALL(writev),       CALL(mremap),
    CALL(msync),        CALL(nanosleep),    CALL(clock_nanosleep),
    CALL(clone),        CALL(clone3),       CALL(execve),
    CALL(fcntl),        CALL(fsync),        CALL(fdatasync),
    CALL(getcwd),       CALL(unlinkat),     CALL(bind),
    CALL(listen),       CALL(accept4),      CALL(sendmsg),
    CALL(uname),        CALL(gettimeofday), CALL(sigaltstack),
    CALL(rt_sigaction), CALL(kill),         CALL(sched_setaffinity),
    CALL(statx),        CALL(getrandom),    CALL(io_uring_setup),
    CALL(epoll_pwait),  CALL(mlock),        CALL(sched_getaffinity),
    CALL(prctl),        CALL(getppid),      CALL(getuid),
    CALL(readlinkat),   CALL(faccessat),    CALL(pipe2),
    CALL(sendmmsg),     CALL(memfd_create), CALL(set_robust_list),
    CALL(rseq),         CALL(prlimit64),    CALL(eventfd2),
#ifdef __NR_open
    CALL(open),         CALL(stat),         CALL(access),
    CALL(fork),         CALL(vfork),        CALL(unlink),
    CALL(epoll_wait),   CALL(select),       CALL(time),
    CALL(dup2),         CALL(readlink),     CALL(lstat),
#endif
};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char *name_in(const call *list, size_t count, uint32_t number)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].number == number) return list[i].name;
    return NULL;
}

const char *st_seccomp_name_of(uint32_t number)
{
    const char *name = name_in(other_calls, COUNT(other_calls), number);
    if (!name) name = name_in(end_calls, COUNT(end_calls), number);
    if (!name) name = name_in(network_calls, COUNT(network_calls), number);
    if (!name) name = name_in(sockets_calls, COUNT(sockets_calls), number);
    return name ? name : name_in(uring_calls, COUNT(uring_calls), number);
}

/* --- The calls that are not on it --- */

/* Only the thread itself and signals on it touch these. */
static _Thread_local volatile uint32_t counts[ST_CALLS_MAX];
static _Thread_local volatile bool is_counting;
static _Thread_local volatile bool is_fatal;

void st_seccomp_counting(bool counts_them) { is_counting = counts_them; }
uint64_t st_seccomp_count_of(uint32_t number) { return number < ST_CALLS_MAX ? counts[number] : 0; }

#ifdef ARCHITECTURE

/* Makes a call from the one place where the filter lets every number through: it looks at the address behind
 * the instruction. */
long st_seccomp_pass(long number, long a, long b, long c, long d, long e, long f)
    __attribute__((visibility("hidden")));
extern const char st_seccomp_passed[] __attribute__((visibility("hidden")));
#if defined(__x86_64__)
__asm__(".text\n"
        ".globl st_seccomp_pass\n.hidden st_seccomp_pass\n.type st_seccomp_pass, @function\n"
        ".globl st_seccomp_passed\n.hidden st_seccomp_passed\n"
        "st_seccomp_pass:\n"
        "mov %rdi, %rax\nmov %rsi, %rdi\nmov %rdx, %rsi\nmov %rcx, %rdx\n"
        "mov %r8, %r10\nmov %r9, %r8\nmov 8(%rsp), %r9\n"
        "syscall\n"
        "st_seccomp_passed:\n"
        "ret\n"
        ".size st_seccomp_pass, .-st_seccomp_pass\n");
#else
__asm__(".text\n"
        ".globl st_seccomp_pass\n.hidden st_seccomp_pass\n.type st_seccomp_pass, %function\n"
        ".globl st_seccomp_passed\n.hidden st_seccomp_passed\n"
        "st_seccomp_pass:\n"
        "mov x8, x0\nmov x0, x1\nmov x1, x2\nmov x2, x3\nmov x3, x4\nmov x4, x5\nmov x5, x6\n"
        "svc #0\n"
        "st_seccomp_passed:\n"
        "ret\n"
        ".size st_seccomp_pass, .-st_seccomp_pass\n");
#endif

static long pass(const ucontext_t *context, unsigned number)
{
#if defined(__x86_64__)
    const greg_t *r = context->uc_mcontext.gregs;
    return st_seccomp_pass((long)number, r[REG_RDI], r[REG_RSI], r[REG_RDX], r[REG_R10], r[REG_R8],
                           r[REG_R9]);
#else
    const unsigned long long *r = context->uc_mcontext.regs;
    return st_seccomp_pass((long)number, (long)r[0], (long)r[1], (long)r[2], (long)r[3], (long)r[4],
                           (long)r[5]);
#endif
}

static void answer(ucontext_t *context, long result)
{
#if defined(__x86_64__)
    context->uc_mcontext.gregs[REG_RAX] = result;
#else
    context->uc_mcontext.regs[0] = (unsigned long long)result;
#endif
}

/* A new thread or process would come out of the call on another stack, inside our handler. */
static bool begins_another(unsigned number)
{
#ifdef __NR_fork
    if (number == __NR_fork || number == __NR_vfork) return true;
#endif
    return number == __NR_clone || number == __NR_clone3;
}

static char *put(char *to, const char *text)
{
    size_t length = strlen(text);
    memcpy(to, text, length);
    return to + length;
}

static char *put_number(char *to, unsigned number)
{
    char digits[12];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0)
        *to++ = digits[--count];
    return to;
}

/* Nothing here but what a signal handler may do. */
static void end(unsigned number)
{
    char text[400];
    const char *name = st_seccomp_name_of(number);
    char *to = put(text, "\nspinetail: the hot thread made system call ");
    to = put_number(to, number);
    if (name) {
        to = put(to, " (");
        to = put(to, name);
        to = put(to, ")");
    }
    to = put(to, ", which its list (threads.seccomp) does not have; the process ends here. What it recorded "
                 "is safe: start "
                 "it again as after a crash. To find what makes the call set threads.seccomp: count\n");
    ssize_t ignored = write(STDERR_FILENO, text, (size_t)(to - text));
    (void)ignored;
    /* SIGSYS is blocked while its handler runs: the kernel takes the handler away, and the process dies of
     * the signal, for a parent or a core file to see. */
    syscall(__NR_getppid);
    _exit(128 + SIGSYS);
}

static void on_call(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    if (info->si_code != SYS_SECCOMP) return;
    unsigned number = (unsigned)info->si_syscall;
    if (is_fatal) end(number);
    if (is_counting) counts[number < ST_CALLS_MAX ? number : ST_CALLS_MAX - 1] += 1;
    answer(context, begins_another(number) ? -EPERM : pass(context, number));
}

/* --- The program --- */

enum { steps_max = 160 };

typedef struct program {
    struct sock_filter steps[steps_max];
    unsigned short count;
} program;

#define WORD(field) ((uint32_t)offsetof(struct seccomp_data, field))

static void put_step(program *to, struct sock_filter step) { to->steps[to->count++] = step; }
static void load(program *to, uint32_t offset)
{
    put_step(to, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset));
}
static void result(program *to, uint32_t action)
{
    put_step(to, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}
/* Goes on behind the next `count` steps where the word that was loaded is another. */
static void unless_equal_skip(program *to, uint32_t value, uint8_t count)
{
    put_step(to, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, count));
}

static void allow(program *to, const call *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        unless_equal_skip(to, list[i].number, 1);
        result(to, SECCOMP_RET_ALLOW);
    }
}

/* The calling thread's stack, and the guard below it. */
typedef struct stack {
    uint64_t begin, end;
} stack;

static stack own_stack(void)
{
    stack found = {0, 0};
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return found;
    void *low = NULL;
    size_t size = 0, guard = 0;
    if (pthread_attr_getstack(&attributes, &low, &size) == 0) {
        (void)pthread_attr_getguardsize(&attributes, &guard);
        found = (stack){(uint64_t)(uintptr_t)low - guard, (uint64_t)(uintptr_t)low + size};
    }
    (void)pthread_attr_destroy(&attributes);
    return found;
}

/* Its last call but one, by which glibc gives the stack's pages back: all signals are blocked by then, and
 * nobody could count it. */
static void allow_giving_back(program *to, stack own)
{
    bool is_split = own.begin >> 32 != own.end >> 32;
    unless_equal_skip(to, __NR_madvise, 6);
    load(to, WORD(args[0]) + 4);
    unless_equal_skip(to, (uint32_t)(own.begin >> 32), 4);
    load(to, WORD(args[0]));
    put_step(to, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (uint32_t)own.begin, 0, 2));
    put_step(to, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K,
                                              is_split ? UINT32_MAX : (uint32_t)own.end, 1, 0));
    result(to, SECCOMP_RET_ALLOW);
}

static void write_program(program *to, uint32_t network, bool fatal)
{
    to->count = 0;
    load(to, WORD(arch));
    unless_equal_skip(to, ARCHITECTURE, 1);
    put_step(to, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 1));
    result(to, SECCOMP_RET_KILL_PROCESS);
    load(to, WORD(nr));
    if (network & ST_CALLS_SOCKETS) allow(to, sockets_calls, COUNT(sockets_calls));
    if (network & ST_CALLS_URING) allow(to, uring_calls, COUNT(uring_calls));
    if (network & ST_CALLS_RINGS) allow(to, rings_calls, COUNT(rings_calls));
    allow(to, network_calls, COUNT(network_calls));
    if (fatal) allow(to, end_calls, COUNT(end_calls));
    /* Last words: to standard error alone. (Every machine of ours has the low half of a word first.) */
    unless_equal_skip(to, __NR_write, 3);
    load(to, WORD(args[0]));
    unless_equal_skip(to, STDERR_FILENO, 1);
    result(to, SECCOMP_RET_ALLOW);
    if (fatal) {
        /* Memory that is no file and holds no code: an allocator that needs more. */
        load(to, WORD(nr));
        unless_equal_skip(to, __NR_mmap, 5);
        load(to, WORD(args[2]));
        put_step(to, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 3, 0));
        load(to, WORD(args[3]));
        put_step(to, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, MAP_ANONYMOUS, 0, 1));
        result(to, SECCOMP_RET_ALLOW);
    } else {
        load(to, WORD(nr));
        allow_giving_back(to, own_stack());
        const uint64_t place = (uint64_t)(uintptr_t)st_seccomp_passed;
        load(to, WORD(instruction_pointer));
        unless_equal_skip(to, (uint32_t)place, 3);
        load(to, WORD(instruction_pointer) + 4);
        unless_equal_skip(to, (uint32_t)(place >> 32), 1);
        result(to, SECCOMP_RET_ALLOW);
    }
    result(to, SECCOMP_RET_TRAP);
}

int64_t st_seccomp_available(void)
{
    uint32_t action = SECCOMP_RET_TRAP;
    return st_result(syscall(__NR_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action));
}

int64_t st_seccomp_install(uint32_t network, uint32_t others)
{
    struct sigaction action = {.sa_sigaction = on_call, .sa_flags = SA_SIGINFO};
    sigemptyset(&action.sa_mask);
    int64_t refused = st_result(sigaction(SIGSYS, &action, NULL));
    if (refused < 0) return refused;
    /* A blocked SIGSYS would kill instead of telling. */
    sigset_t ours;
    sigemptyset(&ours);
    sigaddset(&ours, SIGSYS);
    refused = -(int64_t)pthread_sigmask(SIG_UNBLOCK, &ours, NULL);
    if (refused < 0) return refused;
    refused = st_result(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    if (refused < 0) return refused;
    is_fatal = others == ST_OTHERS_FATAL;
    program made;
    write_program(&made, network, is_fatal);
    struct sock_fprog handed = {made.count, made.steps};
    /* No flag: this thread alone. */
    return st_result(syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &handed));
}

#else /* another architecture: no list was written for it */

int64_t st_seccomp_available(void) { return -ENOSYS; }
int64_t st_seccomp_install(uint32_t network, uint32_t others)
{
    (void)network;
    (void)others;
    return -ENOSYS;
}

#endif

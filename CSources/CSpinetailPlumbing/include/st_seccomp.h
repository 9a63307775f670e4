/* A list of the system calls that one thread may make, held by the kernel (seccomp, Linux 3.17): the proof
 * that a thread which trades does nothing but its network. In C because the list is a program of the kernel's
 * own little machine, and because a signal handler answers for what is not on it. */
#ifndef ST_SECCOMP_H
#define ST_SECCOMP_H

#include "st_plumbing.h"

/* Which network the thread serves. */
#define ST_CALLS_SOCKETS 1u
#define ST_CALLS_URING 2u
/* None: other threads hold the sockets, and are woken. */
#define ST_CALLS_RINGS 4u

/* What becomes of a call that is not on the list.
 * COUNTED: it is made, and counted by number. The list is the network's calls alone: what is counted is all
 * the rest. FATAL: the process says which call it was and dies of SIGSYS. The list also has what the end of a
 * thread needs: memory without a name, futexes. */
#define ST_OTHERS_COUNTED 1u
#define ST_OTHERS_FATAL 2u

/* Calls have numbers below this. */
#define ST_CALLS_MAX 512u

/* For the calling thread, and threads that it starts, for ever: 0, or negative errno. Nothing is counted yet.
 */
int64_t st_seccomp_install(uint32_t network, uint32_t others);
/* Whether this kernel can do it. */
int64_t st_seccomp_available(void);
/* Whether calls of the calling thread that are not on its list are counted from here on. */
void st_seccomp_counting(bool counts);
/* How many of a number the calling thread has made. */
uint64_t st_seccomp_count_of(uint32_t number);
/* "openat"; NULL for one that nobody expects. */
const char *_Nullable st_seccomp_name_of(uint32_t number);

#endif

/* Clock: what is asked once, at start. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "st_clock.h"

bool st_clock_ticks_invariant(void)
{
#if defined(__x86_64__)
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (!__get_cpuid(0x80000007u, &a, &b, &c, &d) || !(d & (1u << 8))) return false;
    /* The kernel watches the counters of all cores against each other and falls back to one of these when
     * they drift; then so do we. */
    static const char *const distrusting[] = {"hpet", "acpi_pm", "jiffies", "refined-jiffies"};
    char name[32] = {0};
    int fd = open("/sys/devices/system/clocksource/clocksource0/current_clocksource", O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        ssize_t count = read(fd, name, sizeof name - 1);
        close(fd);
        if (count > 0 && name[count - 1] == '\n') name[count - 1] = 0;
        for (size_t i = 0; i < sizeof distrusting / sizeof *distrusting; i++)
            if (strcmp(name, distrusting[i]) == 0) return false;
    }
    return true;
#elif defined(__aarch64__)
    return true; /* the architecture's generic timer runs at one rate */
#else
    return false;
#endif
}

void st_clock_pair(int clock, uint64_t *ticks, uint64_t *ns)
{
    uint64_t width_best = UINT64_MAX;
    for (int i = 0; i < 32; i++) {
        uint64_t before = st_clock_ticks();
        uint64_t now = st_clock_kernel_ns(clock);
        uint64_t after = st_clock_ticks();
        if (after - before < width_best) {
            width_best = after - before;
            *ticks = before + (after - before) / 2;
            *ns = now;
        }
    }
}

void st_clock_sleep_ns(uint64_t ns)
{
    struct timespec wait = {(time_t)(ns / 1000000000ull), (long)(ns % 1000000000ull)};
    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &wait, &wait) == EINTR) {
    }
}

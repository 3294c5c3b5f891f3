/*
 * What another process has used, read from outside: processor time to the nanosecond, and its
 * private memory.
 */
#ifndef GNC_BENCH_PROCESS_H
#define GNC_BENCH_PROCESS_H

#include <time.h>

#include "net.h"

static inline uint64_t clock_ns(clockid_t clock)
{
    struct timespec t;
    if (clock_gettime(clock, &t) != 0)
        die("clock_gettime");
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* User and system time of all threads. /proc/PID/stat holds the same, but in ticks of 10 ms. */
static inline uint64_t cpu_ns(pid_t pid)
{
    clockid_t clock;
    errno = clock_getcpuclockid(pid, &clock);
    if (errno != 0)
        die("clock_getcpuclockid");
    return clock_ns(clock);
}

/* RssAnon: pages that only this process has, which leaves out the program's own text. */
static inline long long anonymous_bytes(pid_t pid)
{
    char name[64], line[256];
    long long kib = -1;
    snprintf(name, sizeof name, "/proc/%d/status", (int)pid);
    FILE *f = fopen(name, "r");
    if (f == NULL)
        die(name);
    while (fgets(line, sizeof line, f) != NULL)
        if (sscanf(line, "RssAnon: %lld", &kib) == 1)
            break;
    fclose(f);
    return kib * 1024;
}

#endif

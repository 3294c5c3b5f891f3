/*
 * The programs at both ends of a pipe.
 *
 * usage: bytes write COUNT [SIZE]  COUNT writes of SIZE bytes each (1) to stdout, which may be a
 *                                  pipe
 *        bytes drain FILE [RATE]   reads stdin to its end, at most RATE bytes a second (0: as it
 *                                  comes), and writes the number of bytes to FILE
 *
 * drain is cat > /dev/null that counts: it reads into a buffer and does nothing with it.
 */
#define _GNU_SOURCE

#include "net.h"
#include "process.h"

enum { BUFFER = 128 << 10, SLOW_BUFFER = 16 << 10 };

static char buffer[BUFFER];

static void write_all(long long count, size_t size)
{
    if (size > BUFFER)
        size = BUFFER;
    for (long long i = 0; i < count; i++)
        for (size_t done = 0; done < size;) {
            ssize_t n = write(STDOUT_FILENO, buffer + done, size - done);
            if (n < 0)
                die("write");
            done += (size_t)n;
        }
}

/* Sleeps until the moment at which total bytes are allowed. */
static void pace(uint64_t from, uint64_t total, double rate)
{
    uint64_t due = from + (uint64_t)((double)total / rate * 1e9);
    struct timespec t = {
        .tv_sec = (time_t)(due / 1000000000u),
        .tv_nsec = (long)(due % 1000000000u),
    };
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static void drain(const char *file, double rate)
{
    uint64_t total = 0, from = 0;
    ssize_t n;
    while ((n = read(STDIN_FILENO, buffer, rate > 0 ? SLOW_BUFFER : BUFFER)) != 0) {
        if (n < 0)
            die("read");
        if (total == 0)
            from = clock_ns(CLOCK_MONOTONIC);
        total += (uint64_t)n;
        if (rate > 0)
            pace(from, total, rate);
    }
    FILE *f = fopen(file, "w");
    if (f == NULL || fprintf(f, "%llu\n", (unsigned long long)total) < 0 || fclose(f) != 0)
        die(file);
}

int main(int argc, char **argv)
{
    if ((argc == 3 || argc == 4) && strcmp(argv[1], "write") == 0)
        write_all(number(argv[2], 0), argc == 4 ? (size_t)number(argv[3], 1) : 1);
    else if ((argc == 3 || argc == 4) && strcmp(argv[1], "drain") == 0)
        drain(argv[2], argc == 4 ? (double)number(argv[3], 0) : 0);
    else
        usage("bytes write COUNT [SIZE] | bytes drain FILE [RATE]");
    return 0;
}

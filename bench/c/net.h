/*
 * What the programs of this folder share: fatal errors, IPv4 addresses, a listener, and the
 * announcement of its port. Header only, so that each program stays one compiler call.
 */
#ifndef GNC_BENCH_NET_H
#define GNC_BENCH_NET_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define UNUSED_BY_SOME __attribute__((unused))

/* Prints "operation: reason" from errno and ends with status 1. */
static inline _Noreturn void die(const char *operation)
{
    fprintf(stderr, "%s: %s\n", operation, strerror(errno));
    exit(1);
}

static inline _Noreturn void usage(const char *line)
{
    fprintf(stderr, "usage: %s\n", line);
    exit(2);
}

/* A whole number of at least min, or the end of the program. */
static inline UNUSED_BY_SOME long long number(const char *text, long long min)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < min) {
        fprintf(stderr, "%s: not a number of at least %lld\n", text, min);
        exit(2);
    }
    return value;
}

static inline struct sockaddr_in address(const char *host, const char *port)
{
    struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    if (inet_pton(AF_INET, host, &sa.sin_addr) != 1) {
        fprintf(stderr, "%s: not an IPv4 address\n", host);
        exit(2);
    }
    return sa;
}

/*
 * The port in a file written by rename, so that a reader never sees half of it; without a file, on
 * stdout.
 */
static inline UNUSED_BY_SOME void announce(int port, const char *port_file)
{
    if (port_file == NULL) {
        printf("%d\n", port);
        fflush(stdout);
        return;
    }
    char temporary[4096];
    snprintf(temporary, sizeof temporary, "%s.%d", port_file, (int)getpid());
    FILE *f = fopen(temporary, "w");
    if (f == NULL || fprintf(f, "%d\n", port) < 0 || fclose(f) != 0 ||
        rename(temporary, port_file) != 0)
        die(port_file);
}

static inline UNUSED_BY_SOME int port_of(int fd)
{
    struct sockaddr_in sa;
    socklen_t len = sizeof sa;
    if (getsockname(fd, (struct sockaddr *)&sa, &len) != 0)
        die("getsockname");
    return ntohs(sa.sin_port);
}

/* A listening socket; flags are those of socket(2). Port 0 lets the kernel choose. */
static inline UNUSED_BY_SOME int listen_on(const char *host, const char *port, int flags)
{
    struct sockaddr_in sa = address(host, port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    if (fd < 0)
        die("socket");
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (bind(fd, (struct sockaddr *)&sa, sizeof sa) != 0)
        die("bind");
    if (listen(fd, 4096) != 0)
        die("listen");
    return fd;
}

#endif

/*
 * The yardstick: one thread, one level-triggered epoll, one buffer for all. An idle connection
 * costs no user memory.
 *
 * usage: echo_epoll [--port-file FILE] HOST PORT
 *
 * Invariant: a connection waits for EPOLLIN or for EPOLLOUT, never for both. It waits for EPOLLOUT
 * exactly while rest[fd] holds bytes that the peer's window refused; until those are gone nothing
 * more is read from it, so a client that never reads costs at most one buffer.
 */
#define _GNU_SOURCE
#include <getopt.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>

#include "net.h"

enum { BUFFER = 64 << 10, EVENTS = 1024 };

struct rest {
    size_t start, end;
    char bytes[];
};

static int loop;
static struct rest **rest; /* by descriptor; a page is touched only where something was refused */
static char buffer[BUFFER];

static void watch(int fd, int operation, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.fd = fd};
    if (epoll_ctl(loop, operation, fd, &event) != 0)
        die("epoll_ctl");
}

static void drop(int fd)
{
    if (rest[fd] != NULL) {
        free(rest[fd]);
        rest[fd] = NULL;
    }
    close(fd);
}

static void accept_all(int listener)
{
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EAGAIN)
                return;
            if (errno == EINTR || errno == ECONNABORTED)
                continue;
            die("accept4");
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
        watch(fd, EPOLL_CTL_ADD, EPOLLIN);
    }
}

/* Keeps what send(2) did not take and waits for room. */
static void keep(int fd, const char *bytes, size_t n)
{
    struct rest *r = malloc(sizeof *r + n);
    if (r == NULL)
        die("malloc");
    r->start = 0;
    r->end = n;
    memcpy(r->bytes, bytes, n);
    rest[fd] = r;
    watch(fd, EPOLL_CTL_MOD, EPOLLOUT);
}

/*
 * One recv and one send an event (2% cheaper than read and write): a busy connection cannot hold up
 * the others.
 */
static void echo(int fd)
{
    ssize_t n = recv(fd, buffer, sizeof buffer, 0);
    if (n <= 0) {
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        drop(fd); /* nothing is pending: all that arrived went back */
        return;
    }
    ssize_t written = send(fd, buffer, (size_t)n, 0);
    if (written == n)
        return;
    if (written < 0) {
        if (errno != EAGAIN && errno != EINTR) {
            drop(fd);
            return;
        }
        written = 0;
    }
    keep(fd, buffer + written, (size_t)(n - written));
}

static void flush(int fd)
{
    struct rest *r = rest[fd];
    ssize_t written = send(fd, r->bytes + r->start, r->end - r->start, 0);
    if (written < 0) {
        if (errno != EAGAIN && errno != EINTR)
            drop(fd);
        return;
    }
    r->start += (size_t)written;
    if (r->start < r->end)
        return;
    free(r);
    rest[fd] = NULL;
    watch(fd, EPOLL_CTL_MOD, EPOLLIN);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"port-file", required_argument, NULL, 'f'}, {0}};
    const char *port_file = NULL;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c != 'f')
            usage("echo_epoll [--port-file FILE] HOST PORT");
        port_file = optarg;
    }
    if (argc - optind != 2)
        usage("echo_epoll [--port-file FILE] HOST PORT");

    signal(SIGPIPE, SIG_IGN);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    if ((rest = calloc(files.rlim_cur, sizeof *rest)) == NULL)
        die("calloc");
    if ((loop = epoll_create1(EPOLL_CLOEXEC)) < 0)
        die("epoll_create1");

    int listener = listen_on(argv[optind], argv[optind + 1], SOCK_NONBLOCK);
    announce(port_of(listener), port_file);
    watch(listener, EPOLL_CTL_ADD, EPOLLIN);
    for (;;) {
        struct epoll_event events[EVENTS];
        int n = epoll_wait(loop, events, EVENTS, -1);
        if (n < 0 && errno != EINTR)
            die("epoll_wait");
        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;
            if (fd == listener)
                accept_all(listener);
            else if (events[i].events & EPOLLIN)
                echo(fd);
            else if (events[i].events & EPOLLOUT)
                flush(fd);
            else
                drop(fd); /* EPOLLHUP or EPOLLERR alone: a reset */
        }
    }
}

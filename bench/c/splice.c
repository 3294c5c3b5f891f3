/*
 * The yardstick of moving bytes: the kernel moves them, no byte is seen in user space.
 *
 * usage: splice send HOST PORT                     stdin is a regular file (sendfile) or a pipe
 *                                                  (splice)
 *        splice recv [--port-file FILE] HOST PORT  one connection to stdout
 *
 * A receiver whose stdout is a pipe splices into it; any other stdout gets the bytes through a
 * private pipe.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "net.h"

#define USAGE "splice send HOST PORT | splice recv [--port-file FILE] HOST PORT"

enum { PIPE = 1 << 20, MOST = 1 << 30 };

static mode_t kind(int fd)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        die("fstat");
    return st.st_mode & S_IFMT;
}

/* A larger pipe is worth having and never needed. */
static void widen(int pipe_end)
{
    (void)!fcntl(pipe_end, F_SETPIPE_SZ, PIPE);
}

static void send_file(int sock)
{
    ssize_t n;
    while ((n = sendfile(sock, STDIN_FILENO, NULL, MOST)) != 0)
        if (n < 0 && errno != EINTR)
            die("sendfile");
}

/* Moves until the source ends; one end is a pipe. */
static void splice_all(int src, int dst)
{
    ssize_t n;
    while ((n = splice(src, NULL, dst, NULL, PIPE, SPLICE_F_MOVE)) != 0)
        if (n < 0 && errno != EINTR)
            die("splice");
}

static void splice_through(int src, int dst)
{
    int through[2];
    if (pipe2(through, O_CLOEXEC) != 0)
        die("pipe2");
    widen(through[1]);
    ssize_t n;
    while ((n = splice(src, NULL, through[1], NULL, PIPE, SPLICE_F_MOVE)) != 0) {
        if (n < 0) {
            if (errno == EINTR)
                continue;
            die("splice from the socket");
        }
        while (n > 0) {
            ssize_t moved = splice(through[0], NULL, dst, NULL, (size_t)n, SPLICE_F_MOVE);
            if (moved < 0 && errno != EINTR)
                die("splice to stdout");
            n -= moved > 0 ? moved : 0;
        }
    }
}

static void send_stdin(const char *host, const char *port)
{
    struct sockaddr_in sa = address(host, port);
    int sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (sock < 0)
        die("socket");
    if (connect(sock, (struct sockaddr *)&sa, sizeof sa) != 0)
        die("connect");
    if (kind(STDIN_FILENO) == S_IFREG) {
        send_file(sock);
    } else {
        widen(STDIN_FILENO);
        splice_all(STDIN_FILENO, sock);
    }
    if (shutdown(sock, SHUT_WR) != 0)
        die("shutdown");
    char byte;
    if (read(sock, &byte, 1) < 0) /* the peer's end: it has everything */
        die("read");
}

static void receive(const char *host, const char *port, const char *port_file)
{
    int listener = listen_on(host, port, 0);
    if (port_file != NULL)
        announce(port_of(listener), port_file);
    int sock = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (sock < 0)
        die("accept4");
    if (kind(STDOUT_FILENO) == S_IFIFO) {
        widen(STDOUT_FILENO);
        splice_all(sock, STDOUT_FILENO);
    } else {
        splice_through(sock, STDOUT_FILENO);
    }
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    if (argc == 4 && strcmp(argv[1], "send") == 0)
        send_stdin(argv[2], argv[3]);
    else if (argc == 4 && strcmp(argv[1], "recv") == 0)
        receive(argv[2], argv[3], NULL);
    else if (argc == 6 && strcmp(argv[1], "recv") == 0 && strcmp(argv[2], "--port-file") == 0)
        receive(argv[4], argv[5], argv[3]);
    else
        usage(USAGE);
    return 0;
}

/*
 * The same echo on libuv, written as its documentation advises for speed: uv_try_write first,
 * uv_write for what is refused, and no reading from a connection while something waits to be
 * written to it.
 *
 * usage: echo_libuv [--port-file FILE] HOST PORT
 */
#define _GNU_SOURCE
#include <getopt.h>
#include <signal.h>
#include <uv.h>

#include "net.h"

enum { BUFFER = 64 << 10 };

/* One buffer will do: the loop is one thread, and a read is answered before the next begins. */
static char buffer[BUFFER];

struct rest {
    uv_write_t request;
    char bytes[];
};

static void check(int result, const char *operation)
{
    if (result < 0) {
        fprintf(stderr, "%s: %s\n", operation, uv_strerror(result));
        exit(1);
    }
}

static void released(uv_handle_t *handle)
{
    free(handle);
}

static void drop(uv_stream_t *stream)
{
    if (!uv_is_closing((uv_handle_t *)stream))
        uv_close((uv_handle_t *)stream, released);
}

static void lend(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
    (void)handle;
    (void)suggested;
    *out = uv_buf_init(buffer, BUFFER);
}

static void echo(uv_stream_t *stream, ssize_t n, const uv_buf_t *in);

static void flushed(uv_write_t *request, int status)
{
    uv_stream_t *stream = request->handle;
    free(request->data);
    if (status < 0 || uv_read_start(stream, lend, echo) < 0)
        drop(stream);
}

static void echo(uv_stream_t *stream, ssize_t n, const uv_buf_t *in)
{
    if (n == 0)
        return; /* EAGAIN, in libuv's words */
    if (n < 0) {
        drop(stream);
        return;
    }
    uv_buf_t out = uv_buf_init(in->base, (unsigned)n);
    int written = uv_try_write(stream, &out, 1);
    if (written == n)
        return;
    if (written < 0 && written != UV_EAGAIN) {
        drop(stream);
        return;
    }
    size_t done = written < 0 ? 0 : (size_t)written, left = (size_t)n - done;
    struct rest *r = malloc(sizeof *r + left);
    if (r == NULL)
        die("malloc");
    memcpy(r->bytes, in->base + done, left);
    r->request.data = r;
    out = uv_buf_init(r->bytes, (unsigned)left);
    uv_read_stop(stream);
    if (uv_write(&r->request, stream, &out, 1, flushed) < 0) {
        free(r);
        drop(stream);
    }
}

static void arrived(uv_stream_t *listener, int status)
{
    check(status, "listen");
    uv_tcp_t *client = malloc(sizeof *client);
    if (client == NULL)
        die("malloc");
    check(uv_tcp_init(listener->loop, client), "uv_tcp_init");
    check(uv_accept(listener, (uv_stream_t *)client), "uv_accept");
    uv_tcp_nodelay(client, 1);
    check(uv_read_start((uv_stream_t *)client, lend, echo), "uv_read_start");
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"port-file", required_argument, NULL, 'f'}, {0}};
    const char *port_file = NULL;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c != 'f')
            usage("echo_libuv [--port-file FILE] HOST PORT");
        port_file = optarg;
    }
    if (argc - optind != 2)
        usage("echo_libuv [--port-file FILE] HOST PORT");

    signal(SIGPIPE, SIG_IGN);
    uv_tcp_t listener;
    struct sockaddr_in sa = address(argv[optind], argv[optind + 1]);
    int len = sizeof sa;
    check(uv_tcp_init(uv_default_loop(), &listener), "uv_tcp_init");
    check(uv_tcp_bind(&listener, (struct sockaddr *)&sa, 0), "bind");
    check(uv_listen((uv_stream_t *)&listener, 4096, arrived), "listen");
    check(uv_tcp_getsockname(&listener, (struct sockaddr *)&sa, &len), "getsockname");
    announce(ntohs(sa.sin_port), port_file);
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}

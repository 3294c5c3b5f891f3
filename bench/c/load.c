/*
 * The clients of an echo server: one thread, one epoll, little work a request, so that the server
 * is the bottleneck.
 *
 * usage: load [--conns N] [--active N] [--size BYTES] [--warm-up SECONDS]
 *             [--seconds SECONDS | --requests N] [--never N] [--pid PID] [--turns] HOST PORT
 *
 * Of N connections the active ones, spread evenly, have one request in flight each; the others have
 * made one exchange and stay idle. --never adds clients that send without end and never read. What
 * comes back must equal what was sent: each message bears its connection and its number. --pid
 * names the server's process, whose use of the processor and of memory is read at the borders of
 * the measured window. With --turns there is a window for each line on standard input, and between
 * them nothing is read or sent, so that several loads can measure their servers in turn.
 *
 * Prints "name value" lines for each window, and an empty one. Any difference, end or reset of a
 * connection ends it with status 1.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/time.h>

#include "histogram.h"
#include "net.h"
#include "process.h"

#define USAGE                                                                                 \
    "load [--conns N] [--active N] [--size BYTES] [--warm-up SECONDS]"                        \
    " [--seconds SECONDS | --requests N] [--never N] [--pid PID] [--turns] HOST PORT"

enum {
    HEADER = 16,           /* connection and number */
    LARGEST = 1 << 20,     /* of a message */
    EVENTS = 1024,
    BATCH = 256,           /* connections opened before one exchange on each: below any backlog */
    PER_SOURCE = 5000,     /* connections from one address, far below the 28,000 ephemeral ports */
    NEVER_CHUNK = 16 << 10,
    NEVER_SOCKET = 64 << 10,
    STALL_MS = 10000,
    FULL_NS = 200000000,   /* no byte taken for so long: all buffers on the way are full */
    FILL_ROUNDS = 100,     /* of FULL_NS, at most, to get there */
};

struct conn {
    int fd;
    bool active;
    uint64_t number;   /* of the request in flight */
    size_t sent, got;  /* of that request */
    uint64_t started;  /* ns */
};

static struct {
    int conns, active, never;
    size_t size;
    double warm_up, seconds;
    uint64_t requests; /* 0: the window is a time */
    bool turns;
    pid_t pid;
} want = {.conns = 100, .active = -1, .size = 64, .warm_up = 0.5, .seconds = 3};

static struct sockaddr_in server;
static struct conn *conns; /* the never-reading ones stand after the others */
static int loop;
static char message[LARGEST], arrived[LARGEST + 1];
static struct histogram latency;
static uint64_t never_bytes;
static struct {
    /* the server's bytes before and after all connections but the never-reading were opened */
    long long empty, idle;
} memory;

static _Noreturn void wrong(const struct conn *c, const char *what)
{
    fprintf(stderr, "load: connection %d, request %llu: %s\n",
            (int)(c - conns), (unsigned long long)c->number, what);
    exit(1);
}

/*
 * Puts the message of c's request in flight into the shared buffer, where all but the header is the
 * same for all.
 */
static void compose(const struct conn *c)
{
    uint64_t header[2] = {(uint64_t)(c - conns), c->number};
    memcpy(message, header, HEADER);
}

static void watch(int operation, const struct conn *c, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.u32 = (uint32_t)(c - conns)};
    if (epoll_ctl(loop, operation, c->fd, &event) != 0)
        die("epoll_ctl");
}

/* Sends what is left of the request. The rest of a short write waits for EPOLLOUT. */
static void send_on(struct conn *c)
{
    bool waited = c->sent > 0;
    compose(c);
    ssize_t n = send(c->fd, message + c->sent, want.size - c->sent, 0);
    if (n < 0) {
        if (errno != EAGAIN && errno != EINTR)
            wrong(c, strerror(errno));
        n = 0;
    }
    c->sent += (size_t)n;
    if (c->sent < want.size)
        watch(EPOLL_CTL_MOD, c, EPOLLIN | EPOLLOUT);
    else if (waited)
        watch(EPOLL_CTL_MOD, c, EPOLLIN);
}

static void start(struct conn *c, uint64_t now)
{
    c->number++;
    c->sent = c->got = 0;
    c->started = now;
    send_on(c);
}

/* Reads and compares; true when the answer is whole. */
static bool receive(struct conn *c)
{
    ssize_t n = recv(c->fd, arrived, want.size + 1, 0);
    if (n < 0) {
        if (errno == EAGAIN || errno == EINTR)
            return false;
        wrong(c, strerror(errno));
    }
    if (n == 0)
        wrong(c, "the server closed");
    if (c->got + (size_t)n > c->sent)
        wrong(c, "more came back than was sent");
    compose(c);
    if (memcmp(arrived, message + c->got, (size_t)n) != 0)
        wrong(c, "what came back differs from what was sent");
    c->got += (size_t)n;
    return c->got == want.size;
}

/* Sends without reading until the kernel has no more room, as a broken client does. */
static void flood(struct conn *c)
{
    ssize_t n = send(c->fd, message, NEVER_CHUNK, 0);
    if (n > 0)
        never_bytes += (uint64_t)n;
    else if (n < 0 && errno != EAGAIN && errno != EINTR)
        wrong(c, strerror(errno));
}

/*
 * A blocking socket, connected from 127.0.0.1, 127.0.0.2, ... in turn. A close of it resets: no
 * TIME_WAIT is left. Its congestion control is one without a clock, where there is one: BBR would
 * spread the requests over time.
 */
static void open_conn(struct conn *c, bool never)
{
    struct sockaddr_in source = {.sin_family = AF_INET};
    source.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)(c - conns) / PER_SOURCE);
    if ((c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) < 0)
        die("socket");
    setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &(int){1}, sizeof(int));
    setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1}, sizeof(struct linger));
    setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_sec = STALL_MS / 1000},
               sizeof(struct timeval));
    setsockopt(c->fd, IPPROTO_TCP, TCP_CONGESTION, "reno", sizeof "reno" - 1);
    if (never) {
        setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &(int){NEVER_SOCKET}, sizeof(int));
        setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &(int){NEVER_SOCKET}, sizeof(int));
    }
    if (bind(c->fd, (struct sockaddr *)&source, sizeof source) != 0)
        die("bind");
    if (connect(c->fd, (struct sockaddr *)&server, sizeof server) != 0)
        die("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
}

/*
 * One exchange on each, which shows that the server has accepted it and touches what it keeps for a
 * connection.
 */
static void greet(struct conn *c)
{
    c->number++;
    compose(c);
    for (c->sent = 0; c->sent < want.size;) {
        ssize_t n = send(c->fd, message + c->sent, want.size - c->sent, 0);
        if (n < 0)
            wrong(c, strerror(errno));
        c->sent += (size_t)n;
    }
    for (c->got = 0; !receive(c);)
        if (errno == EAGAIN)
            wrong(c, "no answer");
}

static void open_conns(int from, int to, bool never)
{
    for (int i = from; i < to; i += BATCH) {
        int end = i + BATCH < to ? i + BATCH : to;
        for (int k = i; k < end; k++)
            open_conn(&conns[k], never);
        for (int k = i; k < end; k++) {
            errno = 0;
            greet(&conns[k]);
            fcntl(conns[k].fd, F_SETFL, O_NONBLOCK);
            watch(EPOLL_CTL_ADD, &conns[k], never ? EPOLLOUT : EPOLLIN);
        }
    }
}

/* Serves the connections until the time has come or that many answers have; returns the answers. */
static uint64_t run(uint64_t until, uint64_t answers)
{
    uint64_t done = 0;
    while (done < answers) {
        struct epoll_event events[EVENTS];
        int n = epoll_wait(loop, events, EVENTS, STALL_MS);
        if (n < 0 && errno != EINTR)
            die("epoll_wait");
        if (n == 0) {
            fprintf(stderr, "load: nothing happened for %d s\n", STALL_MS / 1000);
            exit(1);
        }
        for (int i = 0; i < n; i++) {
            struct conn *c = &conns[events[i].data.u32];
            if (c - conns >= want.conns) {
                flood(c);
                continue;
            }
            if (!c->active)
                wrong(c, "an idle connection was touched");
            if (events[i].events & EPOLLOUT)
                send_on(c);
            if ((events[i].events & ~(uint32_t)EPOLLOUT) == 0 || !receive(c))
                continue;
            uint64_t now = clock_ns(CLOCK_MONOTONIC);
            count(&latency, now - c->started);
            done++;
            start(c, now);
        }
        if (clock_ns(CLOCK_MONOTONIC) >= until)
            break;
    }
    return done;
}

/*
 * Lets the never-reading clients fill every buffer on their way, which is the state to be measured.
 * A server that goes on reading from them never gets there; the bytes it takes in the window are
 * printed.
 */
static void fill(void)
{
    for (int i = 0; i < FILL_ROUNDS; i++) {
        uint64_t before = never_bytes;
        run(clock_ns(CLOCK_MONOTONIC) + FULL_NS, UINT64_MAX);
        if (never_bytes == before)
            return;
    }
}

static void parse(int argc, char **argv)
{
    static const struct option options[] = {
        {"conns", required_argument, NULL, 'c'},   {"active", required_argument, NULL, 'a'},
        {"size", required_argument, NULL, 's'},    {"warm-up", required_argument, NULL, 'w'},
        {"seconds", required_argument, NULL, 't'}, {"requests", required_argument, NULL, 'r'},
        {"never", required_argument, NULL, 'n'},   {"pid", required_argument, NULL, 'p'},
        {"turns", no_argument, NULL, 'T'},
        {0},
    };
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (c) {
        case 'c': want.conns = (int)number(optarg, 1); break;
        case 'a': want.active = (int)number(optarg, 1); break;
        case 's': want.size = (size_t)number(optarg, HEADER); break;
        case 'w': want.warm_up = atof(optarg); break;
        case 't': want.seconds = atof(optarg); break;
        case 'r': want.requests = (uint64_t)number(optarg, 1); break;
        case 'n': want.never = (int)number(optarg, 0); break;
        case 'T': want.turns = true; break;
        case 'p': want.pid = (pid_t)number(optarg, 1); break;
        default: usage(USAGE);
        }
    }
    if (want.active < 0)
        want.active = want.conns;
    if (argc - optind != 2 || want.active > want.conns || want.size > LARGEST)
        usage(USAGE);
    server = address(argv[optind], argv[optind + 1]);
}

/*
 * Serves the connections for the warm-up and the measured time, and prints the figures of the
 * measured time.
 */
static void window(void)
{
    run(clock_ns(CLOCK_MONOTONIC) + (uint64_t)(want.warm_up * 1e9), UINT64_MAX);

    memset(&latency, 0, sizeof latency);
    uint64_t never_before = never_bytes;
    uint64_t cpu = want.pid ? cpu_ns(want.pid) : 0;
    uint64_t own = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    uint64_t from = clock_ns(CLOCK_MONOTONIC);
    uint64_t done = want.requests ? run(UINT64_MAX, want.requests)
                                  : run(from + (uint64_t)(want.seconds * 1e9), UINT64_MAX);
    double took = (double)(clock_ns(CLOCK_MONOTONIC) - from) / 1e9;
    own = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - own;
    if (want.pid)
        cpu = cpu_ns(want.pid) - cpu;

    printf("requests %llu\nseconds %.3f\nrate %.0f\n",
           (unsigned long long)done, took, (double)done / took);
    printf("p50_us %.2f\np99_us %.2f\n",
           quantile(&latency, 0.5) / 1e3, quantile(&latency, 0.99) / 1e3);
    printf("load_us %.3f\n", (double)own / 1e3 / (double)done);
    if (want.pid) {
        printf("cpu_us %.3f\n", (double)cpu / 1e3 / (double)done);
        printf("cpu_share %.3f\n", (double)cpu / 1e9 / took);
        printf("idle_bytes %.0f\n", (double)(memory.idle - memory.empty) / want.conns);
        printf("never_buffer %.0f\n",
               want.never ? (double)(anonymous_bytes(want.pid) - memory.idle) / want.never : 0.0);
    }
    printf("never_sent %llu\n\n", (unsigned long long)(never_bytes - never_before));
    fflush(stdout);
}

int main(int argc, char **argv)
{
    parse(argc, argv);
    signal(SIGPIPE, SIG_IGN);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    for (size_t i = 0; i < sizeof message; i++)
        message[i] = (char)(i * 131 + i / 251);
    if ((conns = calloc((size_t)(want.conns + want.never), sizeof *conns)) == NULL)
        die("calloc");
    if ((loop = epoll_create1(EPOLL_CLOEXEC)) < 0)
        die("epoll_create1");

    memory.empty = want.pid ? anonymous_bytes(want.pid) : 0;
    open_conns(0, want.conns, false);
    memory.idle = want.pid ? anonymous_bytes(want.pid) : 0;
    open_conns(want.conns, want.conns + want.never, true);

    uint64_t now = clock_ns(CLOCK_MONOTONIC);
    for (int i = 0; i < want.active; i++) {
        struct conn *c = &conns[(long long)i * want.conns / want.active];
        c->active = true;
        start(c, now);
    }
    if (want.never > 0)
        fill();

    char line[16];
    if (!want.turns)
        window();
    else
        while (fgets(line, sizeof line, stdin) != NULL)
            window();
    return 0;
}

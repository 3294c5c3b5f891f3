/*
 * Runs a command with a bound on its time and writes what it used.
 *
 * usage: measure FILE SECONDS COMMAND [ARGUMENT]...
 *
 * FILE gets one line: status, start and end (seconds of the monotonic clock), user and system
 * seconds, most resident memory in KiB. After SECONDS the command is killed and the status is 124.
 * The command dies with this program, so a script that is stopped leaves nothing behind.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "net.h"
#include "process.h"

static volatile sig_atomic_t child, late;

static void stop(int signal)
{
    if (signal == SIGALRM)
        late = 1;
    if (child > 0)
        kill(child, SIGKILL);
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static int status_of(int status)
{
    if (late)
        return 124;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
    if (argc < 4)
        usage("measure FILE SECONDS COMMAND [ARGUMENT]...");
    unsigned bound = (unsigned)number(argv[2], 1);
    signal(SIGALRM, stop);
    signal(SIGTERM, stop);
    signal(SIGINT, stop);

    double from = (double)clock_ns(CLOCK_MONOTONIC) / 1e9;
    pid_t parent = getpid(), pid = fork();
    if (pid < 0)
        die("fork");
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(125);
        execvp(argv[3], argv + 3);
        perror(argv[3]);
        _exit(127);
    }
    child = pid;
    alarm(bound);

    int status;
    struct rusage used;
    while (wait4(pid, &status, 0, &used) < 0)
        if (errno != EINTR)
            die("wait4");
    double to = (double)clock_ns(CLOCK_MONOTONIC) / 1e9;
    FILE *f = fopen(argv[1], "w");
    if (f == NULL)
        die(argv[1]);
    fprintf(f, "%d %.6f %.6f %.6f %.6f %ld\n", status_of(status), from, to, seconds(used.ru_utime),
            seconds(used.ru_stime), used.ru_maxrss);
    if (fclose(f) != 0)
        die(argv[1]);
    return status_of(status);
}

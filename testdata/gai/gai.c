/* gai asks the system's getaddrinfo the questions on stdin, one a line:
 *
 *     ID FLAGS FAMILY SOCKTYPE PROTOCOL NODE SERVICE
 *
 * NODE and SERVICE are "-" for NULL, else "=" and the bytes in hexadecimal.
 * Every question has a process of its own, because getaddrinfo and the errors
 * it gives depend on what the process looked up before. The answers come in
 * any order, one line each:
 *
 *     ID CODE [FAMILY/SOCKTYPE/PROTOCOL/ADDRESS/PORT/SCOPE/CANONNAME]...
 *
 * with address and name in hexadecimal, "-" for no name or an empty one. */
#define _GNU_SOURCE
#include <errno.h>
#include <locale.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { most_processes = 100, most_text = 1 << 16 };

static char *bytes(const char *hex)
{
    if (*hex != '=')
        return NULL;
    hex++;
    char *s = calloc(strlen(hex) / 2 + 1, 1);
    for (size_t i = 0; hex[2 * i]; i++) {
        unsigned n;
        sscanf(hex + 2 * i, "%2x", &n);
        s[i] = (char)n;
    }
    return s;
}

static void put_hex(FILE *f, const void *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        fprintf(f, "%02x", ((const unsigned char *)p)[i]);
}

static void put_answer(FILE *f, const struct addrinfo *ai)
{
    fprintf(f, " %d/%d/%d/", ai->ai_family, ai->ai_socktype, ai->ai_protocol);
    if (ai->ai_family == AF_INET6) {
        const struct sockaddr_in6 *sa = (const void *)ai->ai_addr;
        put_hex(f, &sa->sin6_addr, sizeof sa->sin6_addr);
        fprintf(f, "/%d/%u/", ntohs(sa->sin6_port), sa->sin6_scope_id);
    } else {
        const struct sockaddr_in *sa = (const void *)ai->ai_addr;
        put_hex(f, &sa->sin_addr, sizeof sa->sin_addr);
        fprintf(f, "/%d/0/", ntohs(sa->sin_port));
    }
    if (ai->ai_canonname && *ai->ai_canonname)
        put_hex(f, ai->ai_canonname, strlen(ai->ai_canonname));
    else
        fputc('-', f);
}

static void ask(const char *line)
{
    static char node[most_text], service[most_text];
    struct addrinfo hints = { 0 }, *list = NULL;
    int id;

    if (sscanf(line, "%d %d %d %d %d %65535s %65535s", &id, &hints.ai_flags, &hints.ai_family,
               &hints.ai_socktype, &hints.ai_protocol, node, service) != 7)
        _exit(1);
    char *n = bytes(node), *s = bytes(service);
    errno = 0;
    int code = getaddrinfo(n, s, &hints, &list);

    char *text;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    fprintf(f, "%d %d", id, code);
    for (const struct addrinfo *ai = code ? NULL : list; ai; ai = ai->ai_next)
        put_answer(f, ai);
    fputc('\n', f);
    fclose(f);
    /* One write keeps lines whole as long as they fit into a pipe's PIPE_BUF. */
    if (write(1, text, size) != (ssize_t)size)
        _exit(1);
    _exit(0);
}

int main(void)
{
    static char line[4 * most_text];
    int running = 0;

    setlocale(LC_ALL, "");
    while (fgets(line, sizeof line, stdin)) {
        if (running == most_processes) {
            wait(NULL);
            running--;
        }
        switch (fork()) {
        case -1:
            return 1;
        case 0:
            ask(line);
        }
        running++;
    }
    while (wait(NULL) > 0)
        continue;
    return 0;
}

#!/usr/bin/env bash
#
# Measures gnc echo beside a plain epoll loop in C, gnet, Go's net and libuv: the rate and the cost
# of a request with few and with many connections, the cost of idle connections, and what clients
# that never read do to the others. README.md explains the columns. Writes out/echo.tsv and
# out/echo.md, and draws plots/echo-*.svg.
#
# Settable: GNC, QUICK=1, ROUNDS, ROUNDS_A_START, WINDOW and WARM_UP (seconds), SERVER_CPU,
# LOAD_CPU, PARTS ("table curve never").

set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

if [ -n "$QUICK" ]; then
    ROUNDS=${ROUNDS:-2} WINDOW=${WINDOW:-0.1} WARM_UP=${WARM_UP:-0.02}
    few=20 many=300 many_active=30 idle_steps="10 100 300" nevers="0 20"
else
    ROUNDS=${ROUNDS:-50} WINDOW=${WINDOW:-0.1} WARM_UP=${WARM_UP:-0.02}
    few=100 many=10000 many_active=1000 idle_steps="10 100 1000 10000" nevers="0 1000"
fi
SERVER_CPU=${SERVER_CPU:-0} LOAD_CPU=${LOAD_CPU:-1}
PARTS=${PARTS:-table curve never}
# A program that is started for each of its windows has fewer of them.
fewer=$((ROUNDS < 5 ? ROUNDS : 5))
ROUNDS_A_START=${ROUNDS_A_START:-10}

# select(2) knows descriptors below 1024; some of them are the server's own.
select_conns=1000
tsv=$out/echo.tsv
failures=0
columns="rate p50_us p99_us cpu_us cpu_share load_us idle_bytes never_buffer never_sent"

# choose PROGRAM: sets words to the command of this server, up to its port file. It is empty if the
# program is not there.
choose() {
    words=()
    case $1 in
        "C epoll") words=("$bin/echo_epoll") ;;
        "gnc "*) [ -z "$GNC" ] || words=("$GNC" echo --mux "${1#gnc }") ;;
        "gnet") words=("$bin/echo_gnet") ;;
        "Go net") words=("$bin/echo_net") ;;
        "libuv") [ ! -x "$bin/echo_libuv" ] || words=("$bin/echo_libuv") ;;
    esac
}

# row PART CONNS ACTIVE NEVER PROGRAM ROUND STATUS VALUES...
row() {
    local IFS=$'\t'
    printf '%s\n' "$*" >>"$tsv"
}

# The programs that are being compared, by number: their names, servers and loads, and the pipes to
# and from the loads.
names=() states=() servers=() loads=() asks=() tells=()

# settled FILE PID: the server listens, or has ended.
settled() { [ -e "$1" ] || ! alive "$2"; }

# serve FILE WORDS...: starts a server on a port of the kernel's choice, written to FILE; sets pid.
serve() {
    local file=$1
    shift
    (pin "$SERVER_CPU" "$@" --port-file "$file" 127.0.0.1 0) >>"$scratch/log" 2>&1 &
    pid=$!
    children+=("$pid")
    await 5 settled "$file" "$pid" || return 1
    [ -e "$file" ]
}

# enter CONNS ACTIVE NEVER PROGRAM: starts the program and a load that waits for its turns.
enter() {
    local words=() n=${#names[@]} ask tell pid
    choose "$4"
    if [ ${#words[@]} -eq 0 ]; then return; fi
    names+=("$4") states+=(ok) servers+=("") loads+=("") asks+=("") tells+=("")
    if [ "$4" = "gnc select" ] && [ $(($1 + $3)) -gt $select_conns ]; then
        states[n]=beyond
        return
    fi
    if ! serve "$scratch/port.$n" "${words[@]}"; then
        states[n]=failed
        return
    fi
    servers[n]=$pid
    mkfifo "$scratch/ask.$n" "$scratch/tell.$n"
    exec {ask}<>"$scratch/ask.$n" {tell}<>"$scratch/tell.$n"
    (pin "$LOAD_CPU" "$bin/load" --turns --pid "$pid" --conns "$1" --active "$2" \
        --never "$3" --warm-up "$WARM_UP" --seconds "$WINDOW" \
        127.0.0.1 "$(cat "$scratch/port.$n")") <&"$ask" >&"$tell" 2>>"$scratch/log" &
    loads[n]=$! asks[n]=$ask tells[n]=$tell
    children+=("${loads[n]}")
}

# answer N: reads the load's report of its window into the array got. It fails if there is none. It
# may take long: the first window comes after all connections have been opened.
answer() {
    local name value silence=0
    got=()
    while :; do
        if read -r -t 1 name value <&"${tells[$1]}"; then
            if [ -z "$name" ]; then return; fi
            got[$name]=$value
        elif [ $((++silence)) -gt 60 ] || ! alive "${loads[$1]}"; then
            return 1
        fi
    done
}

# window N PART CONNS ACTIVE NEVER ROUND: one program's turn, one row.
window() {
    local values=() name
    local -A got
    if [ "${states[$1]}" = ok ]; then
        echo >&"${asks[$1]}"
        if answer "$1"; then
            for name in $columns; do values+=("${got[$name]}"); done
        else
            states[$1]=failed
        fi
    fi
    case ${states[$1]} in
        ok) row "${@:2:4}" "${names[$1]}" "$6" ok "${values[@]}" ;;
        told) return ;;
        *)
            row "${@:2:4}" "${names[$1]}" "$6" "${states[$1]}"
            if [ "${states[$1]}" = failed ]; then
                failures=$((failures + 1))
                say "failed: ${names[$1]}, $2 with $3 connections"
                tail -n 5 "$scratch/log" >&2
            fi
            states[$1]=told
            ;;
    esac
}

gone() { ! alive "$1"; }

# stop PID: quietly, because bash reports the jobs that a signal ended.
stop() {
    kill "$1" || true
    await 3 gone "$1" || kill -KILL "$1" || true
    wait "$1" || true
    forget "$1"
} 2>/dev/null

# leave: ends all that was entered.
leave() {
    local n fd
    for n in "${!names[@]}"; do
        for pid in ${loads[n]} ${servers[n]}; do stop "$pid"; done
        for fd in ${asks[n]} ${tells[n]}; do exec {fd}>&-; done
        rm -f "$scratch"/{port,ask,tell}."$n"
    done
    names=() states=() servers=() loads=() asks=() tells=()
}

# compare PART CONNS ACTIVE NEVER PROGRAM...: all programs are up at the same time, and serve in
# turn for a short window, ROUNDS times. Each is the first in some of the rounds. The place of the
# kernel's data for a connection makes a difference of some percent, so all are started again now
# and then.
compare() {
    local program round n k count
    say "$1: $2 connections, $3 active"
    for ((round = 1; round <= ROUNDS; round++)); do
        if [ $((round % ROUNDS_A_START)) = 1 ]; then
            leave
            for program in "${@:5}"; do enter "${@:2:3}" "$program"; done
        fi
        count=${#names[@]}
        for ((k = 0; k < count; k++)); do
            n=$(((k + round - 1) % count))
            window $n "${@:1:4}" $round
        done
    done
    leave
}

# alone PART CONNS ACTIVE NEVER PROGRAM...: each program is up only for its own window, because the
# kernel works for clients that never read all the time.
alone() {
    local program round
    say "$1: $2 connections, $3 active, $4 that never read"
    for ((round = 1; round <= fewer; round++)); do
        for program in "${@:5}"; do
            enter "${@:2:3}" "$program"
            if [ ${#names[@]} -gt 0 ]; then window 0 "${@:1:4}" $round; fi
            leave
        done
    done
}

measure_table() {
    compare table $few $few 0 "C epoll" "gnc epoll" "gnc poll" "gnc select" "gnet" "Go net" "libuv"
    compare table $many $many_active 0 \
        "C epoll" "gnc epoll" "gnc poll" "gnc select" "gnet" "Go net" "libuv"
}

# Ten busy connections among more and more idle ones. select ends below its limit.
measure_curve() {
    local idle
    for idle in $idle_steps; do
        compare curve $((idle + 10)) 10 0 "C epoll" "gnc epoll" "gnc poll"
        if [ "$idle" = 1000 ]; then idle=900; fi
        if [ $((idle + 10)) -le $select_conns ]; then
            compare curve $((idle + 10)) 10 0 "gnc select"
        fi
    done
}

# gnet is left out: it keeps without bound what a client does not read.
measure_never() {
    local count
    for count in $nevers; do
        alone never $few $few "$count" "C epoll" "gnc epoll" "gnc poll" "Go net" "libuv"
    done
}

prepare
make_scratch
{
    header
    printf 'part\tconns\tactive\tnever\tprogram\tround\tstatus\t%s\n' "${columns// /$'\t'}"
} >"$tsv"
for part in $PARTS; do
    case $part in
        table | curve | never) "measure_$part" ;;
        *) die "no part is called $part" ;;
    esac
done
plots=$here/plots
if [ -n "$QUICK" ]; then plots=$out; fi
"$bin/report" echo "$tsv" "$out/echo.md" "$plots"
cat "$out/echo.md"
if [ $failures -gt 0 ]; then die "$failures runs failed"; fi

#!/usr/bin/env bash
#
# Measures gnc echo beside a plain epoll loop in C, gnet, Go's net and libuv: the rate and the cost of a request with
# few and with many connections, the cost of idle connections, and what clients that never read do to the others.
# README.md explains the columns. Writes out/echo.tsv and out/echo.md, and draws plots/echo-*.svg.
#
# Settable: GNC, QUICK=1, ROUNDS, WINDOW and WARM_UP (seconds), SERVER_CPU, LOAD_CPU, PARTS ("table curve never").

set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

if [ -n "$QUICK" ]; then
    ROUNDS=${ROUNDS:-1} WINDOW=${WINDOW:-0.2} WARM_UP=${WARM_UP:-0.1}
    few=20 many=300 many_active=30 idle_steps="10 100 300" nevers="0 20"
else
    ROUNDS=${ROUNDS:-11} WINDOW=${WINDOW:-0.5} WARM_UP=${WARM_UP:-0.2}
    few=100 many=10000 many_active=1000 idle_steps="10 100 1000 10000" nevers="0 1000"
fi
SERVER_CPU=${SERVER_CPU:-0} LOAD_CPU=${LOAD_CPU:-1}
# The side questions need fewer.
fewer=$((ROUNDS < 5 ? ROUNDS : 5))
PARTS=${PARTS:-table curve never}

# select(2) knows descriptors below 1024; some of them are the server's own.
select_conns=1000
tsv=$out/echo.tsv
failures=0
columns="rate p50_us p99_us cpu_us cpu_share load_us idle_bytes never_buffer never_sent"

# choose PROGRAM: sets words to what starts this server, up to its port file; to nothing when it is not there.
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

# settled FILE: the server listens, or is no more.
settled() { [ -e "$1" ] || ! alive "$pid"; }

# serve WORDS...: starts a server on a port of the kernel's choice; sets pid and port.
serve() {
    local file=$scratch/port
    rm -f "$file"
    (pin "$SERVER_CPU" "$@" --port-file "$file" 127.0.0.1 0) >>"$scratch/server.log" 2>&1 &
    pid=$!
    children+=("$pid")
    await 5 settled "$file" || return 1
    [ -e "$file" ] || return 1
    port=$(cat "$file")
}

gone() { ! alive "$1"; }

# stop PID: quietly, since bash tells of the jobs that a signal ended.
stop() {
    kill "$1" || true
    await 3 gone "$1" || kill -KILL "$1" || true
    wait "$1" || true
    forget "$1"
} 2>/dev/null

# measure_once PART CONNS ACTIVE NEVER PROGRAM ROUND: one server, one load, one row.
measure_once() {
    local words=() status=ok values=() name
    choose "$5"
    if [ ${#words[@]} -eq 0 ]; then return; fi
    if [ "$5" = "gnc select" ] && [ $(($2 + $4)) -gt $select_conns ]; then
        if [ "$6" = 1 ]; then row "$@" "beyond"; fi
        return
    fi
    : >"$scratch/load"
    if serve "${words[@]}"; then
        (pin "$LOAD_CPU" timeout 60 "$bin/load" --pid "$pid" --conns "$2" --active "$3" --never "$4" \
            --warm-up "$WARM_UP" --seconds "$WINDOW" 127.0.0.1 "$port") >"$scratch/load" 2>>"$scratch/server.log" ||
            status=failed
    else
        status=failed
    fi
    stop "$pid"
    if [ $status = failed ]; then
        failures=$((failures + 1))
        say "failed: $*"
        tail -n 5 "$scratch/server.log" >&2
    else
        for name in $columns; do
            values+=("$(awk -v name="$name" '$1 == name { print $2 }' "$scratch/load")")
        done
    fi
    row "$@" $status "${values[@]}"
}

# turn ROUND PART CONNS ACTIVE NEVER PROGRAM...: each program once.
turn() {
    local round=$1 program
    for program in "${@:6}"; do
        measure_once "${@:2:4}" "$program" "$round"
    done
}

# A part is measured in rounds in which everything that is compared has its turn, so that a slow minute of the machine
# falls on all of it.
table_round() {
    turn "$1" table $few $few 0 "C epoll" "gnc epoll" "gnc poll" "gnc select" "gnet" "Go net" "libuv"
    turn "$1" table $many $many_active 0 "C epoll" "gnc epoll" "gnc poll" "gnc select" "gnet" "Go net" "libuv"
}

# Ten busy connections among more and more idle ones. select ends below its limit.
curve_round() {
    local idle
    for idle in $idle_steps; do
        turn "$1" curve $((idle + 10)) 10 0 "C epoll" "gnc epoll" "gnc poll"
        if [ "$idle" = 1000 ]; then idle=900; fi
        if [ $((idle + 10)) -le $select_conns ]; then turn "$1" curve $((idle + 10)) 10 0 "gnc select"; fi
    done
}

# gnet is not asked: it keeps without bound what a client does not read.
never_round() {
    local count
    for count in $nevers; do
        turn "$1" never $few $few "$count" "C epoll" "gnc epoll" "gnc poll" "Go net" "libuv"
    done
}

# in_rounds ROUNDS PART
in_rounds() {
    local round
    for ((round = 1; round <= $1; round++)); do
        say "$2: round $round of $1"
        "$2_round" $round
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
        table) in_rounds "$ROUNDS" table ;;
        curve | never) in_rounds $fewer "$part" ;;
        *) die "no part is called $part" ;;
    esac
done
plots=$here/plots
if [ -n "$QUICK" ]; then plots=$out; fi
"$bin/report" echo "$tsv" "$out/echo.md" "$plots"
cat "$out/echo.md"
if [ $failures -gt 0 ]; then die "$failures runs failed"; fi

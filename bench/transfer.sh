#!/usr/bin/env bash
#
# Measures gnc's transfers beside nc.openbsd, ncat, socat and a splice program in C: a file in
# memory to /dev/null, file to file, pipe to pipe, one-byte writes, a slow reader, and one tiny
# exchange. README.md explains the columns. Writes out/transfer.tsv and out/transfer.md, and draws
# plots/transfer-*.svg.
#
# Settable: GNC, QUICK=1, ROUNDS, SIZE (bytes of the file), MEMORY (a directory in memory), BOUND
# (seconds a run may take), CASES ("null file pipe tiny slow start").

set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

if [ -n "$QUICK" ]; then
    ROUNDS=${ROUNDS:-1} SIZE=${SIZE:-$((16 << 20))}
    tiny_writes=20000 slow_rate=$((64 << 20)) starts=10
else
    ROUNDS=${ROUNDS:-5} SIZE=${SIZE:-$((2 << 30))}
    tiny_writes=1000000 slow_rate=$((256 << 20)) starts=100
fi
BOUND=${BOUND:-120}
MEMORY=${MEMORY:-/dev/shm}
CASES=${CASES:-null file pipe tiny slow start}

tsv=$out/transfer.tsv
failures=0
peers=("C splice" "gnc" "gnc, poll" "gnc, select" "gnc, copying"
    "nc.openbsd" "ncat" "socat" "socat -b 262144")

# choose PROGRAM PORT: sets receiver and sender to the commands of both ends. They are empty if the
# program is not there.
choose() {
    receiver=() sender=()
    local host=127.0.0.1 flags=()
    case $1 in
        "C splice")
            receiver=("$bin/splice" recv $host "$2") sender=("$bin/splice" send $host "$2")
            return ;;
        "gnc, poll") flags=(--mux poll) ;;
        "gnc, select") flags=(--mux select) ;;
        "gnc, copying") flags=(--zero-copy never) ;;
        socat*) flags=(-u) ;;
    esac
    if [ "$1" = "socat -b 262144" ]; then flags+=(-b 262144); fi
    case $1 in
        gnc*)
            [ -n "$GNC" ] || return 0
            receiver=("$GNC" listen "${flags[@]}" $host "$2")
            sender=("$GNC" connect "${flags[@]}" $host "$2") ;;
        nc.openbsd)
            have nc.openbsd || return 0
            receiver=(nc.openbsd -d -l $host "$2") sender=(nc.openbsd -N $host "$2") ;;
        ncat)
            have ncat || return 0
            receiver=(ncat --recv-only -l $host "$2") sender=(ncat --send-only $host "$2") ;;
        socat*)
            have socat || return 0
            receiver=(socat "${flags[@]}" "TCP-LISTEN:$2,bind=$host,reuseaddr" STDOUT)
            sender=(socat "${flags[@]}" STDIN "TCP:$host:$2") ;;
    esac
}

# in_state PORT HEX: by the kernel's list, a TCP socket of this local port is in this state.
in_state() {
    awk -v port="$(printf ':%04X' "$1")" -v state="$2" \
        'substr($2, length($2) - 4) == port && $4 == state { found = 1 } END { exit !found }' \
        /proc/net/tcp /proc/net/tcp6
}
listening() { in_state "$1" 0A; }

# settled PID: the receiver listens, or has ended.
settled() { listening "$port" || ! alive "$1"; }

# Below the range from which the kernel takes ports for connections, and not listened on.
free_port() {
    port=$((10000 + RANDOM % 20000))
    while listening "$port"; do port=$((10000 + RANDOM % 20000)); done
}

# carried_bytes: the bytes that the loopback interface has carried, with headers and other traffic.
# It checks transfers that end in /dev/null: it has to grow by their size at least.
carried_bytes() { cat /sys/class/net/lo/statistics/rx_bytes; }

row() {
    local IFS=$'\t'
    printf '%s\n' "$*" >>"$tsv"
}

limited() { "$bin/measure" "$scratch/$1" "$BOUND" "${@:2}"; }

# Each case gives the receiving end its sink and the sending end its source. A sink that counts
# writes the number of bytes to got.
receive_null() { limited receiver "${receiver[@]}" </dev/null >/dev/null; }
receive_file() { limited receiver "${receiver[@]}" </dev/null >"$scratch/sink"; }
receive_pipe() { limited receiver "${receiver[@]}" </dev/null | "$bin/bytes" drain "$scratch/got"; }
receive_tiny() { receive_pipe; }
receive_slow() {
    limited receiver "${receiver[@]}" </dev/null | "$bin/bytes" drain "$scratch/got" "$slow_rate"
}

send_null() { limited sender "${sender[@]}" <"$scratch/source" >/dev/null; }
send_file() { send_null; }
send_pipe() { head -c "$size" /dev/zero | limited sender "${sender[@]}" >/dev/null; }
send_tiny() { "$bin/bytes" write "$size" | limited sender "${sender[@]}" >/dev/null; }
send_slow() { head -c "$size" "$scratch/source" | limited sender "${sender[@]}" >/dev/null; }

# size_of CASE: the bytes it moves.
size_of() {
    case $1 in
        tiny) echo $tiny_writes ;;
        slow) echo $((SIZE < slow_rate ? SIZE : slow_rate)) ;;
        *) echo "$SIZE" ;;
    esac
}

# verify CASE: all bytes arrived.
verify() {
    case $1 in
        null) [ $(($(carried_bytes) - carried)) -ge "$size" ] ;;
        file) cmp -s "$scratch/source" "$scratch/sink" ;;
        *) [ "$(cat "$scratch/got" 2>/dev/null)" = "$size" ] ;;
    esac
}

# transfer CASE: both ends once; true when both ended well and all arrived.
transfer() {
    local ends=() end failed=0
    rm -f "$scratch"/{sink,got,sender,receiver}
    carried=$(carried_bytes)
    ("receive_$1") 2>>"$scratch/errors" &
    ends+=($!)
    children+=($!)
    await 5 settled "${ends[0]}" || failed=1
    if [ $failed = 0 ] && listening "$port"; then
        ("send_$1") 2>>"$scratch/errors" &
        ends+=($!)
        children+=($!)
    else
        failed=1
        kill -- "-${ends[0]}" 2>/dev/null || true
    fi
    for end in "${ends[@]}"; do
        wait "$end" || failed=1
        forget "$end"
    done
    [ $failed = 0 ] && verify "$1"
}

# measure_once CASE PROGRAM ROUND
measure_once() {
    local status=ok
    free_port
    choose "$2" "$port"
    if [ ${#sender[@]} -eq 0 ]; then return; fi
    : >"$scratch/errors"
    if ! transfer "$1"; then
        status=failed
        failures=$((failures + 1))
        say "failed: $*"
        tail -n 5 "$scratch/errors" >&2
        row "$@" failed "$size"
        return
    fi
    # status, start, end, user, system, resident: of both ends. The time is from the sender's start
    # to the last end.
    cat "$scratch/sender" "$scratch/receiver" | awk -v OFS='\t' -v what="$1	$2	$3	ok	$size" '
        { cpu[NR] = $4 + $5; resident[NR] = $6; if (NR == 1) from = $2; if ($3 > to) to = $3 }
        END {
            printf "%s\t%.6f\t%.6f\t%.6f\t%d\t%d\n",
                what, to - from, cpu[1], cpu[2], resident[1], resident[2]
        }
    ' >>"$tsv"
}

# One case: rounds in which each program has its turn, so that a slow minute of the machine falls on
# all programs.
in_turn() {
    local round program
    size=$(size_of "$1")
    say "$1: $size bytes"
    # Memory that a guest touches for the first time costs the host a fault. No program's first turn
    # should pay for it.
    if [ "$1" = file ]; then cp "$scratch/source" "$scratch/sink"; fi
    for ((round = 1; round <= ROUNDS; round++)); do
        for program in "${peers[@]}"; do measure_once "$1" "$program" "$round"; done
    done
}

# make_source: the file to send, of bytes that differ, and small enough for a second one beside it.
make_source() {
    local free=$(($(df -P -k "$scratch" | awk 'NR == 2 { print $4 }') * 1024))
    local memory=$(($(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo) * 1024))
    local most=$(((free < memory ? free : memory) * 4 / 10))
    if [ "$SIZE" -gt "$most" ]; then
        say "the file is $most bytes, not $SIZE: there is no memory for two of those"
        SIZE=$most
    fi
    head -c $((SIZE < 64 << 20 ? SIZE : 64 << 20)) /dev/urandom >"$scratch/block"
    while [ "$(stat -c %s "$scratch/source" 2>/dev/null || echo 0)" -lt "$SIZE" ]; do
        cat "$scratch/block" >>"$scratch/source"
    done
    truncate -s "$SIZE" "$scratch/source"
    rm "$scratch/block"
}

# start_once PROGRAM ROUND WORDS...: a command's whole life, many times, without a shell between.
start_once() {
    local program=$1 round=$2 status=ok seconds=
    shift 2
    have "$1" || return 0
    if hyperfine -N --warmup 5 --runs $starts \
        --export-csv "$scratch/start.csv" "$(printf '%q ' "$@")" \
        >/dev/null 2>"$scratch/errors"; then
        seconds=$(awk -F , 'NR == 2 { print $(NF - 4) }' "$scratch/start.csv") # the median
    else
        status=failed
        failures=$((failures + 1))
        say "failed: start $program: $(head -n 1 "$scratch/errors")"
    fi
    row start "$program" "$round" $status 0 "$seconds"
}

# The commonest exchange of a test harness: is a port open? The server accepts.
start() {
    local server round
    if ! have hyperfine; then
        say "start: hyperfine is not installed"
        return
    fi
    "$bin/echo_epoll" --port-file "$scratch/port" 127.0.0.1 0 &
    server=$!
    children+=($server)
    await 5 test -e "$scratch/port" || die "echo_epoll does not listen"
    port=$(cat "$scratch/port")
    say "start: port $port, $starts times"
    for ((round = 1; round <= ROUNDS; round++)); do
        start_once "empty Go program" "$round" "$bin/empty"
        if [ -n "$GNC" ]; then
            start_once "gnc connect -z" "$round" "$GNC" connect -z 127.0.0.1 "$port"
        fi
        start_once "nc.openbsd -z" "$round" nc.openbsd -z 127.0.0.1 "$port"
        start_once "ncat -z" "$round" ncat -z 127.0.0.1 "$port"
    done
    kill $server
    { wait $server || true; } 2>/dev/null
    forget $server
}

prepare
make_scratch "$MEMORY"
make_source
{
    header
    printf 'case\tprogram\tround\tstatus\tbytes\tseconds\t'
    printf 'cpu_send\tcpu_receive\tkib_send\tkib_receive\n'
} >"$tsv"
for case in $CASES; do
    case $case in
        null | file | pipe | tiny | slow) in_turn "$case" ;;
        start) start ;;
        *) die "no case is called $case" ;;
    esac
done
plots=$here/plots
if [ -n "$QUICK" ]; then plots=$out; fi
"$bin/report" transfer "$tsv" "$out/transfer.md" "$plots"
cat "$out/transfer.md"
if [ $failures -gt 0 ]; then die "$failures runs failed"; fi

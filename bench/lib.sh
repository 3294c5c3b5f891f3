# To be sourced. Both measurements share this: the paths, the cleaning up, and the build of gnc.
# shellcheck shell=bash

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bin=$here/out/bin
out=$here/out
QUICK=${QUICK:-}
GNC=${GNC:-$here/../gnc}

say() { printf '%s\n' "$*" >&2; }

die() {
    say "$0: $*"
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# The background processes by id. Job control makes each a process group of its own, so that all of
# a pipeline ends with the script, however the script ends.
set -m
children=()
scratch=

cleanup() {
    local status=$?
    trap - EXIT
    local pid
    for pid in "${children[@]}"; do
        kill -- "-$pid" 2>/dev/null || true
    done
    wait 2>/dev/null || true
    if [ -n "$scratch" ]; then rm -rf "$scratch"; fi
    exit "$status"
}

# make_scratch [DIR]: a directory of our own, removed at the end.
make_scratch() {
    scratch=$(mktemp -d "${1:-${TMPDIR:-/tmp}}/gnc-bench.XXXXXX")
    trap cleanup EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
}

# await SECONDS COMMAND...: until the command succeeds; it fails when the time is over.
await() {
    local turns=$(($1 * 100))
    shift
    until "$@"; do
        turns=$((turns - 1))
        [ "$turns" -gt 0 ] || return 1
        sleep 0.01
    done
}

alive() { kill -0 "$1" 2>/dev/null; }

# forget PID: the process has been waited for, and another may soon have its number.
forget() {
    local kept=() pid
    for pid in "${children[@]}"; do
        [ "$pid" = "$1" ] || kept+=("$pid")
    done
    children=("${kept[@]}")
}

# prepare: our programs, and gnc, which is built when it is missing. GNC=none leaves it out.
prepare() {
    ulimit -n "$(ulimit -Hn)"
    mkdir -p "$out" "$here/plots"
    make -s -C "$here" programs
    if [ "$GNC" = none ]; then
        say "gnc is left out"
        GNC=
    elif [ ! -x "$GNC" ]; then
        say "building $GNC"
        (cd "$here/.." && CGO_ENABLED=0 go build -o "$GNC" .) ||
            die "gnc does not build; GNC=none measures the others"
    fi
    if [ -n "$GNC" ]; then GNC=$(realpath "$GNC"); fi
}

# Two processors for two ends where there are two; SERVER_CPU and LOAD_CPU choose others.
pin() {
    local cpu=$1
    shift
    if have taskset && [ "$(nproc)" -gt 1 ]; then
        exec taskset -c "$cpu" "$@"
    fi
    exec "$@"
}

# header: the first lines of a table of measurements.
header() {
    local model kernel
    model=$(awk -F ": " '/^model name/ { print $2; exit }' /proc/cpuinfo)
    kernel=$(uname -r)
    printf '# machine: %s x %s, %s %s\n' \
        "$(nproc)" "${model:-$(uname -m)}" "$(uname -s)" "${kernel%%-*}"
    printf '# date: %s\n' "$(date -u +%Y-%m-%d)"
    if [ -n "$QUICK" ]; then printf '# quick: yes\n'; fi
}

# The functions that the scripts of testdata/script share.

# stderr names the command that fails a script.
set -E
trap 'echo "failed: $BASH_COMMAND" >&2' ERR

# await COMMAND...: until the command succeeds, within most of a minute.
await() {
    for _ in $(seq 4000); do
        if "$@"; then return 0; fi
        sleep 0.01
    done
    echo "never came true: $*" >&2
    exit 99
}

# listen FLAGS... ADDRESS: a gnc listen in the background. Its process is $server, its port $port.
# echo_server FLAGS... ADDRESS: the same with gnc echo.
listen() { serve listen "$@"; }
echo_server() { serve echo "$@"; }
serve() {
    local command=$1
    shift
    rm -f port
    gnc "$command" --mux "$MUX" --port-file port "$@" <&0 & # or the shell gives it /dev/null
    server=$!
    await test -s port
    port=$(cat port)
}

# status N COMMAND...: the command must end with status N.
status() {
    local want=$1 got=0
    shift
    "$@" || got=$?
    if [ "$got" != "$want" ]; then
        echo "status $got, want $want: $*" >&2
        exit 98
    fi
}

# reset_server HOST TEXT: a server in the background, its port in $port, that sends TEXT and soon
# resets the connection.
reset_server() {
    rm -f port
    peer reset port "$@" &
    await test -s port
    port=$(cat port)
}

# hold: a named pipe called hold, with both its ends as descriptor 4. A read of it waits for ever.
hold() {
    [ -p hold ] || mkfifo hold
    exec 4<>hold
}

# proxy KIND [LOGIN]: a proxy in the background, its port in $proxy, for one connection.
proxy() {
    rm -f proxy.port
    peer proxy $1 proxy.port "${2-}" &
    await test -s proxy.port
    proxy=$(cat proxy.port)
}

# each_nc COMMAND...: the command with gnc as nc, and again with nc.openbsd where that is installed.
each_nc() {
    local path=$PATH real
    "$@"
    real=$(command -v nc.openbsd) || return 0
    mkdir -p real
    ln -sf "$real" real/nc
    PATH=$PWD/real:$path
    hash -r
    "$@"
    PATH=$path
    hash -r
}

# free_port: an unused port, in $port, of the forty from $PORTS on that belong to this script.
# The last connection of the port is not in TIME_WAIT any more: not every nc could bind it then.
free_port() {
    local status=0
    : ${next_port:=$RANDOM}
    until [ $status = 5 ]; do
        status=0
        port=$((PORTS + next_port++ % 40))
        if [ -r /proc/net/tcp ] &&
            cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q ":$(printf %04X $port) "; then
            continue
        fi
        gnc listen --quiet --accept-timeout 1ms 127.0.0.1 $port </dev/null >/dev/null 2>&1 ||
            status=$?
    done
}

# stuck PORT: a connection of this local port has 4 KiB or more that its program has not read.
stuck() {
    local unread='[0-9A-F]*[1-9A-F][0-9A-F]\{3,\}'
    grep -q ":$(printf %04X "$1") [^ ]* 01 [^ ]*:$unread " /proc/net/tcp
}

# bound PORT [udp]: a socket is bound to the port. It takes no connection to find out.
bound() { grep -q "$(printf ':%04X 0000' "$1")" "/proc/net/${2-tcp}" "/proc/net/${2-tcp}6"; }

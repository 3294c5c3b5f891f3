# What the scripts of testdata/script share.

# await COMMAND...: until the command succeeds, within 15 seconds.
await() {
    for _ in $(seq 1500); do
        if "$@"; then return 0; fi
        sleep 0.01
    done
    echo "never came true: $*" >&2
    exit 99
}

# listen FLAGS... ADDRESS: a gnc listen in the background, as $server, whose port is in $port. echo_server: a gnc echo.
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

# reset_server HOST TEXT: a server in the background, its port in $port, that sends TEXT and soon resets the connection.
reset_server() {
    rm -f port
    peer reset port "$@" &
    await test -s port
    port=$(cat port)
}

# hold: a named pipe of that name, and both its ends as descriptor 4: reading it neither ends nor finds anything.
hold() {
    [ -p hold ] || mkfifo hold
    exec 4<>hold
}

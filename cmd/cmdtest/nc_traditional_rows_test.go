package cmdtest

func traditionalRows() []ncRow {
	refused := " [127.0.0.1] DEAD (?) : Connection refused"
	opened := "localhost [127.0.0.1] PORT (?) open"
	return append([]ncRow{
		{id: "T01", args: "", status: 1, err: "Cmd line: wrong\n"},
		{id: "T02", args: "-h", err: "[v1.10-..."},
		// -N is nc.openbsd's, and understood here.
		{id: "T03", args: "-N 127.0.0.1 DEAD", status: 1, err: "nc: invalid option -- 'N'\nnc -h for help\n",
			ours: &ncRow{status: 1, err: lines("(UNKNOWN)" + refused)}},
		{id: "T04", args: "127.0.0.1", status: 1, err: lines("no port[s] to connect to")},
		{id: "T05", args: "127.0.0.1 DEAD", status: 1, err: lines("(UNKNOWN)" + refused)},
		{id: "T06", args: "-v 127.0.0.1 DEAD", status: 1, err: lines("localhost" + refused)},
		{id: "T06n", args: "-vn 127.0.0.1 DEAD", status: 1, err: lines("(UNKNOWN)" + refused)},
		{id: "T07", args: "::1 DEAD", status: 1, err: lines("::1: forward host lookup failed: Unknown host")},
		{id: "T08", args: "nosuch.invalid DEAD", status: 1, err: lines("nosuch.invalid: forward host lookup failed: Unknown host")},
		{id: "T08n", args: "-n localhost DEAD", status: 1, err: lines("Can't parse localhost as an IP address")},
		{id: "T09", args: "-w 0 127.0.0.1 DEAD", status: 1, err: lines("invalid wait-time 0")},
		{id: "T10", args: "-v 127.0.0.1 PORT", peer: hello, out: "HELLO\n", err: lines(opened)},
		{id: "T11", args: "127.0.0.1 PORT", in: "held", peer: hello, out: "HELLO\n"},
		{id: "T12", args: "-z 127.0.0.1 PORT", peer: open},
		{id: "T13", args: "-zv 127.0.0.1 PORT", peer: open, err: lines(opened)},
		{id: "T13n", args: "-zvn 127.0.0.1 PORT", peer: open, err: lines("(UNKNOWN) [127.0.0.1] PORT (?) open")},
		{id: "T14", args: "-zv 127.0.0.1 DEAD", status: 1, err: lines("localhost" + refused)},
		{id: "T14q", args: "-z 127.0.0.1 DEAD", status: 1},
		{id: "T15", args: "-zv 127.0.0.1 PORT DEAD", peer: open, err: lines(opened)},
		// Status 0 is for a port that answered, in either dialect (NC.md, "Several ports").
		{id: "T15c", args: "-zv 127.0.0.1 DEAD DEAD", ours: &ncRow{status: 1}},
		{id: "T16", args: "-vvn 127.0.0.1 PORT", in: "abc", peer: helloReading, out: "HELLO\n",
			err: lines("(UNKNOWN) [127.0.0.1] PORT (?) open", " sent 3, rcvd 6")},
		{id: "T17", args: "127.0.0.1 PORT", peer: neverCloses, status: hangs},
		{id: "T18", args: "-q 0 127.0.0.1 PORT", peer: neverCloses},
		{id: "T19", args: "-q 1 127.0.0.1 PORT", peer: neverCloses},
		{id: "T20", args: "-w 1 127.0.0.1 PORT", peer: neverCloses},
		{id: "T20h", args: "-w 1 127.0.0.1 PORT", in: "held", peer: neverCloses, status: hangs},
		{id: "T21", args: "-q 0 127.0.0.1 PORT", in: "x\ny\n", peer: repliesAfterEnd},
		{id: "T21b", args: "-q 2 127.0.0.1 PORT", in: "x\ny\n", peer: repliesAfterEnd, out: "REPLY[x\ny\n]\n"},
		{id: "T22", args: "-v -w 1 127.0.0.1 PORT", peer: full, status: 1, err: lines("localhost [127.0.0.1] PORT (?) : Connection timed out")},
		// Fault: status 0 after a reset.
		{id: "T23", args: "-v 127.0.0.1 PORT", peer: resets, err: lines(opened),
			ours: &ncRow{status: 1, err: lines(opened, "read: Connection reset by peer")}},
		{id: "T33", args: "-q 2 -o FILE 127.0.0.1 PORT", in: "hello world, 20 byte\n", peer: repliesAfterEnd,
			out: "REPLY[hello world, 20 byte\n]\n",
			file: lines("> 00000000 68 65 6c 6c 6f 20 77 6f 72 6c 64 2c 20 32 30 20 # hello world, 20 ",
				"> 00000010 62 79 74 65 0a                                  # byte.",
				"< 00000000 52 45 50 4c 59 5b 68 65 6c 6c 6f 20 77 6f 72 6c # REPLY[hello worl",
				"< 00000010 64 2c 20 32 30 20 62 79 74 65 0a 5d 0a          # d, 20 byte.].")},
		{id: "T37", args: "-q 0 -C 127.0.0.1 PORT", in: "a\nb\nc\n", peer: receives, got: "a\nb\nc\r\n<end>",
			ours: &ncRow{got: "a\r\nb\r\nc\r\n<end>"}}, // every LF, not the last one of a read only
		{id: "T38", args: "127.0.0.1 PORT -v", peer: hello, out: "HELLO\n", err: lines(opened)},
		// A reset is told of, too.
		{id: "T74", args: "-q 0 127.0.0.1 PORT", in: "big", peer: resetsEarly, status: 1, either: true, ours: &ncRow{status: 1, err: "..."}},
	}, traditionalListeners()...)
}

func traditionalListeners() []ncRow {
	listening := "listening on [any] PORT ..."
	connected := "connect to [127.0.0.1] from localhost [127.0.0.1] N"
	return []ncRow{
		{id: "T24", args: "-v -l -p PORT", peer: clientLeaves, err: lines(listening, connected)},
		{id: "T24n", args: "-vn -l -p PORT", peer: clientLeaves, err: lines(listening, "connect to [127.0.0.1] from (UNKNOWN) [127.0.0.1] N")},
		{id: "T25n", args: "-v -l 127.0.0.1", status: hangs, err: lines("listening on [any] N ...")},
		{id: "T25", args: "-v -l 8099", status: hangs, err: lines("8099: inverse host lookup failed: Unknown host", "listening on [any] N ...")},
		{id: "T26", args: "-v -l", status: hangs, err: lines("listening on [any] N ...")},
		{id: "T27", args: "-v -l -p PORT -w 1", status: 1, err: lines(listening, "no connection : Connection timed out")},
		{id: "T28", args: "-v -l -k -p PORT", peer: clientLeaves, err: lines(listening, connected)},
		{id: "T29", args: "-v -n -l -p PORT 127.0.0.9", peer: clientLeaves, status: 1,
			err: lines(listening, "invalid connection to [127.0.0.1] from (UNKNOWN) [127.0.0.1] N")},
		{id: "T30", args: "-l -s 127.0.0.1 -p PORT", peer: taken, status: 1, err: lines("Can't grab 127.0.0.1:PORT with bind")},
		{id: "T31", args: "-l -p PORT -e /bin/cat", peer: clientHalfCloses, got: "hi\n"},
		{id: "T32", args: "-l -p PORT -c echo_$0_$1;exit_7", peer: clientReads, status: 7, got: "sh\n<end>"},
	}
}

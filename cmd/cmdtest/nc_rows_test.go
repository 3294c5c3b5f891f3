package cmdtest

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// TestNCRows runs `gnc nc` in the set-ups in which the real programs were observed, row by row. With GNC_TEST_REAL_NC=1
// the same rows run nc.openbsd and nc.traditional, against what the table says of them.
func TestNCRows(t *testing.T) {
	real := os.Getenv("GNC_TEST_REAL_NC") == "1"
	for _, dialect := range []struct {
		name string
		env  string
		rows []ncRow
	}{
		{"nc.openbsd", "GNC_NC=", append(append(openbsdRows(), packetRows()...), proxyRows()...)},
		{"nc.traditional", "GNC_NC=traditional", append(traditionalRows(), traditionalPacketRows()...)},
	} {
		t.Run(dialect.name, func(t *testing.T) {
			for _, r := range dialect.rows {
				t.Run(r.id, func(t *testing.T) {
					t.Parallel()
					command := []string{"gnc", "nc"}
					if real {
						path, err := exec.LookPath(dialect.name)
						if err != nil {
							t.Skip(err)
						}
						r.run(t, []string{path})
						return
					}
					if r.ours != nil {
						better := *r.ours
						better.id, better.args, better.in, better.peer, better.stdout, better.hosts = r.id, r.args, r.in, r.peer, r.stdout, r.hosts
						r = better
					}
					r.run(t, command, dialect.env)
				})
			}
		})
	}
}

const usage = "usage: nc [-46..."

// lines joins lines of stderr.
func lines(text ...string) (all string) {
	for _, l := range text {
		all += l + "\n"
	}
	return all
}

// openbsdFailed is the line of a port that refused.
func openbsdFailed(host, port string) string {
	return fmt.Sprintf("nc: connect to %s port %s (tcp) failed: Connection refused", host, port)
}

func openbsdRows() []ncRow {
	succeeded := "Connection to 127.0.0.1 PORT port [tcp/*] succeeded!"
	return append([]ncRow{
		{id: "O01", args: "", status: 1, err: usage},
		{id: "O02", args: "-h", err: "OpenBSD netcat (..."},
		// -e is traditional's, and understood here.
		{id: "O03", args: "-e /bin/cat 127.0.0.1 DEAD", status: 1, err: "nc: invalid option -- 'e'\nusage: nc [-46...",
			ours: &ncRow{status: 1}},
		{id: "O04", args: "127.0.0.1", status: 1, err: lines("nc: missing port number")},
		{id: "O05", args: "-l", status: 1, err: lines("nc: missing port number")},
		{id: "O06", args: "-l -p DEAD 127.0.0.1", status: 1, err: usage},
		{id: "O07", args: "-k 127.0.0.1 DEAD", status: 1, err: lines("nc: must use -l with -k")},
		{id: "O08", args: "-lz DEAD", status: 1, err: lines("nc: cannot use -z and -l")},
		{id: "O09", args: "127.0.0.1 0", status: 1, err: lines("nc: port number too small: 0")},
		{id: "O10", args: "127.0.0.1 70000", status: 1, err: lines("nc: port number too large: 70000")},
		{id: "O11", args: "127.0.0.1 nosuchsvc", status: 1, err: lines("nc: port number invalid: nosuchsvc")},
		{id: "O12", args: "-n localhost DEAD", status: 1, err: lines(`nc: getaddrinfo for host "localhost" port DEAD: Name or service not known`)},
		{id: "O13", args: "nosuch.invalid DEAD", status: 1, err: lines(`nc: getaddrinfo for host "nosuch.invalid" port DEAD: Name or service not known`)},
		{id: "O14", args: "-w x 127.0.0.1 DEAD", status: 1, err: lines("nc: timeout invalid: x")},
		{id: "O14b", args: "-w 0.5 127.0.0.1 DEAD", status: 1, err: lines("nc: timeout invalid: 0.5")},
		{id: "O15", args: "-X http -x 127.0.0.1:1 127.0.0.1 DEAD", status: 1, err: lines("nc: unsupported proxy protocol")},
		{id: "O16", args: "-u -x 127.0.0.1:1 127.0.0.1 DEAD", status: 1, err: lines("nc: no proxy support for UDP mode")},
		{id: "O16b", args: "-l -x 127.0.0.1:1 127.0.0.1 DEAD", status: 1, err: lines("nc: no proxy support for listen")},
		{id: "O16c", args: "-UF nosuch.sock", status: 1, err: lines("nc: cannot use -F and -U")},
		{id: "O16d", args: "-W 0 127.0.0.1 DEAD", status: 1, err: lines("nc: receive limit too small: 0")},
		{id: "O16e", args: "-T bogus 127.0.0.1 DEAD", status: 1, err: lines("nc: illegal tos value bogus")},
		{id: "O16f", args: "-V 1 127.0.0.1 DEAD", status: 1, err: lines("nc: no alternate routing table support available")},
		{id: "O16g", args: "-U x.sock 80", status: 1, err: lines("nc: cannot use port with -U")},
		{id: "O17", args: "127.0.0.1 DEAD", status: 1},
		{id: "O18", args: "-v 127.0.0.1 DEAD", status: 1, err: lines(openbsdFailed("127.0.0.1", "DEAD"))},
		{id: "O19", args: "-v localhost DEAD", status: 1, err: lines(openbsdFailed("localhost (127.0.0.1)", "DEAD"))},
		{id: "O19d", args: "-v localhost DEAD", hosts: true, status: 1,
			err: lines(openbsdFailed("localhost (::1)", "DEAD"), openbsdFailed("localhost (127.0.0.1)", "DEAD"))},
		{id: "O20", args: "-vn 127.0.0.1 DEAD", status: 1, err: lines(openbsdFailed("127.0.0.1", "DEAD"))},
		{id: "O21", args: "-v 127.0.0.1 PORT", peer: hello, out: "HELLO\n", err: lines(succeeded)},
		{id: "O22", args: "127.0.0.1 PORT", in: "held", peer: hello, out: "HELLO\n", status: hangs},
		{id: "O23", args: "-v localhost PORT", peer: hello, out: "HELLO\n", err: lines("Connection to localhost (127.0.0.1) PORT port [tcp/*] succeeded!")},
		{id: "O23d", args: "-v dual.test PORT", hosts: true, peer: hello, out: "HELLO\n",
			err: lines(openbsdFailed("dual.test (::1)", "PORT"), "Connection to dual.test (127.0.0.1) PORT port [tcp/*] succeeded!")},
		// Row O24@1.238: the newer nc tells without -v.
		{id: "O24", args: "-z 127.0.0.1 PORT", peer: open, ours: &ncRow{err: lines(succeeded)}},
		{id: "O25", args: "-zv 127.0.0.1 PORT", peer: open, err: lines(succeeded)},
		{id: "O25n", args: "-zvn 127.0.0.1 PORT", peer: open, err: lines(succeeded)},
		{id: "O26", args: "-z 127.0.0.1 DEAD", status: 1},
		{id: "O27", args: "-zv 127.0.0.1 PORT DEAD", peer: open, err: lines(succeeded, openbsdFailed("127.0.0.1", "DEAD"))},
		{id: "O27b", args: "-zv 127.0.0.1 DEAD PORT", peer: open, err: lines(openbsdFailed("127.0.0.1", "DEAD"), succeeded)},
		{id: "O28", args: "-zv 127.0.0.1 PORT-2-PORT", peer: open,
			err: lines(openbsdFailed("127.0.0.1", "PORT-2"), openbsdFailed("127.0.0.1", "PORT-1"), succeeded)},
	}, append(openbsdSessions(succeeded), openbsdListeners()...)...)
}

func openbsdSessions(succeeded string) []ncRow {
	return []ncRow{
		{id: "O29", args: "127.0.0.1 PORT", in: "data", peer: holds, status: hangs, got: "data<end>"},
		{id: "O30", args: "127.0.0.1 PORT", in: "data\n", peer: repliesAfterEnd, status: hangs},
		{id: "O31", args: "-N 127.0.0.1 PORT", in: "data\n", peer: repliesAfterEnd, out: "REPLY[data\n]\n"},
		{id: "O32", args: "-q 0 127.0.0.1 PORT", in: "data\n", peer: repliesAfterEnd, out: "REPLY[data\n]\n"},
		// Fault: -q never fires. With -q 0 a server that has been silent for a second has no answer.
		{id: "O32b", args: "-q 0 127.0.0.1 PORT", peer: neverCloses, status: hangs, ours: &ncRow{}},
		{id: "O33", args: "-q 1 127.0.0.1 PORT", in: "data\n", peer: repliesAfterEnd, out: "REPLY[data\n]\n"},
		// Fault: -q never fires. A second after the end of stdin is before the answer.
		{id: "O34", args: "-q 1 127.0.0.1 PORT", in: "data\n", peer: repliesLate, out: "LATE\n",
			ours: &ncRow{}},
		{id: "O33b", args: "-q 1 127.0.0.1 PORT", peer: neverCloses, status: hangs, ours: &ncRow{}},
		{id: "O33c", args: "-q 0 127.0.0.1 PORT", peer: neverCloses, status: hangs, ours: &ncRow{}},
		{id: "O33d", args: "-N 127.0.0.1 PORT", peer: neverCloses, status: hangs},
		{id: "O33e", args: "-N -w 1 127.0.0.1 PORT", peer: neverCloses},
		{id: "O35", args: "-w 1 127.0.0.1 PORT", in: "data\n", peer: repliesLate},
		{id: "O36", args: "-v -w 1 127.0.0.1 PORT", in: "held", peer: holds, err: lines(succeeded)},
		{id: "O37", args: "-v -w 1 127.0.0.1 PORT", peer: full, status: 1,
			err: lines("nc: connect to 127.0.0.1 port PORT (tcp) timed out: Operation now in progress")},
		{id: "O37b", args: "-w 1 127.0.0.1 PORT", peer: full, status: 1},
		// Fault: status 0 after a reset.
		{id: "O38", args: "-v 127.0.0.1 PORT", peer: resets, err: lines(succeeded),
			ours: &ncRow{status: 1, err: lines(succeeded, "nc: read: Connection reset by peer")}},
		{id: "O39", args: "-d 127.0.0.1 PORT", in: "data", peer: holds, status: hangs, got: "<end>"},
		{id: "O40", args: "127.0.0.1 PORT", in: "held", peer: halfCloses, out: "HELLO\n", status: hangs},
		{id: "O41", args: "-NC 127.0.0.1 PORT", in: "a\nb\r\nc", peer: receives, got: "a\r\nb\r\nc<end>"},
		{id: "O42", args: "-N -i 1 127.0.0.1 PORT", in: "a\nb\nc\n", peer: receives, got: "a\nb\nc\n<end>"},
		// Fault: hanging when stdout's reader is gone. What it says depends on whether it knows of the HELLO already.
		{id: "O43", args: "127.0.0.1 PORT", in: "held", peer: hello, stdout: "gone", status: hangs,
			ours: &ncRow{either: true, err: "..."}},
		{id: "O72", args: "-F 127.0.0.1 PORT", peer: open, status: 1, err: lines("nc: sendmsg: Socket operation on non-socket")},
		{id: "O73", args: "-t 127.0.0.1 PORT", peer: negotiates, out: "\xff\xfd\x18\xff\xfb\x01hi\n", got: "\xff\xfc\x18\xff\xfe\x01"},
		{id: "O70", args: "127.0.0.1 PORT -v", peer: hello, out: "HELLO\n", err: lines(succeeded)},
		// Fault: status 0 after a reset.
		{id: "O74", args: "-N 127.0.0.1 PORT", in: "big", peer: resetsEarly,
			ours: &ncRow{status: 1, err: "nc: ..."}},
		// Fault: status 0 after a failed write.
		{id: "O75", args: "127.0.0.1 PORT", peer: hello, stdout: "full",
			ours: &ncRow{status: 1, err: lines("nc: write stdout: No space left on device")}},
	}
}

func openbsdListeners() []ncRow {
	return []ncRow{
		{id: "O44", args: "-v -l PORT", in: "held", peer: clientHi, out: "hi\n",
			err: lines("Listening on 0.0.0.0 PORT", "Connection received on localhost N")},
		{id: "O45", args: "-v -l 0", peer: clientAnywhere, err: lines("Listening on 0.0.0.0 N", "Connection received on localhost N")},
		{id: "O45b", args: "-l 0", status: hangs},
		{id: "O46", args: "-v -l 127.0.0.1 PORT", peer: clientLeaves, err: lines("Listening on localhost PORT", "Connection received on localhost N")},
		{id: "O46n", args: "-nv -l 127.0.0.1 PORT", peer: clientLeaves, err: lines("Listening on 127.0.0.1 PORT", "Connection received on 127.0.0.1 N")},
		{id: "O47", args: "-v -l -s 127.0.0.1 -p PORT", peer: clientLeaves, err: lines("Listening on localhost PORT", "Connection received on localhost N")},
		{id: "O48", args: "-v -6 -l PORT", peer: clientLeaves, err: lines("Listening on :: PORT", "Connection received on ::ffff:127.0.0.1 N")},
		// Fault: two listeners silently sharing a port.
		{id: "O49", args: "-v -l PORT", peer: beforeAnotherNC, status: hangs, err: lines("Listening on 0.0.0.0 PORT"),
			ours: &ncRow{status: 1, err: lines("nc: Address already in use")}},
		{id: "O50", args: "-v -l 127.0.0.1 PORT", peer: taken, status: 1, err: lines("nc: Address already in use")},
		{id: "O51", args: "-l PORT", in: "SRV\n", peer: clientReads, got: "SRV\n"},
		{id: "O51N", args: "-lN PORT", in: "SRV\n", peer: clientReads, got: "SRV\n<end>"},
		// Fault: -q never fires. What comes after the end of stdin is not waited for with -q 0; what comes at once is a matter of luck in both.
		{id: "O51q", args: "-l -q 0 PORT", peer: clientHi, out: "...", ours: &ncRow{out: "..."}},
		{id: "O52", args: "-v -l -w 1 PORT", status: hangs, err: lines("Listening on 0.0.0.0 PORT")},
		{id: "O53", args: "-v -kl PORT", peer: clientsTwo, out: "A1\nB1\n", status: hangs,
			err: lines("Listening on 0.0.0.0 PORT", "Connection received on localhost N", "Connection received on localhost N")},
		{id: "O54", args: "-kl PORT", in: "FILE\n", peer: clientsInTurn, status: hangs, got: "FILE\n||"},
		{id: "O54N", args: "-klN PORT", in: "FILE\n", peer: clientsInTurn, status: hangs, got: "FILE\n<end>|<end>|"},
	}
}

package cmdtest

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"iter"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gnc/mux"
)

const (
	manyClients = 1000
	wordsOfEach = 64 << 10 / 4
)

// sentBy gives what a client sends, piece by piece: words of four bytes that say whose they are, and which. The test's own
// memory stays small, for the bounds of other tests begin with it.
func sentBy(client int) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		var piece [1024]byte
		for n := 0; n < wordsOfEach; n += len(piece) / 4 {
			for i := range len(piece) / 4 {
				binary.BigEndian.PutUint32(piece[4*i:], uint32(client<<16|n+i))
			}
			if !yield(piece[:]) {
				return
			}
		}
	}
}

// wholeWords keeps TCP from cutting what is sent within a word: its segments, with options or without, are multiples of
// four bytes.
func wholeWords(_, _ string, c syscall.RawConn) error {
	return c.Control(func(fd uintptr) { unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_MAXSEG, 1400) })
}

// sendWords has all clients connected before the first of them sends, each in small pieces.
func sendWords(t *testing.T, port string) {
	t.Helper()
	var conns, done sync.WaitGroup
	conns.Add(manyClients)
	dialer := net.Dialer{Timeout: patience, Control: wholeWords}
	for client := range manyClients {
		done.Add(1)
		go func() {
			defer done.Done()
			c, err := dialer.Dial("tcp", "127.0.0.1:"+port)
			conns.Done()
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			c.SetDeadline(time.Now().Add(2 * patience))
			conns.Wait()
			for piece := range sentBy(client) {
				if _, err := c.Write(piece); err != nil {
					t.Errorf("client %d: %v", client, err)
					return
				}
			}
			c.(*net.TCPConn).CloseWrite()
			if _, err := io.Copy(io.Discard, c); err != nil {
				t.Errorf("client %d: %v", client, err)
			}
		}()
	}
	done.Wait()
}

// TestThousandClients has 1,000 clients send to one listener at the same time, each 64 KiB of its own. Whatever the order
// of the reads, the words of each client come out whole, in order, and all of them.
func TestThousandClients(t *testing.T) {
	for _, name := range mux.Names() {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(memoryDir(t), "out")
			server, port := listenOn(t, "", out, "--mux", name, "--count", fmt.Sprint(manyClients))
			sendWords(t, port)
			server.succeed(t)
			next := make([]int, manyClients)
			total := 0
			for word := range wordsIn(t, out) {
				if client := word >> 16; client >= manyClients || word&0xffff != next[client] {
					t.Fatalf("%#x where word %d of client %d was to come", word, next[min(client, manyClients-1)], client)
				}
				next[word>>16]++
				total++
			}
			if total != manyClients*wordsOfEach {
				t.Fatalf("%d words arrived of %d", total, manyClients*wordsOfEach)
			}
		})
	}
}

// wordsIn are the words of a file.
func wordsIn(t *testing.T, name string) iter.Seq[int] {
	return func(yield func(int) bool) {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		r := bufio.NewReader(f)
		var word [4]byte
		for {
			if _, err := io.ReadFull(r, word[:]); err == io.EOF {
				return
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if !yield(int(binary.BigEndian.Uint32(word[:]))) {
				return
			}
		}
	}
}

// TestThousandFiles does the same with --out-dir: each file holds all that one client sent, and nothing else.
func TestThousandFiles(t *testing.T) {
	for _, name := range mux.Names() {
		t.Run(name, func(t *testing.T) {
			dir := memoryDir(t)
			server, port := listenOn(t, "", "", "--mux", name, "--count", fmt.Sprint(manyClients), "--out-dir", dir)
			sendWords(t, port)
			server.succeed(t)
			files, err := filepath.Glob(filepath.Join(dir, "*"))
			if err != nil || len(files) != manyClients {
				t.Fatalf("%d files, %v", len(files), err)
			}
			seen := make(map[int]bool)
			for _, file := range files {
				client, n := -1, 0
				for word := range wordsIn(t, file) {
					if client < 0 {
						client = word >> 16
					}
					if word != client<<16|n {
						t.Fatalf("%s: %#x where word %d of client %d was to come", file, word, n, client)
					}
					n++
				}
				if n != wordsOfEach || seen[client] {
					t.Fatalf("%s: %d words of client %d", file, n, client)
				}
				seen[client] = true
			}
		})
	}
}

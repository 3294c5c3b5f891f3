package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
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

// sentBy is what a client sends: words of four bytes that say whose they are, and which.
func sentBy(client int) []byte {
	var b []byte
	for n := range wordsOfEach {
		b = binary.BigEndian.AppendUint32(b, uint32(client<<16|n))
	}
	return b
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
			for piece := range slices.Chunk(sentBy(client), 4000) {
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
			got, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			if want := manyClients * wordsOfEach * 4; len(got) != want {
				t.Fatalf("%d bytes arrived of %d", len(got), want)
			}
			next := make([]int, manyClients)
			for ; len(got) > 0; got = got[4:] {
				word := int(binary.BigEndian.Uint32(got))
				if client := word >> 16; client >= manyClients || word&0xffff != next[client] {
					t.Fatalf("%#x where word %d of client %d was to come", word, next[min(client, manyClients-1)], client)
				}
				next[word>>16]++
			}
		})
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
				got, err := os.ReadFile(file)
				if err != nil || len(got) < 4 {
					t.Fatalf("%s: %d bytes, %v", file, len(got), err)
				}
				client := int(binary.BigEndian.Uint32(got) >> 16)
				if seen[client] || !bytes.Equal(got, sentBy(client)) {
					t.Fatalf("%s: %d bytes that are not what one client sent", file, len(got))
				}
				seen[client] = true
			}
		})
	}
}

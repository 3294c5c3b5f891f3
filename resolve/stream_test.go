package resolve

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"testing"
	"time"
)

// collect reads a stream and returns its batches, and when each came.
func collect(ch <-chan Batch) (batches []Batch, after []time.Duration) {
	start := time.Now()
	for b := range ch {
		batches = append(batches, b)
		after = append(after, time.Since(start))
	}
	return batches, after
}

func TestStream(t *testing.T) {
	const late = 300 * time.Millisecond
	for _, c := range []struct {
		name     string
		zone     map[string]string
		options  string
		families []int // of the batches, in order
		early    bool  // the first comes long before the second
		err      string
	}{
		{"A late", map[string]string{"* A": "delay=300ms A 192.0.2.1", "* AAAA": "AAAA 2001:db8::1"}, "",
			[]int{INET6, INET}, true, ""},
		{"AAAA late", map[string]string{"* A": "A 192.0.2.1",
			"* AAAA": "delay=300ms AAAA 2001:db8::1"}, "",
			[]int{INET, INET6}, true, ""},
		{"both", map[string]string{"* A": "A 192.0.2.1 A 192.0.2.2", "* AAAA": "AAAA 2001:db8::1"}, "",
			[]int{INET, INET6}, false, ""},
		{"only A", map[string]string{"* A": "A 192.0.2.1", "* AAAA": "nodata"}, "", []int{INET}, false,
			""},
		{"AAAA never", map[string]string{"* A": "A 192.0.2.1", "* AAAA": "drop"}, "timeout:1 attempts:1",
			[]int{INET}, false, ""},
		{"A never", map[string]string{"* A": "drop", "* AAAA": "AAAA 2001:db8::1"},
			"timeout:1 attempts:1",
			[]int{INET6}, false, ""},
		{"neither", map[string]string{"* *": "nodata"}, "", nil, false, "EAI_NODATA"},
		{"unknown", map[string]string{}, "", nil, false, "EAI_NONAME"},
		{"over TCP", map[string]string{"* A": "tc A 192.0.2.1", "* AAAA": "tc AAAA 2001:db8::1"}, "",
			[]int{INET,
				INET6}, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := oneServer(t, c.zone, c.options)
			name := "name.test"
			batches, after := collect(r.Stream(context.Background(), &name, nil,
				Hints{SockType: SockStream}))
			if c.err != "" {
				var e *Error
				if len(batches) != 1 || !errors.As(batches[0].Err, &e) || e.Name() != c.err {
					t.Fatalf("got %+v", batches)
				}
				return
			}
			var families []int
			for _, b := range batches {
				if b.Err != nil {
					t.Fatal(b.Err)
				}
				if len(b.Addrs) > 0 { // else it has only what is unanswered
					families = append(families, b.Addrs[0].Family)
				}
			}
			if !slices.Equal(families, c.families) {
				t.Fatalf("families %v, want %v", families, c.families)
			}
			if c.early && (after[0] > late/2 || after[1] < late) {
				t.Errorf("batches after %v", after)
			}
			if after[0] > late+200*time.Millisecond {
				t.Errorf("the first batch waited for %v", after[0])
			}
		})
	}
}

// TestStreamAtOnce: what is not asked of a name server is one batch.
func TestStreamAtOnce(t *testing.T) {
	r := isolated(map[string]string{"hosts": "192.0.2.1 name\n2001:db8::1 name\n",
		"host.conf": "multi on\n"})
	for _, node := range []string{"name", "192.0.2.7", "*"} {
		service := "80"
		batches, _ := collect(r.Stream(context.Background(), &node, &service,
			Hints{SockType: SockStream}))
		if len(batches) != 1 || batches[0].Err != nil {
			t.Errorf("%s: %+v", node, batches)
		}
	}
}

// TestStreamDiscarded: addresses that nsswitch.conf takes back are not shown.
func TestStreamDiscarded(t *testing.T) {
	f := &fakeDNS{}
	f.reset(map[string]string{"* A": "A 192.0.2.1", "* AAAA": "nodata"})
	r := isolated(map[string]string{
		"resolv.conf": "nameserver 192.0.2.1\n", "hosts": "192.0.2.9 name.test\n",
		"nsswitch.conf": "hosts: dns [SUCCESS=continue] files\n",
	}, f.listen(t, 1, "127.0.0.1:0"))
	name := "name.test"
	batches, _ := collect(r.Stream(context.Background(), &name, nil, Hints{SockType: SockStream}))
	if len(batches) != 1 || batches[0].Addrs[0].Addr.Addr() != netip.MustParseAddr("192.0.2.9") {
		t.Errorf("got %+v", batches)
	}
}

// TestStreamCanceled: a reader may go away.
func TestStreamCanceled(t *testing.T) {
	r := oneServer(t, map[string]string{"* *": "drop"}, "timeout:30")
	ctx, cancel := context.WithCancel(context.Background())
	name := "name.test"
	ch := r.Stream(ctx, &name, nil, Hints{})
	cancel()
	batches, _ := collect(ch)
	if len(batches) != 1 || !errors.Is(batches[0].Err, context.Canceled) {
		t.Errorf("got %+v", batches)
	}
}

// TestOrigins: every answer has where it came from.
func TestOrigins(t *testing.T) {
	r := oneServer(t, map[string]string{"* A": "A 192.0.2.1", "* AAAA": "nodata"}, "")
	var steps []Step
	r.Trace = func(s Step) { steps = append(steps, s) }
	name := "name.test"
	list, err := r.Getaddrinfo(context.Background(), &name, nil, Hints{SockType: SockStream})
	if err != nil {
		t.Fatal(err)
	}
	o := list[0].Origin
	if o.Source != FromDNS || o.Question != "name.test" || o.Type != "A" ||
		o.Server.String() != "192.0.2.1:53" || o.Took <= 0 {
		t.Errorf("origin %+v", o)
	}
	const want = 4 // files, the two questions, dns
	if len(steps) != want || steps[0].Source != FromFiles || steps[0].Outcome != "unavail" ||
		steps[want-1].Outcome != "success" {
		t.Errorf("steps %+v", steps)
	}
	files := isolated(map[string]string{"hosts": "# one\n192.0.2.5 name.test\n"})
	if list, err = files.Getaddrinfo(context.Background(), &name, nil, Hints{}); err != nil {
		t.Fatal(err)
	}
	if o := list[0].Origin; o.Source != FromFiles || o.Line != 2 || o.File != "/etc/hosts" {
		t.Errorf("origin %+v", o)
	}
}

package resolve

import (
	"context"
	"slices"
	"testing"
)

// TestStreamUnanswered: a stream names the families that no name server has answered.
func TestStreamUnanswered(t *testing.T) {
	const impatient = "timeout:1 attempts:1"
	both, none := []int{INET, INET6}, []int(nil)
	for _, c := range []struct {
		name    string
		zone    map[string]string
		options string
		want    []int
	}{
		{"both", map[string]string{"* A": "A 192.0.2.1", "* AAAA": "AAAA 2001:db8::1"}, "", none},
		{"no data", map[string]string{"* A": "A 192.0.2.1", "* AAAA": "nodata"}, "", none},
		{"no such name for one", map[string]string{"* A": "A 192.0.2.1", "* AAAA": "nxdomain"}, "", none},
		{"no such name", map[string]string{}, "", none},
		{"an alias without data", map[string]string{"* A": "A 192.0.2.1", "* AAAA": "CNAME other.test"},
			"", none},
		{"AAAA fails", map[string]string{"* A": "A 192.0.2.1", "* AAAA": "servfail"}, "", []int{INET6}},
		{"AAAA refused", map[string]string{"* A": "A 192.0.2.1", "* AAAA": "refused"}, "", []int{INET6}},
		{"AAAA not implemented", map[string]string{"* A": "A 192.0.2.1", "* AAAA": "notimp"}, "",
			[]int{INET6}},
		{"AAAA not understood", map[string]string{"* A": "A 192.0.2.1", "* AAAA": "formerr"}, "",
			[]int{INET6}},
		{"AAAA lame", map[string]string{"* A": "A 192.0.2.1", "* AAAA": "lame"}, "", []int{INET6}},
		{"AAAA broken", map[string]string{"* A": "A 192.0.2.1", "* AAAA": "AAAA 2001:db8::1 cut=3"}, "",
			[]int{INET6}},
		{"AAAA silent", map[string]string{"* A": "A 192.0.2.1", "* AAAA": "drop"}, impatient,
			[]int{INET6}},
		{"A fails", map[string]string{"* A": "servfail", "* AAAA": "AAAA 2001:db8::1"}, "", []int{INET}},
		{"A silent", map[string]string{"* A": "drop", "* AAAA": "AAAA 2001:db8::1"}, impatient,
			both}, // which are then asked for one by one, A first
		{"both fail", map[string]string{"* *": "servfail"}, impatient, both},
		{"AAAA cut, no TCP", map[string]string{"* A": "delay=50ms A 192.0.2.1",
			"* AAAA": "tc close AAAA 2001:db8::1"},
			impatient, both},
		{"no-aaaa", map[string]string{"* A": "A 192.0.2.1", "* AAAA": "AAAA 2001:db8::1"}, "no-aaaa",
			[]int{INET6}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			checkUnanswered(t, oneServer(t, c.zone, c.options), "name.test", c.want)
		})
	}
}

// TestStreamUnansweredOnTheWay: a question that failed on the way to an answer stays unanswered. A
// source that was not asked does not count.
func TestStreamUnansweredOnTheWay(t *testing.T) {
	hosts := "192.0.2.9 name.test\n"
	broken := map[string]string{"name.first.test *": "servfail", "name.second.test A": "A 192.0.2.1",
		"name.second.test AAAA": "nodata", "name.test *": "servfail"}
	for _, c := range []struct {
		name, node, nsswitch, search string
		want                         []int
	}{
		{"a domain of the search list", "name", "hosts: files dns\n", "first.test second.test",
			[]int{INET, INET6}},
		{"a domain that comes first", "name", "hosts: files dns\n", "second.test first.test", nil},
		{"files after DNS", "name.test", "hosts: dns files\n", "", []int{INET, INET6}},
		{"files before DNS", "name.test", "hosts: files dns\n", "", nil},
		{"a daemon that does not run", "name.test", "hosts: resolve mdns4 files\n", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := &fakeDNS{}
			f.reset(broken)
			conf := "nameserver 192.0.2.1\noptions timeout:1 attempts:1\n"
			if c.search != "" {
				conf += "search " + c.search + "\n"
			}
			r := isolated(map[string]string{"resolv.conf": conf, "hosts": hosts,
				"nsswitch.conf": c.nsswitch},
				f.listen(t, 1, "127.0.0.1:0"))
			checkUnanswered(t, r, c.node, c.want)
		})
	}
}

// checkUnanswered checks the last batch, and that no batch takes back what one before it has said.
func checkUnanswered(t *testing.T, r *Resolver, name string, want []int) {
	t.Helper()
	batches, _ := collect(r.Stream(context.Background(), &name, nil, Hints{SockType: SockStream}))
	var got []int
	for _, b := range batches {
		for _, family := range got {
			if !slices.Contains(b.Unanswered, family) {
				t.Errorf("family %d was unanswered, and is no more: %+v", family, batches)
			}
		}
		got = b.Unanswered
	}
	got = slices.Clone(got)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("unanswered %v, want %v: %+v", got, want, batches)
	}
}

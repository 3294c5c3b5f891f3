package main

import (
	"encoding/xml"
	"io"
	"math"
	"strings"
	"testing"
)

const echoSample = `# machine: 2 x Sample, Linux 6.1
# date: 2026-01-02
part	conns	active	never	program	round	status	rate	p50_us	p99_us	cpu_us	cpu_share	idle_bytes	never_buffer	never_sent
table	100	100	0	C epoll	1	ok	100000	10	20	6	1	0	0	0
table	100	100	0	gnet	1	ok	80000	10	20	8	1	700	0	0
table	100	100	0	C epoll	2	ok	50000	10	20	12	1	0	0	0
table	100	100	0	gnet	2	ok	40000	10	20	16	1	700	0	0
table	10000	1000	0	C epoll	1	ok	90000	10	20	8	1	0	0	0
table	10000	1000	0	gnc select	1	beyond
table	10000	1000	0	gnet	1	failed
curve	20	10	0	C epoll	1	ok	90000	10	20	6	1	0	0	0
curve	1010	10	0	C epoll	1	ok	90000	10	20	6	1	0	0	0
never	100	100	0	C epoll	1	ok	90000	10	20	6	1	0	0	0
never	100	100	1000	C epoll	1	ok	90000	12	20	6	1	0	60000	0
`

const transferSample = `# machine: 2 x Sample, Linux 6.1
# quick: yes
case	program	round	status	bytes	seconds	cpu_send	cpu_receive	kib_send	kib_receive
null	C splice	1	ok	2000000000	0.5	0.2	0.4	1200	1300
null	nc.openbsd	1	ok	2000000000	2	1	1	1200	1300
null	ncat	1	failed	2000000000
start	nc.openbsd -z	1	ok	0	0.0013
start	ncat -z	1	failed	0	
`

func measured(t *testing.T, text string) *measurements {
	t.Helper()
	m, err := parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// What slowed both programs in one round cancels in the ratio.
func TestRatioIsTakenRoundByRound(t *testing.T) {
	rs := measured(t, echoSample).rows.where("part", "table").where("conns", "100")
	if got := rs.ratio(column("cpu_us"), "C epoll", "gnet"); got != 0.75 {
		t.Errorf("ratio %v, want 0.75", got)
	}
	if got := rs.ratio(column("cpu_us"), "libuv", "gnet"); !math.IsNaN(got) {
		t.Errorf("ratio of what was not measured: %v, want NaN", got)
	}
}

func TestMedian(t *testing.T) {
	for _, test := range []struct {
		values []float64
		want   float64
	}{
		{[]float64{3}, 3},
		{[]float64{5, 1, 3}, 3},
		{[]float64{4, 1, 3, 2}, 2.5},
	} {
		if got := median(test.values); got != test.want {
			t.Errorf("median(%v) = %v, want %v", test.values, got, test.want)
		}
	}
}

func TestFormat(t *testing.T) {
	for value, want := range map[float64]string{
		0: "0", 100: "100", 12345.6: "12,346", 1e6: "1,000,000", 12.34: "12.3", 1.234: "1.23",
		0.0123: "0.012", 123.4: "123", math.NaN(): "-",
	} {
		if got := format(value); got != want {
			t.Errorf("format(%v) = %q, want %q", value, got, want)
		}
	}
}

func TestPages(t *testing.T) {
	for _, test := range []struct {
		page  page
		plots []string
		words []string
	}{
		{reportEcho(measured(t, echoSample)),
			[]string{"echo-few.svg", "echo-many.svg", "echo-curve.svg", "echo-never.svg"},
			[]string{"10,000 connections, 1,000 active", "beyond its 1024 descriptors", "failed",
				"2 x Sample"}},
		{reportTransfer(measured(t, transferSample)),
			[]string{"transfer-null.svg", "transfer-start.svg"},
			[]string{"| C splice", "0.30", "4.00", "1.30", "failed", "mean nothing"}},
	} {
		for _, word := range test.words {
			if !strings.Contains(test.page.markdown, word) {
				t.Errorf("%q is not in\n%s", word, test.page.markdown)
			}
		}
		if len(test.page.plots) != len(test.plots) {
			t.Errorf("%d plots, want %d", len(test.page.plots), len(test.plots))
		}
		for _, name := range test.plots {
			wellFormed(t, name, test.page.plots[name])
		}
	}
}

func wellFormed(t *testing.T, name, svg string) {
	t.Helper()
	if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
		t.Errorf("%s has coordinates that are no numbers", name)
	}
	decoder := xml.NewDecoder(strings.NewReader(svg))
	elements := 0
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		if _, ok := token.(xml.StartElement); ok {
			elements++
		}
	}
	if elements < 5 {
		t.Errorf("%s has %d elements", name, elements)
	}
}

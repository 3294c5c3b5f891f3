package main

import "math"

const (
	transferYardstick = "C splice"
	transferPeer      = "nc.openbsd"
	startPeer         = "nc.openbsd -z"
)

// cases are the scenarios in the order of the page, with the unit in which their bytes are counted.
var cases = []struct {
	name, title string
	unit        string
	bytes       float64
}{
	{"null", "A file in memory to /dev/null", "GB", 1e9},
	{"file", "A file in memory to a file in memory", "GB", 1e9},
	{"pipe", "Pipe to pipe", "GB", 1e9},
	{"tiny", "Writes of one byte", "MB", 1e6},
	{"slow", "A reader slower than the sender", "GB", 1e9},
}

// reportTransfer writes a table and a plot for each case that was measured.
func reportTransfer(m *measurements) page {
	text := &markdown{}
	text.heading(1, "Transfers")
	text.paragraph("Sender and receiver on one machine. " + m.source() + ".")
	plots := map[string]string{}
	for _, c := range cases {
		rs := m.rows.where("case", c.name)
		if len(rs) == 0 {
			continue
		}
		text.heading(2, c.title)
		rate, cpu := rateIn(c.bytes), cpuIn(c.bytes)
		transferTable(text, rs, c.unit, rate, cpu)
		labels := rs.distinct("program")
		plots["transfer-"+c.name+".svg"] = bars(c.title, m.source(), labels, []panel{
			panelOf(c.unit+"/s (more is better)", labels, rs, rate),
			panelOf("CPU s a "+c.unit+", both ends (less is better)", labels, rs, cpu),
		})
	}
	if rs := m.rows.where("case", "start"); len(rs) > 0 {
		title := "One tiny exchange: is the port open?"
		text.heading(2, title)
		startTable(text, rs)
		labels := rs.distinct("program")
		plots["transfer-start.svg"] = bars(title, m.source(), labels, []panel{
			panelOf("milliseconds, start to end (less is better)", labels, rs, milliseconds),
		})
	}
	return page{text.String(), plots}
}

func rateIn(unit float64) figure {
	return func(r row) float64 { return r.number("bytes") / unit / r.number("seconds") }
}

func cpuIn(unit float64) figure {
	return func(r row) float64 {
		return (r.number("cpu_send") + r.number("cpu_receive")) / (r.number("bytes") / unit)
	}
}

func mebibytes(name string) figure {
	return func(r row) float64 { return r.number(name) / 1024 }
}

func milliseconds(r row) float64 { return r.number("seconds") * 1e3 }

func transferTable(text *markdown, rs rows, unit string, rate, cpu figure) {
	head := []string{"program", unit + "/s", "CPU s a " + unit, "least", "MiB, sender",
		"MiB, receiver",
		"rate to nc.openbsd", "rate to C", "CPU to nc.openbsd", "CPU to C"}
	var body [][]string
	for _, program := range rs.distinct("program") {
		own := rs.where("program", program)
		if state := own.state(); state != "" {
			body = append(body, stateLine(program, state, len(head)))
			continue
		}
		body = append(body, []string{program, format(own.median(rate)), format(own.median(cpu)),
			format(own.least(cpu)), format(tenth(own.median(mebibytes("kib_send")))),
			format(tenth(own.median(mebibytes("kib_receive")))),
			formatRatio(rs.ratio(rate, program, transferPeer)),
			formatRatio(rs.ratio(rate, program, transferYardstick)),
			formatRatio(rs.ratio(cpu, program, transferPeer)),
			formatRatio(rs.ratio(cpu, program, transferYardstick))})
	}
	text.table(head, body)
}

func tenth(value float64) float64 { return math.Round(value*10) / 10 }

func startTable(text *markdown, rs rows) {
	head := []string{"program", "milliseconds", "least", "to nc.openbsd"}
	var body [][]string
	for _, program := range rs.distinct("program") {
		own := rs.where("program", program)
		if state := own.state(); state != "" {
			body = append(body, stateLine(program, state, len(head)))
			continue
		}
		body = append(body, []string{program, format(own.median(milliseconds)),
			format(own.least(milliseconds)),
			formatRatio(rs.ratio(milliseconds, program, startPeer))})
	}
	text.table(head, body)
}

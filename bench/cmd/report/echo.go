package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
)

const (
	echoYardstick = "C epoll"
	echoPeer      = "gnet"
)

// reportEcho writes a table for each number of connections, the curve of idle connections, and the
// clients that never read.
func reportEcho(m *measurements) page {
	text := &markdown{}
	text.heading(1, "Echo servers")
	text.paragraph("Requests of 64 bytes, one in flight on each active connection. " + m.source() +
		".")
	plots := map[string]string{}
	table := m.rows.where("part", "table")
	for i, conns := range table.distinct("conns") {
		rs := table.where("conns", conns)
		title := echoTitle(rs[0])
		text.heading(2, title)
		echoTable(text, rs)
		name := []string{"echo-few.svg", "echo-many.svg"}[min(i, 1)]
		plots[name] = echoBars("Echo: "+title, m.source(), rs)
	}
	if rs := m.rows.where("part", "curve"); len(rs.where("status", "ok")) > 0 {
		text.heading(2, "CPU a request against idle connections, 10 active")
		curveTable(text, rs)
		plots["echo-curve.svg"] = curve("Echo: cost of a request beside idle connections (10 active)",
			"idle connections", "CPU µs a request", m.source(), curveLines(rs))
	}
	if rs := m.rows.where("part", "never"); len(rs) > 0 {
		text.heading(2, "Clients that send without end and never read")
		neverTable(text, rs)
		plots["echo-never.svg"] = neverBars(m.source(), rs)
	}
	return page{text.String(), plots}
}

func echoTitle(r row) string {
	if r["conns"] == r["active"] {
		return format(count(r, "conns")) + " connections, all active"
	}
	return format(count(r, "conns")) + " connections, " + format(count(r, "active")) + " active"
}

// count reads what the script chose, which stands in a row whether or not the run succeeded.
func count(r row, column string) float64 {
	value, err := strconv.ParseFloat(r[column], 64)
	if err != nil {
		return math.NaN()
	}
	return value
}

func echoTable(text *markdown, rs rows) {
	rate, cpu := column("rate"), column("cpu_us")
	head := []string{"program", "requests/s", "CPU µs a request", "least", "busy", "median µs",
		"p99 µs",
		"bytes an idle connection", "rate to C", "CPU to C", "rate to gnet", "CPU to gnet"}
	var body [][]string
	for _, program := range rs.distinct("program") {
		own := rs.where("program", program)
		if state := own.state(); state != "" {
			body = append(body, stateLine(program, state, len(head)))
			continue
		}
		body = append(body, []string{program, format(own.median(rate)), format(own.median(cpu)),
			format(own.least(cpu)), fmt.Sprintf("%.0f%%", 100*own.median(column("cpu_share"))),
			format(own.median(column("p50_us"))), format(own.median(column("p99_us"))),
			format(own.median(column("idle_bytes"))),
			formatRatio(rs.ratio(rate, program, echoYardstick)),
			formatRatio(rs.ratio(cpu, program, echoYardstick)),
			formatRatio(rs.ratio(rate, program, echoPeer)), formatRatio(rs.ratio(cpu, program, echoPeer))})
	}
	text.table(head, body)
}

func stateLine(program, state string, columns int) []string {
	line := make([]string, columns)
	line[0], line[1] = program, stateWords(state)
	for i := 2; i < columns; i++ {
		line[i] = "-"
	}
	return line
}

func stateWords(state string) string {
	if state == "beyond" {
		return "beyond its 1024 descriptors"
	}
	return state
}

func echoBars(title, source string, rs rows) string {
	labels := rs.distinct("program")
	return bars(title, source, labels, []panel{
		panelOf("requests/s (more is better)", labels, rs, column("rate")),
		panelOf("CPU µs a request (less is better)", labels, rs, column("cpu_us")),
		panelOf("bytes an idle connection (less is better)", labels, rs, column("idle_bytes")),
	})
}

// panelOf has the median of a figure for each program.
func panelOf(title string, programs []string, rs rows, f figure) panel {
	p := panel{title: title}
	for _, program := range programs {
		own := rs.where("program", program)
		p.values = append(p.values, own.median(f))
		p.states = append(p.states, stateWords(own.state()))
	}
	return p
}

func idleOf(r row) float64 { return count(r, "conns") - count(r, "active") }

func curveTable(text *markdown, rs rows) {
	head := []string{"program"}
	steps := rs.distinct("conns")
	slices.SortFunc(steps, func(one, other string) int {
		return cmp.Compare(count(row{"n": one}, "n"), count(row{"n": other}, "n"))
	})
	for _, conns := range steps {
		head = append(head, format(idleOf(rs.where("conns", conns)[0]))+" idle")
	}
	var body [][]string
	for _, program := range rs.distinct("program") {
		line := []string{program}
		for _, conns := range steps {
			own := rs.where("program", program).where("conns", conns)
			line = append(line, format(own.median(column("cpu_us"))))
		}
		body = append(body, line)
	}
	text.table(head, body)
}

func curveLines(rs rows) []series {
	colours := map[string]string{"gnc epoll": colourOurs, "gnc poll": "#d9730d",
		"gnc select": "#8957e5"}
	var lines []series
	for _, program := range rs.distinct("program") {
		own := rs.where("program", program).where("status", "ok")
		line := series{label: program, colour: colours[program], dashed: program == echoYardstick}
		if line.colour == "" {
			line.colour = colourYardstick
		}
		for _, conns := range own.distinct("conns") {
			step := own.where("conns", conns)
			line.points = append(line.points, [2]float64{idleOf(step[0]), step.median(column("cpu_us"))})
		}
		if len(line.points) > 0 {
			lines = append(lines, line)
		}
	}
	return lines
}

func neverTable(text *markdown, rs rows) {
	counts := rs.distinct("never")
	head := []string{"program"}
	for _, never := range counts {
		head = append(head, "median µs beside "+format(count(row{"n": never}, "n")))
	}
	head = append(head, "ratio", "requests/s", "bytes kept for one that never reads",
		"still sent in the window")
	last := rs.where("never", counts[len(counts)-1])
	var body [][]string
	for _, program := range rs.distinct("program") {
		line := []string{program}
		for _, never := range counts {
			own := rs.where("program", program).where("never", never)
			line = append(line, format(own.median(column("p50_us"))))
		}
		own := last.where("program", program)
		body = append(body, append(line, formatRatio(slowdown(rs.where("program", program), counts)),
			format(own.median(column("rate"))),
			format(own.median(column("never_buffer"))), format(own.median(column("never_sent")))))
	}
	text.table(head, body)
}

// slowdown is the median of the ratios, round by round, of the latency beside the most
// never-reading clients to that beside the fewest.
func slowdown(own rows, counts []string) float64 {
	var ratios []float64
	for _, round := range own.distinct("round") {
		turn := own.where("round", round)
		first := turn.where("never", counts[0]).median(column("p50_us"))
		last := turn.where("never", counts[len(counts)-1]).median(column("p50_us"))
		if ratio := last / first; !math.IsNaN(ratio) {
			ratios = append(ratios, ratio)
		}
	}
	return median(ratios)
}

func neverBars(source string, rs rows) string {
	labels := rs.distinct("program")
	var panels []panel
	for _, never := range rs.distinct("never") {
		title := "beside none that never reads"
		if never != "0" {
			title = "beside " + format(count(row{"n": never}, "n")) + " that never read"
		}
		panels = append(panels, panelOf(title, labels, rs.where("never", never), column("p50_us")))
	}
	shareScale(panels)
	return bars("Echo: median latency, µs (less is better)", source, labels, panels)
}

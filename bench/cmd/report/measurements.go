package main

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Measurements is a tab-separated file: comments that name the machine, a line of column names, a
// line for each run.
type measurements struct {
	machine string
	date    string
	quick   bool
	rows    rows
}

type row map[string]string

type rows []row

func parse(r io.Reader) (*measurements, error) {
	m := &measurements{}
	var columns []string
	for lines := bufio.NewScanner(r); ; {
		if !lines.Scan() {
			return m, lines.Err()
		}
		line := lines.Text()
		if comment, ok := strings.CutPrefix(line, "# "); ok {
			m.comment(comment)
			continue
		}
		fields := strings.Split(line, "\t")
		if columns == nil {
			columns = fields
			continue
		}
		if len(fields) > len(columns) {
			return nil, fmt.Errorf("more fields than columns: %q", line)
		}
		r := row{}
		for i, field := range fields {
			r[columns[i]] = field
		}
		m.rows = append(m.rows, r)
	}
}

func (m *measurements) comment(text string) {
	name, value, _ := strings.Cut(text, ": ")
	switch name {
	case "machine":
		m.machine = value
	case "date":
		m.date = value
	case "quick":
		m.quick = true
	}
}

// source is the line below each table and plot.
func (m *measurements) source() string {
	text := fmt.Sprintf("%s, loopback, %s", m.machine, m.date)
	if m.quick {
		text += "; a quick run, whose figures mean nothing"
	}
	return text
}

// where keeps the rows whose column has the value.
func (rs rows) where(column, value string) rows {
	var kept rows
	for _, r := range rs {
		if r[column] == value {
			kept = append(kept, r)
		}
	}
	return kept
}

// distinct returns the values of a column in the order of first appearance.
func (rs rows) distinct(column string) []string {
	var values []string
	for _, r := range rs {
		if !slices.Contains(values, r[column]) {
			values = append(values, r[column])
		}
	}
	return values
}

// number is NaN where nothing was measured.
func (r row) number(column string) float64 {
	value, err := strconv.ParseFloat(r[column], 64)
	if err != nil || r["status"] != "ok" {
		return math.NaN()
	}
	return value
}

// A figure is what a run gives: one of its columns, or something computed from several.
type figure func(row) float64

func column(name string) figure {
	return func(r row) float64 { return r.number(name) }
}

// values leaves out the runs that gave none.
func (rs rows) values(f figure) []float64 {
	var values []float64
	for _, r := range rs {
		if value := f(r); !math.IsNaN(value) {
			values = append(values, value)
		}
	}
	return values
}

func (rs rows) median(f figure) float64 { return median(rs.values(f)) }

// least is the run that the machine disturbed least, where the figure is a cost.
func (rs rows) least(f figure) float64 {
	values := rs.values(f)
	if len(values) == 0 {
		return math.NaN()
	}
	return slices.Min(values)
}

// ratio is the median of the ratios of program to reference, round by round: what slowed both in
// one round cancels.
func (rs rows) ratio(f figure, program, reference string) float64 {
	var ratios []float64
	for _, round := range rs.distinct("round") {
		turn := rs.where("round", round)
		ratio := turn.where("program", program).median(f) / turn.where("program", reference).median(f)
		if !math.IsNaN(ratio) {
			ratios = append(ratios, ratio)
		}
	}
	return median(ratios)
}

// state says why there is no figure: empty when there is one.
func (rs rows) state() string {
	if len(rs.where("status", "ok")) > 0 {
		return ""
	}
	if len(rs) == 0 {
		return "-"
	}
	return rs[0]["status"]
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// format prints to three significant digits, with a comma between thousands; "-" stands for no
// figure.
func format(value float64) string {
	switch {
	case math.IsNaN(value):
		return "-"
	case value == math.Trunc(value):
		return thousands(int64(value))
	case math.Abs(value) >= 1000:
		return thousands(int64(math.Round(value)))
	case math.Abs(value) >= 100:
		return strconv.FormatFloat(value, 'f', 0, 64)
	case math.Abs(value) >= 10:
		return strconv.FormatFloat(value, 'f', 1, 64)
	case math.Abs(value) < 0.1:
		return strconv.FormatFloat(value, 'g', 2, 64)
	}
	return strconv.FormatFloat(value, 'f', 2, 64)
}

func thousands(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// formatRatio always has two digits behind the point.
func formatRatio(value float64) string {
	if math.IsNaN(value) {
		return "-"
	}
	return strconv.FormatFloat(value, 'f', 2, 64)
}

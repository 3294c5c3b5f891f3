package main

import (
	"fmt"
	"strings"
)

// A markdown text grows by headings, paragraphs and tables.
type markdown struct {
	strings.Builder
}

func (m *markdown) heading(level int, text string) {
	fmt.Fprintf(m, "%s %s\n\n", strings.Repeat("#", level), text)
}

func (m *markdown) paragraph(text string) {
	fmt.Fprintf(m, "%s\n\n", text)
}

// table aligns the first column to the left and figures to the right, padded so that it reads well
// as text too.
func (m *markdown) table(head []string, body [][]string) {
	widths := make([]int, len(head))
	for _, line := range append([][]string{head}, body...) {
		for i, cell := range line {
			widths[i] = max(widths[i], len([]rune(cell)), 3)
		}
	}
	m.line(head, widths)
	for i, width := range widths {
		if i == 0 {
			fmt.Fprintf(m, "|:%s-", strings.Repeat("-", width))
		} else {
			fmt.Fprintf(m, "|-%s:", strings.Repeat("-", width))
		}
	}
	m.WriteString("|\n")
	for _, line := range body {
		m.line(line, widths)
	}
	m.WriteString("\n")
}

func (m *markdown) line(cells []string, widths []int) {
	for i, cell := range cells {
		if i == 0 {
			fmt.Fprintf(m, "| %-*s ", widths[i], cell)
		} else {
			fmt.Fprintf(m, "| %*s ", widths[i], cell)
		}
	}
	m.WriteString("|\n")
}

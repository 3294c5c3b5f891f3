package main

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// Colours that stand on white and on black; only the text follows the reader's scheme.
const (
	colourOurs      = "#2f81f7"
	colourYardstick = "#8b949e"
	colourPeer      = "#b3a17d"
	colourGrid      = "#8b949e"
)

const svgStyle = `<style>
text { font: 12px system-ui, sans-serif; fill: #3d444d; }
.title { font-size: 15px; font-weight: 600; }
.minor { font-size: 11px; fill: #6e7781; }
.end { text-anchor: end; }
.middle { text-anchor: middle; }
@media (prefers-color-scheme: dark) { text { fill: #d1d7e0; } .minor { fill: #9198a1; } }
</style>
`

// A drawing is an SVG picture without a background.
type drawing struct {
	strings.Builder
}

func newDrawing(width, height float64, title string) *drawing {
	d := &drawing{}
	fmt.Fprintf(d,
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" width="%g" height="%g" role="img">`,
		width, height, width, height)
	fmt.Fprintf(d, "\n<title>%s</title>\n%s", html.EscapeString(title), svgStyle)
	return d
}

func (d *drawing) finish() string {
	d.WriteString("</svg>\n")
	return d.String()
}

func (d *drawing) text(x, y float64, class, text string) {
	fmt.Fprintf(d, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">%s</text>\n", x, y, class,
		html.EscapeString(text))
}

func (d *drawing) rect(x, y, width, height float64, colour string) {
	fmt.Fprintf(d,
		"<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"2\" fill=\"%s\"/>\n",
		x, y, width, height, colour)
}

func (d *drawing) line(x1, y1, x2, y2 float64, colour string, opacity float64) {
	fmt.Fprintf(d,
		"<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-opacity=\"%g\"/>\n",
		x1, y1, x2, y2, colour, opacity)
}

// polyline marks each point, so that what was measured can be told from what was joined.
func (d *drawing) polyline(points [][2]float64, colour string, dashed bool) {
	var path strings.Builder
	for _, p := range points {
		fmt.Fprintf(&path, "%.1f,%.1f ", p[0], p[1])
	}
	dash := ""
	if dashed {
		dash = ` stroke-dasharray="5 4"`
	}
	fmt.Fprintf(d, "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s/>\n",
		strings.TrimSpace(path.String()), colour, dash)
	for _, p := range points {
		fmt.Fprintf(d, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>\n", p[0], p[1], colour)
	}
}

// colourOf sets gnc apart from its yardstick and from its peers.
func colourOf(program string) string {
	switch {
	case strings.HasPrefix(program, "gnc"):
		return colourOurs
	case strings.HasPrefix(program, "C ") || strings.HasPrefix(program, "empty"):
		return colourYardstick
	}
	return colourPeer
}

// A panel is a group of bars, one for each label of its figure, on a scale that begins at 0.
type panel struct {
	title  string
	values []float64
	states []string // what stands in place of a bar whose value is NaN
	most   float64  // the end of the scale; 0: the largest value
}

// bars draws panels side by side, with the labels at the left.
func bars(title, source string, labels []string, panels []panel) string {
	const (
		width, left, top, step, bar, gap = 880.0, 150.0, 66.0, 24.0, 15.0, 20.0
		room                             = 64.0 // for the figure behind the longest bar
	)
	height := top + step*float64(len(labels)) + 30
	each := (width - left - gap*float64(len(panels))) / float64(len(panels))
	d := newDrawing(width, height, title)
	d.text(10, 22, "title", title)
	for i, label := range labels {
		d.text(left-8, top+step*float64(i)+bar-3, "end", label)
	}
	for p, panel := range panels {
		x, most := left+float64(p)*(each+gap), panel.most
		if most == 0 {
			most = largest(panel.values)
		}
		d.text(x, top-12, "minor", panel.title)
		d.line(x, top-4, x, height-30, colourGrid, 0.5)
		for i, value := range panel.values {
			y := top + step*float64(i)
			if math.IsNaN(value) {
				d.text(x+6, y+bar-3, "minor", panel.states[i])
				continue
			}
			length := 0.0
			if most > 0 {
				length = math.Max(value, 0) / most * (each - room)
			}
			d.rect(x, y, length, bar, colourOf(labels[i]))
			d.text(x+length+5, y+bar-3, "", format(value))
		}
	}
	d.text(10, height-8, "minor", source)
	return d.finish()
}

// largest passes over what is NaN; without any value it is 0.
func largest(values []float64) float64 {
	most := 0.0
	for _, value := range values {
		if value > most {
			most = value
		}
	}
	return most
}

// shareScale lets bars of one length mean the same in all panels.
func shareScale(panels []panel) {
	most := 0.0
	for _, p := range panels {
		most = max(most, largest(p.values))
	}
	for i := range panels {
		panels[i].most = most
	}
}

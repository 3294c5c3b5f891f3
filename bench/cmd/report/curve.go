package main

import (
	"math"
	"slices"
)

// A series is one line of a curve.
type series struct {
	label  string
	colour string
	dashed bool
	points [][2]float64
}

// curve draws lines on two logarithmic scales, each named at its right end.
func curve(title, xTitle, yTitle, source string, lines []series) string {
	const (
		width, height            = 880.0, 430.0
		left, right, top, bottom = 64.0, 120.0, 62.0, 70.0
	)
	xScale := logScale(lines, 0, left, width-right)
	yScale := logScale(lines, 1, height-bottom, top)
	d := newDrawing(width, height, title)
	d.text(10, 22, "title", title)
	d.text(10, 44, "minor", yTitle)
	for _, tick := range yScale.ticks() {
		y := yScale.at(tick)
		d.line(left, y, width-right, y, colourGrid, 0.25)
		d.text(left-8, y+4, "minor end", format(tick))
	}
	for _, tick := range xScale.ticks() {
		x := xScale.at(tick)
		d.line(x, top, x, height-bottom, colourGrid, 0.25)
		d.text(x, height-bottom+18, "minor middle", format(tick))
	}
	d.text((left+width-right)/2, height-bottom+38, "minor middle", xTitle)
	for _, line := range lines {
		var points [][2]float64
		for _, p := range line.points {
			points = append(points, [2]float64{xScale.at(p[0]), yScale.at(p[1])})
		}
		d.polyline(points, line.colour, line.dashed)
	}
	nameEnds(d, lines, xScale, yScale)
	d.text(10, height-8, "minor", source)
	return d.finish()
}

// nameEnds writes each line's name behind its last point, the names pushed apart where the lines
// end together.
func nameEnds(d *drawing, lines []series, xScale, yScale scale) {
	const apart = 15
	type name struct {
		x, y float64
		text string
	}
	var names []name
	for _, line := range lines {
		last := line.points[len(line.points)-1]
		names = append(names, name{xScale.at(last[0]) + 9, yScale.at(last[1]) + 4, line.label})
	}
	slices.SortFunc(names, func(one, other name) int { return int(one.y - other.y) })
	for i := range names {
		for k := range i {
			if math.Abs(names[k].x-names[i].x) < 100 && names[i].y < names[k].y+apart {
				names[i].y = names[k].y + apart
			}
		}
		d.text(names[i].x, names[i].y, "", names[i].text)
	}
}

// A scale maps [low, high], both above 0, to [from, to] by their logarithms.
type scale struct {
	low, high, from, to float64
}

// logScale spans one coordinate of all points, widened to the ticks around it.
func logScale(lines []series, coordinate int, from, to float64) scale {
	low, high := math.Inf(1), math.Inf(-1)
	for _, line := range lines {
		for _, p := range line.points {
			low, high = math.Min(low, p[coordinate]), math.Max(high, p[coordinate])
		}
	}
	s := scale{low: tickBelow(low), from: from, to: to}
	for s.high = tickAbove(s.low); s.high < high; {
		s.high = tickAbove(s.high)
	}
	return s
}

func (s scale) at(value float64) float64 {
	return s.from + (s.to-s.from)*math.Log(value/s.low)/math.Log(s.high/s.low)
}

// ticks are 1, 2 and 5 times the powers of ten; on a long scale the powers alone.
func (s scale) ticks() []float64 {
	var all, powers []float64
	for tick := s.low; tick <= s.high*1.0001; tick = tickAbove(tick) {
		all = append(all, tick)
		if mantissa, _ := split(tick); mantissa < 1.5 {
			powers = append(powers, tick)
		}
	}
	if len(powers) > 3 {
		return powers
	}
	return all
}

func split(value float64) (mantissa, power float64) {
	power = math.Pow(10, math.Floor(math.Log10(value*1.0001)))
	return value / power, power
}

func tickBelow(value float64) float64 {
	mantissa, power := split(value)
	switch {
	case mantissa >= 5:
		return 5 * power
	case mantissa >= 2:
		return 2 * power
	}
	return power
}

func tickAbove(tick float64) float64 {
	mantissa, power := split(tick)
	switch {
	case mantissa < 1.5:
		return 2 * power
	case mantissa < 3:
		return 5 * power
	}
	return 10 * power
}

package job

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"gnc/netio"
)

// drawEvery is the time between two drawings of a live line.
const drawEvery = 200 * time.Millisecond

// liveLine is a line on stderr that is drawn over and over in the same place. It fits the screen as
// that is at each drawing: a line that goes on to the next row would stay there for good.
type liveLine struct {
	w      io.Writer
	screen func() (columns int, terminal bool)
	drawn  int // width of the line on the screen
}

// draw draws the first of texts that fits, or else as much of the last one as does.
func (l *liveLine) draw(texts ...string) {
	room := l.room()
	text := texts[len(texts)-1]
	for _, t := range texts {
		if width(t) <= room {
			text = t
			break
		}
	}
	text = shortened(text, room)
	fmt.Fprintf(l.w, "\r%s%s", text, l.blanks(width(text), room))
	l.drawn = width(text)
}

// clear takes the line off the screen.
func (l *liveLine) clear() {
	if l.drawn > 0 {
		fmt.Fprintf(l.w, "\r%s\r", l.blanks(0, l.room()))
		l.drawn = 0
	}
}

// room is how wide the line may be. The last column stays free: some terminals go on to the next
// row.
func (l *liveLine) room() int {
	columns, terminal := l.screen()
	if !terminal {
		return math.MaxInt
	}
	return columns - 1
}

// blanks cover what is left of the last line behind a new one.
func (l *liveLine) blanks(width, room int) string {
	return strings.Repeat(" ", max(min(l.drawn, room)-width, 0))
}

// shortened is a text cut to a width; dots say so, where there is room for them.
func shortened(text string, room int) string {
	if width(text) <= room {
		return text
	}
	dots := "..."
	if room < 2*len(dots) {
		dots = ""
	}
	end := 0
	for i, c := range text {
		if end = i; width(text[:i])+width(string(c))+len(dots) > room {
			break
		}
	}
	return text[:end] + dots
}

// width is how many columns a text takes at most: beyond ASCII there are letters that take two.
func width(text string) int {
	columns := 0
	for _, c := range text {
		columns++
		if c >= utf8.RuneSelf {
			columns++
		}
	}
	return columns
}

// screen reports whether stderr is a terminal, and how many columns it has.
func (env *Env) screen() (columns int, terminal bool) {
	f, isFile := env.Stderr.(*os.File)
	if !isFile || !netio.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	columns = 80
	if size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ); err == nil && size.Col > 0 {
		columns = int(size.Col)
	}
	return columns, true
}

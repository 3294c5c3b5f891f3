package cmd

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"gnc/netio"
)

// drawEvery is the time between two drawings of a live line.
const drawEvery = 200 * time.Millisecond

// liveLine is a line on stderr that is drawn over and over in the same place.
type liveLine struct {
	w     io.Writer
	drawn int // width of the line on the screen
}

func (l *liveLine) draw(text string) {
	width := utf8.RuneCountInString(text)
	fmt.Fprintf(l.w, "\r%s%s", text, strings.Repeat(" ", max(l.drawn-width, 0)))
	l.drawn = width
}

// clear takes the line off the screen.
func (l *liveLine) clear() {
	if l.drawn > 0 {
		fmt.Fprintf(l.w, "\r%s\r", strings.Repeat(" ", l.drawn))
		l.drawn = 0
	}
}

// screen says whether stderr is a terminal, and how many columns it has.
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

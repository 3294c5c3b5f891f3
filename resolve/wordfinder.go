package resolve

// wordFinder looks for a name among the words of a line, ASCII case folded. It compares the last
// byte of the name first and skips what can't match (Horspool, "Practical fast searching in
// strings", 1980), so a large file is searched without splitting its lines.
type wordFinder struct {
	name  string
	skip  [256]uint8 // how far to go on after a byte, 0 for the name's last
	again int        // how far to go on after that
}

func newWordFinder(name string) *wordFinder {
	f := &wordFinder{name: name, again: len(name)}
	for c := range f.skip {
		f.skip[c] = uint8(min(len(name), 255)) // less than there is to skip does no harm
	}
	for i := range len(name) {
		n := len(name) - 1 - i
		lower := lowerASCII(name[i])
		f.skip[lower], f.skip[upperASCII(lower)] = uint8(min(n, 255)), uint8(min(n, 255))
		if n > 0 && lower == lowerASCII(name[len(name)-1]) {
			f.again = n
		}
	}
	return f
}

// in reports whether the name stands in a text between blanks or comments. The empty name is
// everywhere.
func (f *wordFinder) in(text []byte) bool {
	n := len(f.name)
	if n == 0 {
		return true
	}
	for end := n; end <= len(text); {
		if skip := f.skip[text[end-1]]; skip > 0 {
			end += int(skip)
			continue
		}
		if endsWord(text[end:]) && beginsWord(text[:end-n]) && equalFold(text[end-n:end], f.name) {
			return true
		}
		end += f.again
	}
	return false
}

// beginsWord reports whether a word may begin after the text.
func beginsWord(text []byte) bool { return len(text) == 0 || isSpace(text[len(text)-1]) }

// endsWord reports whether a word may end before the text.
func endsWord(text []byte) bool {
	return len(text) == 0 || isSpace(text[0]) || text[0] == '#'
}

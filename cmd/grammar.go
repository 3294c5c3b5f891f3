package cmd

import (
	"encoding"
	"iter"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// To build kong's model of a grammar and parse with it takes a fifth of a short run. Command lines
// of the plain kind, which are nearly all, are read here in a hundredth of that, from the same
// tags. Whatever is not plain is left to kong, which reports what is wrong, and prints the help.
// TestPlainArguments holds the two together.

// readPlain reads the arguments into flags if they are plain, and says so: if not, flags may have
// been changed.
//
// Plain are words, and flags that are written --name, --name=value, --name value, -n, -nvalue, -n
// value or several letters in one, with a value that does not begin with a dash; each once, but for
// counters.
func readPlain(flags grammar, args []string) bool {
	r := readerOf(flags)
	r.args = args
	for len(r.args) > 0 {
		arg := r.args[0]
		r.args = r.args[1:]
		long, isLong := strings.CutPrefix(arg, "--")
		ok := false
		switch {
		case isLong:
			name, value, given := strings.Cut(long, "=")
			ok = r.flag(r.byName(name), value, given)
		case strings.HasPrefix(arg, "-"):
			ok = r.letters(arg[1:])
		default:
			ok = r.word(arg)
		}
		if !ok {
			return false
		}
	}
	return r.complete()
}

// pieces cuts a command line, up to a lone --, into words and flags: each with the next argument,
// if that is its value.
func pieces(r *plainReader, args []string) iter.Seq2[string, []string] {
	return func(yield func(string, []string) bool) {
		for len(args) > 0 && args[0] != "--" {
			n := 1
			if strings.HasPrefix(args[0], "-") && r.takesNext(args[0]) {
				n = min(2, len(args))
			}
			if !yield(args[0], args[1:n]) {
				return
			}
			args = args[n:]
		}
	}
}

// readerOf is a reader that knows the flags of a grammar, and has nothing to read.
func readerOf(flags grammar) *plainReader {
	return &plainReader{fields: plainFields(reflect.ValueOf(flags).Elem(), nil)}
}

// wordsLast puts the words of a command line behind its flags: kong ends a list of words at the
// first flag, but people write connect HOST -v PORT.
func wordsLast(flags grammar, args []string) []string {
	r := readerOf(flags)
	var own, words []string
	read := 0
	for arg, value := range pieces(r, args) {
		read += 1 + len(value)
		switch {
		case arg == "-" || !strings.HasPrefix(arg, "-"):
			words = append(words, arg)
		case r.takesNext(arg) && len(value) == 0: // its value is missing; no word must become it
			return append(append(own, words...), arg)
		default:
			own = append(append(own, arg), value...)
		}
	}
	if read < len(args) {
		words = append(append([]string{"--"}, words...), args[read+1:]...)
	}
	return append(own, words...)
}

// wordsOf are the words of a command line that are neither flags nor their values.
func wordsOf(flags grammar, args []string) (words []string) {
	for arg := range pieces(readerOf(flags), args) {
		if !strings.HasPrefix(arg, "-") {
			words = append(words, arg)
		}
	}
	return words
}

// shortDash is the first flag of a command line that has one dash before a name of several letters,
// as other programs write it. As letters it would be something that nobody means: -count would be
// the command "ount".
func shortDash(flags grammar, args []string) (name string, found bool) {
	r := readerOf(flags)
	for arg := range pieces(r, args) {
		if name, found = r.longByOneDash(arg); found {
			return name, true
		}
	}
	return "", false
}

// longByOneDash is the long name that an argument has after a single dash, with or without a value.
func (r *plainReader) longByOneDash(arg string) (name string, is bool) {
	name, _, _ = strings.Cut(strings.TrimPrefix(arg, "-"), "=")
	return name, len(name) > 1 && len(arg) > len(name) && arg[0] == '-' && r.byName(name) != nil
}

// emptyValue is the first flag of a command line whose value is empty: a script's variable that was
// never set. The few flags for which that means something have a tag of that name.
func emptyValue(flags grammar, args []string) (flag string, found bool) {
	r := readerOf(flags)
	for arg, next := range pieces(r, args) {
		name, value, given := strings.Cut(arg, "=")
		long, isLong := strings.CutPrefix(name, "--")
		f := r.byName(long)
		switch mayBeEmpty := isLong && f != nil && f.row.Tag.Get("empty") != ""; {
		case mayBeEmpty:
		case isLong && given && value == "" && f != nil && !f.isSwitch():
			return name, true
		case len(next) > 0 && next[0] == "":
			return arg, true
		}
	}
	return "", false
}

// takesNext reports whether the value of the flag in arg is the next argument.
func (r *plainReader) takesNext(arg string) bool {
	if long, is := strings.CutPrefix(arg, "--"); is {
		f := r.byName(long) // nil if it has a value with it
		return f != nil && !f.isSwitch()
	}
	for i := 1; i < len(arg); i++ {
		if f := r.byLetter(arg[i]); f == nil || !f.isSwitch() {
			return f != nil && i == len(arg)-1
		}
	}
	return false
}

// plainField is a field of a grammar, wherever in it.
type plainField struct {
	row   reflect.StructField
	value reflect.Value
	set   bool
}

func plainFields(v reflect.Value, list []plainField) []plainField {
	if list == nil {
		list = make([]plainField, 0, 80)
	}
	for i := range v.NumField() {
		switch row := v.Type().Field(i); {
		case row.Anonymous:
			list = plainFields(v.Field(i), list)
		case row.IsExported():
			list = append(list, plainField{row: row, value: v.Field(i)})
		}
	}
	return list
}

// plainReader reads one command line.
type plainReader struct {
	fields []plainField
	args   []string // not read yet
}

// byName finds a flag by its long name: its field's in lower case with dashes between the words,
// unless the tag has another.
func (r *plainReader) byName(long string) *plainField {
	for i := range r.fields {
		f := &r.fields[i]
		if !strings.EqualFold(strings.ReplaceAll(long, "-", ""), f.row.Name) && !strings.Contains(string(f.row.Tag), "name:") {
			continue
		}
		if !f.isWord() && f.longName() == long {
			return f
		}
	}
	return nil
}

// longName is a flag's name, without the dashes.
func (f *plainField) longName() string {
	if name, given := f.row.Tag.Lookup("name"); given {
		return name
	}
	return dashed(f.row.Name)
}

func (r *plainReader) byLetter(letter byte) *plainField {
	for i := range r.fields {
		if f := &r.fields[i]; f.row.Tag.Get("short") == string(letter) {
			return f
		}
	}
	return nil
}

// dashed is NoShutdown as no-shutdown.
func dashed(name string) string {
	var b strings.Builder
	for i := range len(name) {
		upper := 'A' <= name[i] && name[i] <= 'Z'
		if upper && i > 0 && 'a' <= name[i-1] && name[i-1] <= 'z' {
			b.WriteByte('-')
		}
		b.WriteByte(name[i])
	}
	return strings.ToLower(b.String())
}

// letters reads what follows a single dash.
func (r *plainReader) letters(s string) bool {
	if s == "" {
		return false
	}
	if _, is := r.longByOneDash("-" + s); is {
		return false
	}
	for i := range len(s) {
		f := r.byLetter(s[i])
		if f == nil {
			return false
		}
		if !f.isSwitch() {
			return r.flag(f, s[i+1:], i+1 < len(s))
		}
		if !r.flag(f, "", false) {
			return false
		}
	}
	return true
}

// flag sets a flag to the value that was given with it, or to the next argument.
func (r *plainReader) flag(f *plainField, value string, given bool) bool {
	switch {
	case f == nil, f.set && f.row.Tag.Get("type") != "counter", f.isSwitch() && given:
		return false
	case f.isSwitch():
		f.set = true
		if f.value.Kind() == reflect.Bool {
			f.value.SetBool(true)
		} else {
			f.value.SetInt(f.value.Int() + 1)
		}
		return true
	case !given && len(r.args) == 0:
		return false
	case !given:
		value, r.args = r.args[0], r.args[1:]
	}
	if value == "" || value[0] == '-' || value[0] == '=' {
		return false
	}
	return f.take(value)
}

// word gives a word to the first field of words that has room.
func (r *plainReader) word(s string) bool {
	for i := range r.fields {
		f := &r.fields[i]
		switch {
		case !f.isWord():
		case f.value.Type() == reflect.TypeFor[[]string]():
			f.set = true
			f.value.Set(reflect.Append(f.value, reflect.ValueOf(s)))
			return s != ""
		case !f.set:
			return s != "" && f.take(s)
		}
	}
	return false
}

func (f *plainField) isWord() bool {
	_, is := f.row.Tag.Lookup("arg")
	return is
}

func (f *plainField) isSwitch() bool {
	return f.value.Kind() == reflect.Bool || f.row.Tag.Get("type") == "counter"
}

// take sets the field from a text.
func (f *plainField) take(text string) bool {
	f.set = true
	if f.value.Kind() == reflect.Pointer { // to a word that may be missing
		f.value.Set(reflect.New(f.value.Type().Elem()))
		f.value = f.value.Elem()
	}
	if u, is := f.value.Addr().Interface().(encoding.TextUnmarshaler); is {
		return u.UnmarshalText([]byte(text)) == nil
	}
	choice, limited := f.row.Tag.Lookup("enum")
	switch {
	case f.value.Kind() == reflect.String && (!limited || strings.Contains(","+choice+",", ","+text+",")):
		f.value.SetString(text)
		return true
	case f.value.Kind() == reflect.Int && (text == "0" || text[0] >= '1'): // other forms tell of another base
		n, err := strconv.Atoi(text)
		f.value.SetInt(int64(n))
		return err == nil
	}
	return false
}

// complete sets the defaults of what was not mentioned, and sees to words that are missing and
// flags that exclude each other.
func (r *plainReader) complete() bool {
	var groups []string
	for i := range r.fields {
		f := &r.fields[i]
		group := f.row.Tag.Get("xor")
		preset := f.row.Tag.Get("default")
		switch {
		case f.set && slices.Contains(groups, group):
			return false
		case f.set && group != "":
			groups = append(groups, group)
		case f.set:
		case preset != "":
			if !f.take(preset) {
				return false
			}
		case f.isWord():
			if _, optional := f.row.Tag.Lookup("optional"); !optional {
				return false
			}
		}
	}
	return true
}

package cmd

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
)

// Kong's time grows with the number of flags that it is told of, and for a short run it is a third of the whole. So it
// first sees only those fields of a grammar that the arguments can be about. Arguments that make no sense to this
// brief grammar are read once more with the whole one, which has the right words for what is wrong, and the help.

// parseBrief has kong read the arguments into flags by the brief grammar. After an error flags are untouched.
func parseBrief(flags grammar, args []string) error {
	fields := briefFields(reflect.ValueOf(flags).Elem(), flagsIn(args), nil)
	rows := make([]reflect.StructField, len(fields))
	for i, f := range fields {
		rows[i] = reflect.StructField{Name: f.row.Name, Type: f.row.Type, Tag: withoutHelp(f.row.Tag)}
	}
	brief := reflect.New(reflect.StructOf(rows))
	parser, err := kong.New(brief.Interface(), kong.Name("gnc"), kong.NoDefaultHelp())
	if err == nil {
		_, err = parser.Parse(args)
	}
	if err != nil {
		return err
	}
	for i, f := range fields {
		f.value.Set(brief.Elem().Field(i))
	}
	return nil
}

// withoutHelp takes out of a tag what only the help needs, which kong would look through with a regular expression.
func withoutHelp(tag reflect.StructTag) reflect.StructTag {
	return reflect.StructTag(strings.Replace(string(tag), "help:"+strconv.Quote(tag.Get("help")), "", 1))
}

// field is a field of a grammar, wherever in it.
type field struct {
	row   reflect.StructField
	value reflect.Value
}

// briefFields adds to list the fields that can't be left out: those of words without a flag, those that would not be
// zero by default, and those that are mentioned.
func briefFields(v reflect.Value, m mentioned, list []field) []field {
	for i := range v.NumField() {
		row := v.Type().Field(i)
		if row.Anonymous {
			list = briefFields(v.Field(i), m, list)
			continue
		}
		_, word := row.Tag.Lookup("arg")
		if word || row.Tag.Get("default") != "" || m.about(row) {
			list = append(list, field{row, v.Field(i)})
		}
	}
	return list
}

// mentioned are the flags that arguments can be about: too many rather than too few.
type mentioned struct {
	long  map[string]bool // without dashes, in lower case
	short string          // all letters
}

func flagsIn(args []string) mentioned {
	m := mentioned{long: make(map[string]bool)}
	for _, arg := range args {
		if name, ok := strings.CutPrefix(arg, "--"); ok {
			name, _, _ = strings.Cut(name, "=")
			m.long[bare(name)] = true
		} else if letters, ok := strings.CutPrefix(arg, "-"); ok {
			m.short += letters
		}
	}
	return m
}

// about says whether a field is mentioned. Its flag is its name in lower case with dashes between the words, unless the
// tag has another.
func (m mentioned) about(row reflect.StructField) bool {
	name := row.Tag.Get("name")
	if name == "" {
		name = row.Name
	}
	short := row.Tag.Get("short")
	return m.long[bare(name)] || short != "" && strings.Contains(m.short, short)
}

func bare(name string) string { return strings.ToLower(strings.ReplaceAll(name, "-", "")) }

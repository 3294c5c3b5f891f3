package resolve

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// longWorlds plays situations whose files are long, have long lines, or lines
// that are cut where glibc's own buffers end.
func longWorlds() []world {
	w := world{name: "long", setup: dualStack}
	for seed := range uint64(15) {
		d := dice{rand.New(rand.NewPCG(seed, 77))}
		w.steps = append(w.steps, d.longSituation(fmt.Sprint("seed ", seed)))
	}
	return []world{w}
}

func (d dice) longSituation(name string) situation {
	s := d.situation(name)
	s.files["hosts"] = d.longHosts()
	s.files["nsswitch.conf"] = "#" + d.filling() + "\nhosts: " + d.blanks() + "files dns\n"
	s.files["resolv.conf"] = "#" + d.filling() + "\n" + s.files["resolv.conf"] + "search one.test" +
		d.blanks() + "two.test\n"
	s.files["gai.conf"] = "#" + d.filling() + "\nprecedence " + d.blanks() + "::ffff:0:0/96 100\n"
	s.files["services"] = d.longServices()
	s.files["host.conf"] = d.around(255) + "multi on\n" + d.around(255) + "reorder on\n"
	s.files["aliases"] = "nosuch" + d.around(8191) + "alpha delta.test\nbeta" + d.around(8191) +
		"gamma.two\n"
	delete(s.env, "RESOLV_MULTI")
	if d.IntN(2) == 0 {
		s.env["HOSTALIASES"] = "/etc/aliases"
	}
	return s
}

// around makes blanks, or a comment, that end within a few bytes of a place.
func (d dice) around(place int) string {
	n := place - 12 + d.IntN(16)
	return pick(d, strings.Repeat(" ", n), "#"+strings.Repeat("x", n),
		" "+strings.Repeat("junk ", n/5))
}

// filling is of a length that buffers end at, or near to that.
func (d dice) filling() string {
	return strings.Repeat(pick(d, "x", " ", "# ", "a b"),
		pick(d, 0, 1, 500, 1000, 4000, 30000)+d.IntN(50))
}

func (d dice) blanks() string {
	return strings.Repeat(pick(d, " ", "\t"), 1+pick(d, 0, 900, 1000, 40000)+d.IntN(50))
}

// longHosts has names before and after long lines and comments, in upper and lower case.
func (d dice) longHosts() string {
	var b strings.Builder
	line := func() {
		b.WriteString(pick(d, "", "", " ", "\t", d.blanks()))
		b.WriteString(pick(d, d.address(), d.address(), d.address(), d.address(), "junk",
			"\x00"+d.address()))
		b.WriteString(pick(d, " ", "\t", d.blanks()))
		b.WriteString(d.some(4, pick(d, " ", "\t", "\r", "\x00", " x", "#"), randomNames...))
		b.WriteString(pick(d, "", "", "", " "+d.filling(), "#"+d.filling(), "\r", "\x00",
			d.blanks()+pick(d, randomNames...)))
	}
	for range 5 + d.IntN(10) {
		line()
		b.WriteString("\n")
		if d.IntN(3) == 0 {
			b.WriteString(strings.Repeat(pick(d, "# comment\n",
				"10.0.0.1 other Alphabet alpha-one xalpha alphax\n", "\n"), d.IntN(3000)))
		}
	}
	if d.IntN(2) == 0 {
		line() // without a newline
	}
	return b.String()
}

func (d dice) longServices() string {
	var b strings.Builder
	for range 4 {
		b.WriteString(d.services())
		fmt.Fprintf(&b, "%s%s%d/tcp%s%s\n", pick(d, "http", "dns", "web", "x"), d.blanks(), d.IntN(9999),
			d.blanks(),
			pick(d, "www", "alt", "# c"))
		b.WriteString("#" + d.filling() + "\n")
	}
	return b.String()
}

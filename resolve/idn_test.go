package resolve

import (
	"strings"
	"testing"
)

func TestDecodeIDN(t *testing.T) {
	for in, want := range map[string]string{
		"Foo.XN--MLLER-KVA.Test":  "Foo.MüLLER.Test",
		"WWW.xn--mller-kva.test":  "WWW.müller.test",
		"xn--mller-kva..":         "müller..",
		".Xn--ls8h":               ".💩",
		"xn--a-ecp.ru":            "a⒈.ru",
		"xn--.test":               "xn--.test",
		"foo.xn--mller-kva.xn--a": "foo.müller.xn--a",
		"xn--A-.XN--99999999":     "xn--A-.XN--99999999",
		"xn--a-ufa.test":          "aá.test",
		"ü.Ü.xn--mller-kva":       "ü.Ü.müller",
		"xn--a_b\u00fc.A_b":       "xn--a_b\u00fc.A_b",
		"xn--a-.x":                "xn--a-.x",
		"xn--ab-ea":               "xn--ab-ea", // U+0081 in it
		"":                        "",
		".":                       ".",
	} {
		if got := decodeIDN(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// TestEncodeIDN has what libidn2 2.3.3 says; "" is a refusal.
func TestEncodeIDN(t *testing.T) {
	label := strings.Repeat("a", 49) + "."
	for in, want := range map[string]string{
		"müller.test": "xn--mller-kva.test", "faß.de": "xn--fa-hia.de", "日本語.jp": "xn--wgv71a119e.jp",
		"مثال.test": "xn--mgbh0fb.test", "a.ü.test": "a.xn--tda.test",
		"MÜLLER。test": "xn--mller-kva.test", "ü-x": "xn---x-wka", "ü--x": "xn----x-goa",
		"-_-.@-": "-_-.@-", "a b.ü": "a b.xn--tda", "ö_": "xn--_-0ga", "ａ.test": "a.test",
		"Ⅷ.test": "viii.test", "a..ü.": "a..xn--tda.", "XN--mller-kva.ü": "xn--mller-kva.xn--tda",
		"a.א.0b": "a.xn--4db.0b", "〇々": "xn--u6jd", "a·l": "xn--al-0ea",
		"क्\u200dष": "xn--11b2ezcw70k", "ς": "xn--3xa", "0א": "", "אa": "", "a\u200db": "",
		"☃.test": "", "💩.test": "", "❤\ufe0f.test": "", "ab--ü.test": "", "ab--ü": "", "日本--語": "",
		"-ü.test": "", "ü-.test": "",
		"-a.ü": "", "a-.ü": "", "ab--c.ü": "", "xn--a.ü": "", "xn--a-ecp.ü": "",
		"ü test.test": "", "ü@x.test": "", "ü=x.test": "", "ü%x": "", `ü\x`: "", "ü\xff": "",
		"\u0301a.test": "", "\u302ea": "", "a\u0640": "", "\u1100": "", "½.test": "", "a⒈ü": "",
		"ü\ufffc":                         "",
		strings.Repeat("ü", 58) + ".test": "", strings.Repeat("ü", 70) + ".test": "",
		strings.Repeat("ü", 57) + ".test": "xn--tda" + strings.Repeat("a", 56) +
			".test",
		strings.Repeat("a", 64) + ".ü": "",
		strings.Repeat(label, 4) + strings.Repeat("a", 45) + ".ü": strings.Repeat(label, 4) +
			strings.Repeat("a", 45) + ".xn--tda",
		strings.Repeat(label, 4) + strings.Repeat("a", 45) + ".ü.": strings.Repeat(label, 4) +
			strings.Repeat("a", 45) + ".xn--tda.",
		strings.Repeat(label, 4) + strings.Repeat("a", 46) + ".ü": "",
	} {
		got, ok := encodeIDN(in)
		if !ok {
			got = ""
		}
		if got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v, want %q", in, got, ok, want)
		}
	}
}

package resolve

import "testing"

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

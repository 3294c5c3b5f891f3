package sock

import "testing"

func TestParseVsock(t *testing.T) {
	for _, row := range []struct {
		cid, port string
		listener  bool
		want      string // "": an error
	}{
		{"any", "0", true, "vsock:any:4294967295"},
		{"-1", "-1", true, "vsock:any:4294967295"},
		{"local", "7", false, "vsock:1:7"},
		{"Host", "4294967294", false, "vsock:2:4294967294"},
		{"hypervisor", "0", false, "vsock:0:0"},
		{"4294967295", "7", true, "vsock:any:7"},
		{"any", "7", false, ""},
		{"3", "-1", false, ""},
		{"3", "4294967295", false, ""},
		{"3", "4294967296", true, ""},
		{"4294967296", "1", true, ""},
		{"", "1", true, ""},
		{"3", "", true, ""},
		{"3", "http", true, ""},
		{"0x3", "1", true, ""},
	} {
		a, err := ParseVsock(row.cid, row.port, row.listener)
		if err != nil && row.want == "" {
			continue
		}
		if err != nil || a.String() != row.want {
			t.Errorf("%s %s (listener %v) is %v, %v; want %s", row.cid, row.port, row.listener, a, err, row.want)
		}
	}
}

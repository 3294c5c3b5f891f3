package sock

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// VsockAddr is the address of a virtual machine or its host (vsock(7)).
type VsockAddr struct{ CID, Port uint32 }

// VsockAny as a CID or a port lets the system choose. Only a listener can have it.
const VsockAny = 1<<32 - 1

// ParseVsock reads a CID and a port. The CID is a number or one of any, hypervisor, local and host.
// For a listener port 0 means any, as elsewhere.
func ParseVsock(cid, port string, listener bool) (a VsockAddr, err error) {
	words := map[string]uint32{"any": VsockAny, "-1": VsockAny, "hypervisor": 0, "local": 1, "host": 2}
	word, known := words[strings.ToLower(cid)]
	n, err := strconv.ParseUint(cid, 10, 32)
	switch a.CID = uint32(n); {
	case known:
		a.CID = word
	case err != nil:
		return a, fmt.Errorf("vsock CID %q is neither a number nor any, hypervisor, local or host", cid)
	}
	if n, err = strconv.ParseUint(port, 10, 32); err != nil && port != "-1" {
		return a, fmt.Errorf("vsock port %q is not within 0 and 4294967295", port)
	}
	a.Port = uint32(n)
	if port == "-1" || port == "0" && listener {
		a.Port = VsockAny
	}
	if !listener && (a.CID == VsockAny || a.Port == VsockAny) {
		return a, errors.New("vsock: a connection needs a CID and a port; -1 and any are for listeners")
	}
	return a, nil
}

func (a VsockAddr) String() string {
	if a.CID == VsockAny {
		return fmt.Sprintf("vsock:any:%d", a.Port)
	}
	return fmt.Sprintf("vsock:%d:%d", a.CID, a.Port)
}

// VsockError is a failed operation on a vsock address.
type VsockError struct {
	Op   string // "connect", "listen"
	Addr VsockAddr
	Err  error
}

func (e *VsockError) Error() string {
	text := fmt.Sprintf("%s %v: %v", e.Op, e.Addr, e.Err)
	switch {
	case errors.Is(e.Err, unix.EAFNOSUPPORT):
		text += "; this system has no vsock (Linux: the module vsock)"
	case errors.Is(e.Err, unix.ENODEV), e.Addr.CID == 1 && e.Op == "connect":
		text += "; nothing here carries vsock to there (Linux: vsock_loopback, vhost_vsock or a virtual machine's own)"
	}
	return text
}

func (e *VsockError) Unwrap() error { return e.Err }

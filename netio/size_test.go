package netio

import (
	"testing"
	"unsafe"
)

// TestIdleEchoConnIsSmall holds what an idle connection of an echo server costs: its struct, which is all it has.
func TestIdleEchoConnIsSmall(t *testing.T) {
	if size := unsafe.Sizeof(echoConn{}); size > 208 { // a size class of Go's allocator
		t.Errorf("echoConn has grown to %d bytes", size)
	}
}

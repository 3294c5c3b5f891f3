package sock

import "golang.org/x/sys/unix"

// VsockAddrOf converts the system's form of a vsock address.
func VsockAddrOf(sa unix.Sockaddr) VsockAddr {
	if vm, is := sa.(*unix.SockaddrVM); is {
		return VsockAddr{vm.CID, vm.Port}
	}
	return VsockAddr{}
}

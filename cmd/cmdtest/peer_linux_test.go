package cmdtest

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// runRefused becomes a command for which the kernel refuses splice(2) and sendfile(2) with an errno, as the seccomp
// filter of a container may.
func runRefused(name string, args []string) error {
	errno, known := map[string]unix.Errno{"EINVAL": unix.EINVAL, "ENOSYS": unix.ENOSYS, "EPERM": unix.EPERM}[name]
	path, err := exec.LookPath(args[0])
	if err != nil || !known {
		return fmt.Errorf("refuse %s: %v", name, err)
	}
	const load, equal, answer = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, unix.BPF_RET | unix.BPF_K
	filter := []unix.SockFilter{
		{Code: load, K: 0}, // seccomp_data.nr
		{Code: equal, K: unix.SYS_SPLICE, Jt: 2},
		{Code: equal, K: unix.SYS_SENDFILE, Jt: 1},
		{Code: answer, K: unix.SECCOMP_RET_ALLOW},
		{Code: answer, K: unix.SECCOMP_RET_ERRNO | uint32(errno)},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	runtime.LockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	if err := unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&program)), 0, 0); err != nil {
		return err
	}
	return unix.Exec(path, args, os.Environ())
}

package resolve

import (
	"io/fs"
	"path"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// installed tells whether the system's C library would find a module of
// nsswitch.conf that is not its own. Where there is no such library to be
// found, on a system with another one or in an image with none, every module
// that this package knows counts as installed.
func (r *Resolver) installed(module string) bool {
	library := false
	for _, dir := range libraryDirs() {
		if !library && !r.exists(path.Join(dir, "libc.so.6")) {
			continue
		}
		library = true
		if r.exists(path.Join(dir, "libnss_"+module+".so.2")) {
			return true
		}
	}
	return !library
}

// libraryDirs are where distributions have the C library and its modules:
// Debian and its kin in a directory for the architecture, others in lib64, or in
// lib alone.
func libraryDirs() []string {
	triplet := map[string]string{"amd64": "x86_64", "arm64": "aarch64", "386": "i386", "riscv64": "riscv64",
		"ppc64le": "powerpc64le", "s390x": "s390x", "loong64": "loongarch64"}[runtime.GOARCH] + "-linux-gnu"
	if runtime.GOARCH == "arm" {
		triplet = "arm-linux-gnueabihf"
	}
	return []string{"/lib/" + triplet, "/usr/lib/" + triplet, "/lib64", "/usr/lib64", "/lib", "/usr/lib"}
}

func (r *Resolver) exists(name string) bool {
	if r.Root != nil {
		_, err := fs.Stat(r.Root, strings.TrimPrefix(name, "/"))
		return err == nil
	}
	return unix.Access(name, unix.F_OK) == nil
}

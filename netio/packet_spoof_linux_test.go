package netio

import (
	"net/netip"
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"gnc/netio/sock"
)

// TestHearingWhoHasNoRoute receives a datagram whose sender has no route back, with or without an
// answer to it.
func TestHearingWhoHasNoRoute(t *testing.T) {
	for name, answer := range map[string]string{"silent": "", "answering": "answer"} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, l *Loop) {
				p, client := spoofed(t, l, false)
				defer unix.Close(client)
				if heard := hearOnce(t, l, p, answer, len("spoofed")); heard != "spoofed" {
					t.Errorf("heard %q", heard)
				}
			})
		})
	}
}

// TestAnswerToABroadcastAddress checks that a peer whose address may not be sent to does not end
// the service for the others.
func TestAnswerToABroadcastAddress(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		p, client := spoofed(t, l, true)
		defer unix.Close(client)
		setAddress(t, client, unix.SIOCSIFADDR, 203, 0, 113, 1)
		setAddress(t, client, unix.SIOCSIFBRDADDR, 203, 0, 113, 9)
		to, _, err := sock.ToSockaddr(p.Addrs()[0])
		must(t, err)
		m := hearMany(t, l, p)
		defer m.stop()
		m.hears("spoofed")
		m.say("lost")
		m.serves(client, to)
	})
}

// spoofed makes a listener in a network namespace of its own. It has a datagram from an address
// that has gone since. client is a socket there, with an address that stays.
func spoofed(t *testing.T, l *Loop, many bool) (p *PacketListener, client int) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("namespaces need root")
	}
	done := make(chan struct{})
	var unable error
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread ends with the namespace
		if unable = unix.Unshare(unix.CLONE_NEWNET); unable != nil {
			return
		}
		var err error
		client, err = sock.New(unix.AF_INET, unix.SOCK_DGRAM)
		must(t, err)
		gone, err := sock.New(unix.AF_INET, unix.SOCK_DGRAM)
		must(t, err)
		defer unix.Close(gone)
		setLink(t, client, "lo", true)
		sender := &unix.SockaddrInet4{Addr: [4]byte{203, 0, 113, 9}}
		setAddress(t, client, unix.SIOCSIFADDR, sender.Addr[:]...)
		p, err = l.ListenPackets([]netip.AddrPort{loopback}, many, ListenOptions{})
		must(t, err)
		must(t, unix.Bind(gone, sender))
		to, _, err := sock.ToSockaddr(p.Addrs()[0])
		must(t, err)
		must(t, unix.Sendto(gone, []byte("spoofed"), 0, to))
		setLink(t, client, "lo:1", false)
	}()
	<-done
	if unable != nil {
		t.Skip("no namespaces: ", unable)
	}
	if t.Failed() {
		t.FailNow()
	}
	return p, client
}

// setAddress sets an address of an alias of the loopback. kind is the ioctl, and fd a socket of the
// namespace.
func setAddress(t *testing.T, fd int, kind uint, address ...byte) {
	t.Helper()
	alias, err := unix.NewIfreq("lo:1")
	must(t, err)
	must(t, alias.SetInet4Addr(address))
	must(t, unix.IoctlIfreq(fd, kind, alias))
}

// setLink sets an interface up or down, by a socket of its namespace. Down also removes an alias's
// address.
func setLink(t *testing.T, fd int, name string, up bool) {
	t.Helper()
	link, err := unix.NewIfreq(name)
	must(t, err)
	must(t, unix.IoctlIfreq(fd, unix.SIOCGIFFLAGS, link))
	flags := link.Uint16() &^ unix.IFF_UP
	if up {
		flags |= unix.IFF_UP
	}
	link.SetUint16(flags)
	must(t, unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, link))
}

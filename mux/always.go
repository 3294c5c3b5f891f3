package mux

import "slices"

// always holds the descriptors that a backend can't wait for, because they never block: regular
// files and some devices. They are ready for whatever is asked, as select(2) and poll(2) report
// them.
type always struct {
	fds  []Ready // Events is the interest
	next int     // where the next answer begins, so that a small one leaves nobody out
}

func (a *always) find(fd int) int {
	return slices.IndexFunc(a.fds, func(r Ready) bool { return r.FD == fd })
}

// set replaces the interest in fd, and reports whether fd is one of these.
func (a *always) set(fd int, want Events) bool {
	i := a.find(fd)
	if i >= 0 {
		a.fds[i].Events = want
	}
	return i >= 0
}

func (a *always) add(fd int, want Events) { a.fds = append(a.fds, Ready{FD: fd, Events: want}) }

// forget reports whether fd was one of these.
func (a *always) forget(fd int) bool {
	i := a.find(fd)
	if i >= 0 {
		a.fds = slices.Delete(a.fds, i, i+1)
	}
	return i >= 0
}

// any reports whether some interest is not empty. Wait must not sleep then.
func (a *always) any() bool {
	return slices.ContainsFunc(a.fds, func(r Ready) bool { return r.Events != 0 })
}

// fill adds to ready, whose first n entries are taken, as many of these descriptors as fit. It
// returns the new number of entries taken.
func (a *always) fill(ready []Ready, n int) int {
	for range a.fds {
		if n == len(ready) {
			break
		}
		a.next = (a.next + 1) % len(a.fds)
		if r := a.fds[a.next]; r.Events != 0 {
			ready[n] = r
			n++
		}
	}
	return n
}

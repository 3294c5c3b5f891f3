package mux

// Crowd is a set of descriptors of a Loop that one function serves, and that differ in nothing but
// their numbers. A member costs the loop one byte, a Handler of its own sixteen. With ten thousand
// descriptors, a thousand of them busy, the bytes stay in the processor's caches, and the handlers
// do not.
type Crowd struct {
	loop   *Loop
	number uint8 // in the loop's list, from 1
}

// NewCrowd makes an empty crowd, which lasts as long as its loop. A loop has 255 crowds at most.
func (l *Loop) NewCrowd(ready func(fd int, ev Events)) Crowd {
	if len(l.crowds) == 255 {
		panic("mux: more than 255 crowds on one loop")
	}
	l.crowds = append(l.crowds, ready)
	return Crowd{l, uint8(len(l.crowds))}
}

// Watch declares the whole interest in fd and makes fd a member of the crowd. The crowd's function
// replaces fd's Handler, if any. Loop's Watch, Forget and Close take fd out again.
func (c Crowd) Watch(fd int, want Events) error {
	l := c.loop
	if err := l.poller.Set(fd, want); err != nil {
		return err
	}
	l.handlers.take(fd)
	*l.members.at(fd) = c.number
	return nil
}

// Each calls fn with every member of the crowd. fn may forget and close descriptors.
func (c Crowd) Each(fn func(fd int)) {
	for fd, number := range c.loop.members.all() {
		if number == c.number {
			fn(fd)
		}
	}
}

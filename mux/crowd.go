package mux

// Crowd is many descriptors of a Loop that are served alike, by one function, and are told apart by
// nothing but their numbers. Each costs the loop a byte where a Handler of its own takes sixteen:
// of ten thousand descriptors, a thousand of them busy, the bytes stay in the processor's caches,
// and the handlers do not.
type Crowd struct {
	loop   *Loop
	number uint8 // in the loop's list, from 1
}

// NewCrowd makes a crowd that is empty. It lasts as long as its loop. A loop has 255 crowds at
// most.
func (l *Loop) NewCrowd(ready func(fd int, ev Events)) Crowd {
	if len(l.crowds) == 255 {
		panic("mux: more than 255 crowds on one loop")
	}
	l.crowds = append(l.crowds, ready)
	return Crowd{l, uint8(len(l.crowds))}
}

// Watch declares the whole interest in fd and takes it into the crowd. A Handler that was told of
// fd is so no longer. Loop's Watch, Forget and Close take fd out again.
func (c Crowd) Watch(fd int, want Events) error {
	l := c.loop
	if err := l.poller.Set(fd, want); err != nil {
		return err
	}
	l.handlers.take(fd)
	*l.members.at(fd) = c.number
	return nil
}

// Each calls fn with every descriptor of the crowd. fn may forget and close descriptors.
func (c Crowd) Each(fn func(fd int)) {
	for fd, number := range c.loop.members.all() {
		if number == c.number {
			fn(fd)
		}
	}
}

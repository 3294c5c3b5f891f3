package netio

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio/sock"
)

// Batch is a part of a name's addresses: those of one family, or all that were known at once.
type Batch struct {
	Addrs []netip.AddrPort
	Err   error // the lookup failed; if there are addresses, for the others
}

// Delays of RFC 8305, section 8.
const (
	AttemptDelay    = 250 * time.Millisecond // between the beginnings of two attempts
	MinAttemptDelay = 10 * time.Millisecond
	MaxAttemptDelay = 2 * time.Second
	resolutionDelay = 50 * time.Millisecond // how long the first answer waits for IPv6's
)

// RaceOptions are the rules of a race.
type RaceOptions struct {
	Source       sock.Source
	Packets      bool // UDP, which connects at once: the first address with a route wins
	Socket       sock.Options
	AttemptDelay time.Duration                           // 0: AttemptDelay; negative: one by one
	Timeout      time.Duration                           // bound on all attempts, from the first; 0: none
	Sort         func([]netip.AddrPort) []netip.AddrPort // orders several batches; nil: as they come
	OnAttempt    func(netip.AddrPort)                    // called at the start of each attempt
	OnFailure    func(*DialError)                        // called when an attempt fails
}

// ErrConnectTimeout is the error of a race that ran out of time.
var ErrConnectTimeout = errors.New("timed out")

// RaceError is a race in which no address answered.
type RaceError struct {
	Failures []*DialError // in the order of their time; none: the lookup found nothing
	Err      error        // the lookup's error, ErrConnectTimeout, or nil if every address failed
	Pending  []netip.AddrPort
}

func (e *RaceError) Error() string {
	var parts []string
	for _, f := range e.Failures {
		parts = append(parts, f.Error())
	}
	for _, a := range e.Pending {
		parts = append(parts, fmt.Sprintf("connect %s: %v", a, e.Err))
	}
	if len(parts) == 0 && e.Err != nil {
		return e.Err.Error()
	}
	return strings.Join(parts, "; ")
}

func (e *RaceError) Unwrap() []error {
	errs := make([]error, 0, len(e.Failures)+1)
	if e.Err != nil {
		errs = append(errs, e.Err)
	}
	for _, f := range e.Failures {
		errs = append(errs, f)
	}
	return errs
}

// Race connects to the first of a name's addresses that answers (RFC 8305, "Happy Eyeballs").
// Attempts begin one AttemptDelay apart, or at once when all earlier ones have failed. Addresses
// can still arrive meanwhile.
type Race struct {
	loop    *Loop
	options RaceOptions
	done    func(*Conn, netip.AddrPort, error)

	waiting  []netip.AddrPort // not tried yet, in order
	tried    netip.AddrPort   // the last one tried
	open     []*attempt
	failures []*DialError
	begun    bool  // an attempt has been made
	complete bool  // no more addresses will come
	err      error // the lookup's error
	stagger  *mux.Timer
	ip6Wait  *mux.Timer // waits for IPv6's answer, before the first attempt
	timeout  *mux.Timer
	over     bool
}

// NewRace makes a race without addresses. Add brings them. The race calls done once, with the
// connection or a *RaceError.
func NewRace(l *Loop, o RaceOptions, done func(*Conn, netip.AddrPort, error)) *Race {
	if o.AttemptDelay == 0 {
		o.AttemptDelay = AttemptDelay
	}
	return &Race{loop: l, options: o, done: done}
}

// Add brings a batch of addresses. complete means that it is the last one.
func (r *Race) Add(b Batch, complete bool) {
	if r.over {
		return
	}
	if len(r.waiting) > 0 && len(b.Addrs) > 0 && r.options.Sort != nil {
		r.waiting = r.options.Sort(append(r.waiting, b.Addrs...)) // only each batch is in order
	} else {
		r.waiting = append(r.waiting, b.Addrs...)
	}
	r.waiting = interleave(r.waiting, r.tried)
	r.complete = r.complete || complete
	if b.Err != nil {
		r.err = b.Err
	}
	if !r.begun && !r.complete && !slices.ContainsFunc(r.waiting, is6) {
		if r.ip6Wait == nil && len(r.waiting) > 0 {
			r.ip6Wait = r.loop.After(resolutionDelay, r.proceed)
		}
		return
	}
	r.ip6Wait.Stop()
	if len(r.open) == 0 || r.options.AttemptDelay > 0 && !r.stagger.Waiting() {
		r.proceed()
	}
}

// Cancel ends the race with err, as if every open attempt had failed with it.
func (r *Race) Cancel(err error) {
	if !r.over {
		r.lose(err)
	}
}

// proceed begins attempts until one is open, or no address is left.
func (r *Race) proceed() {
	for !r.over && len(r.waiting) > 0 {
		addr := r.waiting[0]
		r.waiting = r.waiting[1:]
		if r.attempt(addr) {
			return
		}
	}
	if !r.over && r.complete && len(r.open) == 0 {
		r.lose(nil)
	}
}

// attempt begins an attempt, and reports whether it is open.
func (r *Race) attempt(addr netip.AddrPort) bool {
	if !r.begun && r.options.Timeout > 0 {
		r.timeout = r.loop.After(r.options.Timeout, func() { r.lose(ErrConnectTimeout) })
	}
	r.begun, r.tried = true, addr
	if r.options.OnAttempt != nil {
		r.options.OnAttempt(addr)
	}
	kind := unix.SOCK_STREAM
	if r.options.Packets {
		kind = unix.SOCK_DGRAM
	}
	a, err := r.loop.connect(addr, kind, r.options.Socket, r.options.Source, r.decided)
	if err != nil {
		r.failed(addr, err)
		return false
	}
	r.open = append(r.open, a)
	if r.options.AttemptDelay < 0 {
		return true
	}
	if r.stagger == nil {
		r.stagger = r.loop.After(r.options.AttemptDelay, r.proceed)
	} else {
		r.stagger.Reset(r.options.AttemptDelay)
	}
	return true
}

// decided handles the end of an attempt.
func (r *Race) decided(a *attempt, err error) {
	r.open = slices.DeleteFunc(r.open, func(other *attempt) bool { return other == a })
	if err == nil {
		r.end()
		r.done(a.conn(), a.addr, nil)
		return
	}
	r.failed(a.addr, err)
	if len(r.open) == 0 {
		r.proceed()
	}
}

func (r *Race) failed(addr netip.AddrPort, err error) {
	e := &DialError{Addr: addr, Err: err}
	r.failures = append(r.failures, e)
	if r.options.OnFailure != nil {
		r.options.OnFailure(e)
	}
}

func (r *Race) lose(err error) {
	e := &RaceError{Failures: r.failures, Err: err}
	if err == nil && len(r.failures) == 0 {
		e.Err = r.err
	}
	for _, a := range r.open {
		e.Pending = append(e.Pending, a.addr)
	}
	r.end()
	r.done(nil, netip.AddrPort{}, e)
}

// end cancels all attempts and timers.
func (r *Race) end() {
	r.over = true
	for _, a := range r.open {
		a.cancel()
	}
	r.open = nil
	for _, t := range []*mux.Timer{r.stagger, r.ip6Wait, r.timeout} {
		t.Stop()
	}
}

func is6(a netip.AddrPort) bool { return a.Addr().Is6() }

// interleave takes addresses of the two families in turn, each in its order. After an address that
// has been tried the other family begins. Before the first attempt the first address's does.
func interleave(addrs []netip.AddrPort, tried netip.AddrPort) []netip.AddrPort {
	var first, second []netip.AddrPort
	for _, a := range addrs {
		ahead := is6(a) == is6(addrs[0])
		if tried.IsValid() {
			ahead = is6(a) != is6(tried)
		}
		if ahead {
			first = append(first, a)
		} else {
			second = append(second, a)
		}
	}
	mixed := make([]netip.AddrPort, 0, len(addrs))
	for i := range max(len(first), len(second)) {
		if i < len(first) {
			mixed = append(mixed, first[i])
		}
		if i < len(second) {
			mixed = append(mixed, second[i])
		}
	}
	return mixed
}

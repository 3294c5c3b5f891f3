package netio

import (
	"time"

	"gnc/mux"
)

// limiter says how many bytes of a flow may be pushed, and when. It has a rate, and the faults of
// an echo server. A nil limiter allows everything.
type limiter struct {
	flow   *Flow
	rate   int64 // bytes a second; 0: no bound
	faults *faultState

	allowed float64   // bytes that could pass at the time since
	since   time.Time // when allowed was computed
	closed  bool      // until the timer rings
	until   time.Time // when that is
	stalled bool      // for ever
	timer   mux.Timer
}

// newLimiter puts a limiter on f.
func newLimiter(f *Flow, rate int64, faults *faultState) {
	l := &limiter{flow: f, rate: rate, faults: faults, since: time.Now()}
	l.allowed = l.burst()
	f.gated().limit = l
}

// burst returns how many bytes may pass at once after a pause: a twentieth of a second's worth.
func (l *limiter) burst() float64 { return max(float64(l.rate)/20, 1) }

func (l *limiter) open() bool { return l == nil || !l.closed && !l.stalled }

// most returns how many bytes may be pushed now, at least one. The limiter must be open.
func (l *limiter) most() int {
	if l == nil {
		return unlimited
	}
	most := unlimited
	if l.rate > 0 {
		l.refill()
		most = max(int(l.allowed), 1)
	}
	if l.faults != nil {
		most = min(most, l.faults.most())
	}
	return most
}

func (l *limiter) refill() {
	now := time.Now()
	l.allowed = min(l.allowed+now.Sub(l.since).Seconds()*float64(l.rate), l.burst())
	l.since = now
}

// pulled starts the delay for n bytes that came.
func (l *limiter) pulled(n int) {
	if l != nil && l.faults != nil && n > 0 && l.faults.Delay > 0 {
		l.close(l.faults.Delay)
	}
}

// pushed counts n bytes that were sent.
func (l *limiter) pushed(n int) {
	if l == nil || n == 0 {
		return
	}
	if l.faults != nil {
		l.faults.pushed(l, n)
	}
	if l.rate == 0 {
		return
	}
	l.allowed -= float64(n)
	if l.allowed < 1 {
		l.close(time.Duration((l.burst() - l.allowed) / float64(l.rate) * float64(time.Second)))
	}
}

// close closes the limiter for d. A longer time that is already set remains.
func (l *limiter) close(d time.Duration) {
	until := time.Now().Add(d)
	if l.closed && until.Before(l.until) {
		return
	}
	l.closed, l.until = true, until
	l.timer.Set(l.flow.src.loop.Loop, d, l.reopen)
}

func (l *limiter) reopen() {
	l.closed = false
	l.flow.src.owner.run()
}

func (l *limiter) stop() {
	if l != nil {
		l.timer.Stop()
	}
}

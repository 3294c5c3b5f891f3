package netio

// tap is told what passes on a connection, in the order in which it happens.
type tap interface {
	begin(l *Loop, more func()) // before anything else; more: there may be room again
	add(p []byte, sent bool)    // these bytes were sent, or received
	ended(sent bool)            // no more will be sent, or received
	room() bool                 // asked before bytes are read
	written() bool              // nothing is pending
	failure() error
	end(err error) error // the connection is over: err is why, nil if in good order; what went wrong with the tap
}

// taps are those of one connection, often none.
type taps []tap

// newTaps are captures and a part of a recording, which may be nil.
func newTaps(captures []*Capture, record *Record) (ts taps) {
	for _, c := range captures {
		ts = append(ts, c)
	}
	if record != nil {
		ts = append(ts, record)
	}
	return ts
}

func (ts taps) begin(l *Loop, more func()) {
	for _, t := range ts {
		t.begin(l, more)
	}
}

func (ts taps) add(p []byte, sent bool) {
	for _, t := range ts {
		t.add(p, sent)
	}
}

func (ts taps) ended(sent bool) {
	for _, t := range ts {
		t.ended(sent)
	}
}

func (ts taps) room() bool {
	for _, t := range ts {
		if !t.room() {
			return false
		}
	}
	return true
}

func (ts taps) written() bool {
	for _, t := range ts {
		if !t.written() {
			return false
		}
	}
	return true
}

func (ts taps) failure() error {
	for _, t := range ts {
		if err := t.failure(); err != nil {
			return err
		}
	}
	return nil
}

func (ts taps) end(err error) (failed error) {
	for _, t := range ts {
		if tapErr := t.end(err); failed == nil {
			failed = tapErr
		}
	}
	return failed
}

package netio

// tap gets a copy of the bytes of a connection, in the order in which they pass: a capture, or a
// part of a recording.
type tap interface {
	begin(l *Loop, more func()) // called first; the tap calls more when it may have room again
	add(p []byte, sent bool)    // takes bytes that were sent, or received
	ended(sent bool)            // notes the end of the sent bytes, or of the received ones
	room() bool                 // reports whether the connection may read more bytes
	written() bool              // reports whether the tap has written all its bytes
	failure() error             // returns the tap's own failure, or nil
	end(err error) error        // notes that the connection is over; returns the tap's own failure
}

// taps are the taps of one connection. Most connections have none.
type taps []tap

// newTaps returns the captures and the record, if there is one.
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

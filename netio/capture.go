package netio

import "gnc/netio/printable"

// Capture is a file that gets a copy of all bytes of a session, both directions in the order in which they came. Where
// the file is a pipe whose reader is slow, the session waits for it.
type Capture struct {
	*journal
	hex    bool     // as a hex dump
	offset [2]int64 // of the next byte in each direction, for the dump: received, sent
}

// CaptureOptions say what a capture looks like.
type CaptureOptions struct {
	Name   string // of the file
	Hex    bool   // a hex dump, as nc.traditional's -o
	Append bool   // to what the file holds already
}

// OpenCapture creates or empties the file, or appends to it. It may block, as opening a named pipe does until there is a
// reader. Its error is an *FileError.
func OpenCapture(o CaptureOptions) (*Capture, error) {
	j, err := openJournal(o.Name, o.Append)
	if err != nil {
		return nil, err
	}
	return &Capture{journal: j, hex: o.Hex}, nil
}

// OpenCaptures opens several, or none; with add they are all added to. It may block, as OpenCapture does.
func OpenCaptures(list []CaptureOptions, add bool) ([]*Capture, error) {
	var all []*Capture
	for _, o := range list {
		o.Append = o.Append || add
		c, err := OpenCapture(o)
		if err != nil {
			for _, c := range all {
				c.close()
			}
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

func (c *Capture) add(p []byte, sent bool) {
	if c.hex {
		p = c.dump(p, sent)
	}
	c.write(p)
}

func (c *Capture) dump(p []byte, sent bool) []byte {
	side, direction := 0, byte('<')
	if sent {
		side, direction = 1, '>'
	}
	offset := c.offset[side]
	c.offset[side] += int64(len(p))
	return printable.HexDump(nil, p, direction, offset)
}

func (c *Capture) ended(bool) {}

func (c *Capture) end(error) error { return c.close() }

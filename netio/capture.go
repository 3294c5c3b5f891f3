package netio

import "gnc/netio/printable"

// Capture is a file that gets a copy of all bytes of a session, both directions in the order of
// arrival. If the file is a pipe with a slow reader, the session waits.
type Capture struct {
	*journal
	hex    bool     // write a hex dump
	offset [2]int64 // of the next byte received and sent, for the dump
}

// CaptureOptions name a capture's file and its format.
type CaptureOptions struct {
	Name   string // of the file
	Hex    bool   // write a hex dump, as nc.traditional's -o does
	Append bool   // keep what the file holds, and append
}

// OpenCapture creates or empties the file, or appends to it. It can block: a named pipe opens once
// it has a reader. Its error is an *outfile.Error.
func OpenCapture(o CaptureOptions) (*Capture, error) {
	j, err := openJournal(o.Name, o.Append)
	if err != nil {
		return nil, err
	}
	return &Capture{journal: j, hex: o.Hex}, nil
}

// OpenCaptures opens all captures of the list, or none. With add it appends to all of the files. It
// can block, as OpenCapture can.
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

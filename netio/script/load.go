package script

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"gnc/netio/outfile"
)

// maxScript is the longest script, in bytes. We hold it in memory.
const maxScript = 64 << 20

// Load reads a script of at most 64 MiB from a file and opens the files that it sends. Each
// connection reads those from their beginning. Load can block, as on a named pipe. Its error is an
// *Error, or an *outfile.Error for a file that cannot be read.
func Load(name string) (*Script, error) {
	text, err := readScript(name)
	if err != nil {
		return nil, outfile.Failed("read", name, err)
	}
	s, err := Parse(name, text)
	if err != nil {
		return nil, err
	}
	if err := s.Open(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func readScript(name string) ([]byte, error) {
	text, err := outfile.ReadWhole(name, maxScript+1)
	if len(text) > maxScript {
		err = fmt.Errorf("a script is at most %d bytes; send-file sends more", maxScript)
	}
	return text, err
}

// Open opens the files to send, each once.
func (s *Script) Open() error {
	files := make(map[string]*os.File)
	for _, part := range s.parts {
		for _, step := range part.Steps {
			if step.Op != OpSendFile {
				continue
			}
			path := step.Path
			if !filepath.IsAbs(path) {
				path = filepath.Join(filepath.Dir(s.name), path)
			}
			if files[path] == nil {
				f, err := openRegular(path)
				if err != nil {
					return fmt.Errorf("%s:%d: %w", s.name, step.Line, outfile.Failed("open", path, err))
				}
				files[path] = f
			}
			step.File = files[path]
		}
	}
	return nil
}

// openRegular opens a regular file: it has an end, and several connections can read it at once.
func openRegular(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	if err != nil {
		return nil, err
	}
	return outfile.OpenPlain(path, unix.O_RDONLY, 0)
}

// Close closes the files to send.
func (s *Script) Close() {
	for _, part := range s.parts {
		for _, step := range part.Steps {
			if step.File != nil {
				step.File.Close() // closing a shared file twice does no harm
			}
		}
	}
}

// CheckUnix returns an error if the script has a step that a Unix socket cannot do.
func (s *Script) CheckUnix() error {
	return s.lacks(map[Op]string{OpReset: "a Unix socket knows no reset"})
}

// CheckPackets returns an error if the script has a step that datagrams cannot do.
func (s *Script) CheckPackets() error {
	return s.lacks(map[Op]string{
		OpReset:     "datagrams know no reset; close ends what is played to a sender",
		OpHalfClose: "datagrams have no end that could be passed on; leave half-close out",
		OpExpectEnd: "datagrams have no end that could be expected; close ends what is played to a sender",
	})
}

// lacks returns an error for the first step that why names, with its text.
func (s *Script) lacks(why map[Op]string) error {
	for _, part := range s.parts {
		for _, step := range part.Steps {
			if text := why[step.Op]; text != "" {
				return &Error{Name: s.name, Line: step.Line, Err: errors.New(text)}
			}
		}
	}
	return nil
}

// PartOf returns the part for the connection of that number, counted from 1.
func (s *Script) PartOf(number int) *Part { return s.parts[min(number, len(s.parts))-1] }

package cmd

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"gnc/netio"
)

// crowdFlags say what many clients are served with, instead of the standard streams.
type crowdFlags struct {
	Serve  string `placeholder:"FILE" help:"Send FILE, from its start, to each client instead of stdin. What clients send goes to stdout. UDP: in datagrams of 1,200 bytes."`
	OutDir string `placeholder:"DIR" help:"What a client sends goes to a new file in DIR, named for its number and address, instead of stdout."`
	Broker bool   `help:"What one client sends goes to all others; stdin and stdout are not used. Implies --keep-open."`
	Chat   bool   `help:"As --broker, line by line, each with its sender's name; control characters are made harmless."`
}

// crowdJob is what many clients are served with, as data. Its zero value is the standard streams.
type crowdJob struct {
	Serve  string // a file that each client gets, "" for stdin
	OutDir string // where each client's file is made, "" for stdout
	Relay  bool   // clients send to each other
	Chat   bool   // in lines
}

func (f *crowdFlags) crowdJob() crowdJob {
	return crowdJob{Serve: f.Serve, OutDir: f.OutDir, Relay: f.Broker || f.Chat, Chat: f.Chat}
}

// isCrowd says whether clients share a hub; otherwise each is alone with the standard streams or a command.
func (j *listenJob) isCrowd() bool {
	return j.Crowd != crowdJob{} || j.KeepOpen && !j.OneByOne && len(j.Exec) == 0 && j.Script == "" && !j.Kind.isPackets()
}

// checkCrowd refuses what makes no sense together.
func (j *listenJob) checkCrowd() error {
	o, c := &j.Session, &j.Crowd
	switch {
	case j.Count > 0 && j.Kind.isPackets() && !j.eachSender():
		return errors.New("--count counts the senders of datagrams only where each is served by itself: with --exec, --sh-exec, --serve or --script")
	case (c.OutDir != "" || c.Relay) && j.Kind.isPackets():
		return errors.New("--out-dir, --broker and --chat go together with streams only")
	case *c != crowdJob{} && len(j.Exec) > 0:
		return errors.New("a command has the connection to itself: --exec and --sh-exec go with none of --serve, --out-dir, --broker, --chat")
	case *c != crowdJob{} && j.Script != "":
		return errors.New("--script says what each client gets: it goes with none of --serve, --out-dir, --broker and --chat")
	case c.Relay && (c.Serve != "" || c.OutDir != ""):
		return errors.New("--broker and --chat use no files: they go with neither --serve nor --out-dir")
	case c.Relay && (o.SendOnly || o.RecvOnly || o.Until != netio.UntilBoth):
		return errors.New("--broker and --chat go with none of --send-only, --recv-only and --until: a client's end ends its part")
	case c.Serve != "" && o.RecvOnly:
		return errors.New("--serve sends, --recv-only does not")
	case c.OutDir != "" && o.SendOnly:
		return errors.New("--out-dir receives, --send-only does not")
	case j.isCrowd() && (j.Progress == "always" || j.Size > 0):
		return errors.New("--progress and --size are about a single session; for many there is --stats, a line for each")
	}
	return nil
}

// defaultPatience is how long a client that takes nothing may hold up the others, where --idle-timeout does not say.
const defaultPatience = time.Minute

// clientError is what went wrong with one client of many.
type clientError struct {
	id   int
	from string // its address, "" if it has none
	Err  error
}

func (e *clientError) Error() string {
	if e.from == "" || strings.Contains(e.Err.Error(), e.from) {
		return fmt.Sprintf("client %d: %v", e.id, e.Err)
	}
	return fmt.Sprintf("client %d, %s: %v", e.id, e.from, e.Err)
}

func (e *clientError) Unwrap() error { return e.Err }

// countError ends a --count some of whose clients failed. Its status is the first one's.
type countError struct {
	failed, of int
	Err        error
}

func (e *countError) Error() string {
	return fmt.Sprintf("%d of %d connections failed", e.failed, e.of)
}
func (e *countError) Unwrap() error { return e.Err }

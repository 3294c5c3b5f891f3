package resolve

import "context"

// Batch is a part of the answers: one family from a name server, or all that a file has.
type Batch struct {
	Addrs []AddrInfo // sorted within the batch
	Err   error      // an *Error, in the last batch only and with no Addrs

	// Unanswered are the families for which no name server has answered so far, neither with
	// addresses nor that there are none. The server failed or was silent, or no-aaaa in resolv.conf
	// forbids the question. Such a name may have more addresses.
	Unanswered []int
}

// Stream looks a node and a service up as Getaddrinfo does, and sends the answers of each family as
// they come. The name server is asked for both families at once, and neither waits for the other. A
// family comes once.
//
// The channel is closed at the end. If there were no answers at all, its last batch has the error.
// A batch without addresses comes last if all it has is the list of unanswered families. The
// channel holds every batch that there can be, so nobody has to read it, and the lookup ends with
// ctx.
func (r *Resolver) Stream(ctx context.Context, node, service *string, h Hints) <-chan Batch {
	const families = 2
	batches := make(chan Batch, families+1)
	go func() {
		defer close(batches)
		sent := make(map[int]bool)
		early := func(list []AddrInfo, unanswered []int) {
			if family := list[0].Family; !sent[family] {
				sent[family] = true
				batches <- Batch{Addrs: list, Unanswered: unanswered}
			}
		}
		list, unanswered, err := r.lookup(ctx, node, service, h, early)
		var rest []AddrInfo
		for _, ai := range list {
			if !sent[ai.Family] {
				rest = append(rest, ai)
			}
		}
		switch {
		case err != nil && len(sent) == 0:
			batches <- Batch{Err: err, Unanswered: unanswered}
		case len(rest) > 0 || len(unanswered) > 0:
			batches <- Batch{Addrs: rest, Unanswered: unanswered}
		}
	}()
	return batches
}

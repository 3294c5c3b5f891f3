package resolve

import "context"

// Batch is a part of the answers: one family as a name server told it, or all
// that a file has.
type Batch struct {
	Addrs []AddrInfo // sorted within the batch
	Err   error      // an *Error, in the last batch only and with no Addrs
}

// Stream looks a node and a service up as Getaddrinfo does, and hands out the
// answers of each family as they come: the name server is asked for both at
// once, and neither waits for the other. A family comes once. The channel is
// closed at the end; if there were no answers at all, its last batch carries
// the error. It holds every batch there can be, so nobody has to read it, and
// the lookup ends with ctx.
func (r *Resolver) Stream(ctx context.Context, node, service *string, h Hints) <-chan Batch {
	const families = 2
	batches := make(chan Batch, families+1)
	go func() {
		defer close(batches)
		sent := make(map[int]bool)
		early := func(list []AddrInfo) {
			if family := list[0].Family; !sent[family] {
				sent[family] = true
				batches <- Batch{Addrs: list}
			}
		}
		list, err := r.lookup(ctx, node, service, h, early)
		var rest []AddrInfo
		for _, ai := range list {
			if !sent[ai.Family] {
				rest = append(rest, ai)
			}
		}
		switch {
		case len(rest) > 0:
			batches <- Batch{Addrs: rest}
		case err != nil && len(sent) == 0:
			batches <- Batch{Err: err}
		}
	}()
	return batches
}

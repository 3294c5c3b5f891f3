package mux

import "iter"

// table is a list indexed by descriptor. It grows by pages, so that ten thousand descriptors cost
// their own entries and no copies of smaller lists.
type table[T any] struct{ pages []*[pageSize]T }

const pageSize = 256

// at is the entry of fd, which must not be negative. An entry that was never set is the zero value.
func (t *table[T]) at(fd int) *T {
	for fd/pageSize >= len(t.pages) {
		t.pages = append(t.pages, new([pageSize]T))
	}
	return &t.pages[fd/pageSize][fd%pageSize]
}

// take returns the entry of fd and sets it to the zero value.
func (t *table[T]) take(fd int) (entry T) {
	if t.has(fd) {
		p := t.at(fd)
		entry, *p = *p, entry
	}
	return entry
}

// all yields every entry. The entries may change meanwhile.
func (t *table[T]) all() iter.Seq2[int, T] {
	return func(yield func(int, T) bool) {
		for i, page := range t.pages {
			for k := range page {
				if !yield(i*pageSize+k, page[k]) {
					return
				}
			}
		}
	}
}

// has reports whether there is an entry for fd, set or not.
func (t *table[T]) has(fd int) bool { return fd >= 0 && fd/pageSize < len(t.pages) }

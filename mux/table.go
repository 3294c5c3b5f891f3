package mux

// table is a list by descriptor. It grows by pages, so that ten thousand descriptors cost their own entries and no
// copies of smaller lists.
type table[T any] struct{ pages []*[pageSize]T }

const pageSize = 256

// at is the entry of fd, which must not be negative; the zero value if it was never set.
func (t *table[T]) at(fd int) *T {
	for fd/pageSize >= len(t.pages) {
		t.pages = append(t.pages, new([pageSize]T))
	}
	return &t.pages[fd/pageSize][fd%pageSize]
}

// has says whether there is an entry for fd, set or not.
func (t *table[T]) has(fd int) bool { return fd >= 0 && fd/pageSize < len(t.pages) }

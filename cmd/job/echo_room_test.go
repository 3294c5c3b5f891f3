package job

import "testing"

// TestShare: what is shared out among loops adds up, none of them is without a bound where all have
// one, and none has two more than another.
func TestShare(t *testing.T) {
	for all := range 40 {
		for among := 1; among <= max(all, 1); among++ {
			sum := 0
			for i := range among {
				part := share(all, among, i)
				if part < all/among || part > all/among+1 || all > 0 && part == 0 {
					t.Errorf("of %d, number %d of %d has %d", all, i, among, part)
				}
				sum += part
			}
			if sum != all {
				t.Errorf("%d among %d is %d", all, among, sum)
			}
		}
	}
}

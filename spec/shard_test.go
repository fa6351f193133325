package spec

import "testing"

// TestShares: shards together have a limit exactly, and a rule's printed number is enough in each.
func TestShares(t *testing.T) {
	t.Parallel()
	for count := 1; count <= 20; count++ {
		for limit := range 70 {
			together := 0
			for index := 1; index <= count; index++ {
				s := &Shard{Index: index, Count: count}
				together += s.Share(limit)
				if enough := s.Share(s.Total(limit)); enough < limit {
					t.Errorf("shard %d of %d has %d of the %d for %d", index, count, enough, s.Total(limit), limit)
				}
			}
			if together != limit {
				t.Errorf("%d shards have %d of %d", count, together, limit)
			}
		}
		s := &Shard{Index: count, Count: count}
		if s.Share(-1) != -1 || s.Total(-1) != -1 {
			t.Errorf("shard %d: no limit has become one", count)
		}
	}
}

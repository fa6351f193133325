package lock

import (
	"context"
	"errors"
	"testing"

	"makesync/spec"
)

// leaving is a place of which another run lets go right before somebody looks for the n-th time.
type leaving struct {
	Place
	n     int
	other *Held
}

func (p *leaving) holder(zone, of string) (Owner, bool, error) {
	if p.n--; p.n == 0 {
		_ = p.other.Release()
	}
	return p.Place.holder(zone, of)
}

// TestAShardThatLeaves: whenever another shard of the same run ends, it is not taken for one of a run in another
// number of parts.
func TestAShardThatLeaves(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), 1)
	defer cancel()
	for n := 1; n <= 5; n++ {
		place := &leaving{Place: Folder(t.TempDir()), n: n}
		other, err := Take(ctx, place.Place, Claim{Zone: "z", Shard: &spec.Shard{Index: 1, Count: 16}}, Self())
		if err != nil {
			t.Fatal(err)
		}
		place.other = other
		mine, err := Take(ctx, place, Claim{Zone: "z", Shard: &spec.Shard{Index: 2, Count: 16}}, Self())
		if err != nil {
			var held *HeldError
			t.Errorf("it leaves before look %d: %v (other count %v)", n, err, errors.As(err, &held) && held.OtherCount)
			continue
		}
		if err := errors.Join(mine.Release(), other.Release()); err != nil {
			t.Error(err)
		}
	}
}

package spec

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
)

// TestFingerprintsAreMadeOnce: one for each value, the same as without others, also when several
// ask at once; another salt gives another.
func TestFingerprintsAreMadeOnce(t *testing.T) {
	t.Parallel()
	prints, other := NewFingerprints([]byte("salt")), NewFingerprints([]byte("pepper"))
	var all sync.WaitGroup
	for i := range 100 {
		secret := Sensitive(fmt.Sprint("value ", i%5))
		all.Go(func() {
			if got := prints.Of(secret); got != SecretFingerprint(secret, []byte("salt")) || got == other.Of(secret) {
				t.Errorf("%s", got)
			}
		})
	}
	all.Wait()
	if len(prints.made) != 5 {
		t.Errorf("%d are made", len(prints.made))
	}
	var none *Fingerprints
	if none.Of(Sensitive("a")) != "" || NewFingerprints(nil).Of(Sensitive("a")) != "" {
		t.Error("a fingerprint without a salt")
	}
}

// TestFingerprintsAreInterrupted: who does not want them any more waits for none of them.
func TestFingerprintsAreInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(context.Background())
	stopped := errors.New("stopped")
	var secrets []Value
	for i := range 1000 {
		secrets = append(secrets, Sensitive(fmt.Sprint(i)))
	}
	prints := NewFingerprints([]byte("salt"))
	var mu sync.Mutex
	asked := 0
	err := prints.Make(ctx, secrets, func(ctx context.Context) error {
		mu.Lock()
		defer mu.Unlock()
		if asked++; asked == 10 {
			cancel(stopped)
		}
		return context.Cause(ctx)
	})
	if !errors.Is(err, stopped) || len(prints.made) > 9 {
		t.Errorf("%v, %d are made", err, len(prints.made))
	}
}

package spec

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
)

// A panic comes to who waits, after all others are done, with its place and without its value.
func TestGroupHandsPanicsOn(t *testing.T) {
	t.Parallel()
	var group Group
	var done atomic.Int64
	group.SetLimit(2)
	for i := range 10 {
		group.Go(func() error {
			if i%5 == 1 {
				panic(fmt.Errorf("canary-secret"))
			}
			done.Add(1)
			return nil
		})
	}
	defer func() {
		broken, ok := recover().(*Broken)
		if !ok || done.Load() != 8 || !strings.HasPrefix(broken.Kind, "*") ||
			!strings.Contains(broken.Place, "TestGroupHandsPanicsOn") {
			t.Errorf("%+v after %d", broken, done.Load())
		}
	}()
	t.Errorf("nothing was handed on: %v", group.Wait())
}

func TestGroupGivesTheFirstError(t *testing.T) {
	t.Parallel()
	var group Group
	want := errors.New("first")
	group.Go(func() error { return want })
	if err := group.Wait(); err != want {
		t.Errorf("%v", err)
	}
}

package lock_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"

	"pgregory.net/rapid"

	"makesync/spec"
	"makesync/sync/lock"
)

// TestMain lets the test binary be another process, which holds a zone of the machine and dies with
// its stdin.
func TestMain(m *testing.M) {
	if code, asked := lock.Answer(os.Args); asked {
		os.Exit(code)
	}
	if zone := os.Getenv("MAKESYNC_TEST_ZONE"); zone != "" {
		os.Exit(holdUntilTold(zone))
	}
	os.Exit(m.Run())
}

func holdUntilTold(zone string) int {
	place, err := lock.Machine()
	if err == nil {
		_, err = lock.Take(context.Background(), place, lock.Claim{Zone: zone}, lock.Self())
	}
	fmt.Println(err)
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0
}

// places are those that can be had here: files everywhere, and what this system has for a machine.
func places(t *testing.T) map[string]lock.Place {
	t.Helper()
	list := map[string]lock.Place{"folder": lock.Folder(t.TempDir())}
	machine, err := lock.Machine()
	if err != nil {
		t.Logf("no place of the machine: %v", err)
		return list
	}
	list["machine"] = machine
	return list
}

func shard(index, count int) *spec.Shard { return &spec.Shard{Index: index, Count: count} }

// once makes one try.
func once(place lock.Place, claim lock.Claim) (*lock.Held, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 1)
	defer cancel()
	return lock.Take(ctx, place, claim, lock.Self())
}

// TestWhoExcludesWhom is not parallel: while another test starts a process, that has every socket for a moment, also one
// that was just released.
func TestWhoExcludesWhom(t *testing.T) {
	for name, place := range places(t) {
		for i, c := range []struct {
			first, second    *spec.Shard
			excluded, counts bool
		}{
			{nil, nil, true, false},
			{nil, shard(1, 2), true, false},
			{shard(1, 2), nil, true, false},
			{shard(1, 2), shard(2, 2), false, false},
			{shard(1, 2), shard(1, 2), true, false},
			{shard(1, 2), shard(1, 3), true, true},
			{shard(1, 2), shard(3, 3), true, true},
			{shard(1, 1), nil, true, false},
			{shard(1, 1), shard(1, 1), true, false},
			{shard(2, 12), shard(1, 2), true, true},
		} {
			zone := fmt.Sprintf("%s %d", t.TempDir(), i)
			first, err := once(place, lock.Claim{Zone: zone, Shard: c.first})
			if err != nil {
				t.Fatal(err)
			}
			second, err := once(place, lock.Claim{Zone: zone, Shard: c.second})
			var held *lock.HeldError
			if got := errors.As(err, &held); got != c.excluded || (err != nil && !got) {
				t.Errorf("%s: %v, then %v: %v", name, c.first, c.second, err)
			}
			if held != nil && held.OtherCount != c.counts {
				t.Errorf("%s: %v, then %v: other count %v", name, c.first, c.second, held.OtherCount)
			}
			if second != nil {
				release(t, second)
			}
			if other, err := once(place, lock.Claim{Zone: zone + "x"}); err != nil {
				t.Errorf("%s: another zone: %v", name, err)
			} else {
				release(t, other)
			}
			release(t, first)
			again, err := once(place, lock.Claim{Zone: zone, Shard: c.second})
			if err != nil {
				t.Errorf("%s: after %v was released: %v", name, c.first, err)
				continue
			}
			release(t, again)
		}
	}
}

func release(t *testing.T, held *lock.Held) {
	t.Helper()
	if err := held.Release(); err != nil {
		t.Error(err)
	}
}

// Whatever comes and goes, in whatever order: a claim is granted exactly when nobody who holds
// stands in its way.
func TestAnyOrderOfRuns(t *testing.T) {
	for name, place := range places(t) {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { anyOrder(t, place) })
		})
	}
}

func anyOrder(t *rapid.T, place lock.Place) {
	zone := fmt.Sprintf("any order %d", os.Getpid())
	held := map[*lock.Held]*spec.Shard{}
	var order []*lock.Held
	defer func() {
		for _, h := range order {
			_ = h.Release()
		}
	}()
	for range rapid.IntRange(1, 8).Draw(t, "actions") {
		if len(order) > 0 && rapid.Bool().Draw(t, "release") {
			i := rapid.IntRange(0, len(order)-1).Draw(t, "which")
			if err := order[i].Release(); err != nil {
				t.Fatal(err)
			}
			delete(held, order[i])
			order = append(order[:i:i], order[i+1:]...)
			continue
		}
		var want *spec.Shard
		if count := rapid.IntRange(0, 3).Draw(t, "count"); count > 0 {
			want = shard(rapid.IntRange(1, count).Draw(t, "index"), count)
		}
		free := true
		for _, other := range held {
			free = free && other != nil && want != nil && other.Count == want.Count && other.Index != want.Index
		}
		got, err := once(place, lock.Claim{Zone: zone, Shard: want})
		if (err == nil) != free {
			t.Fatalf("%v beside %v: %v", want, held, err)
		}
		if got != nil {
			held[got], order = want, append(order, got)
		}
	}
}

// Another process is told with its number and its user, and lets go when it is killed.
func TestAnotherProcessOfThisMachine(t *testing.T) {
	place, err := lock.Machine()
	if err != nil {
		t.Skip(err)
	}
	zone := t.TempDir()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "MAKESYNC_TEST_ZONE="+zone)
	stdin, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	out, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	if said, _ := bufio.NewReader(out).ReadString('\n'); said != "<nil>\n" {
		t.Fatalf("the child says %q", said)
	}
	var held *lock.HeldError
	if _, err := once(place, lock.Claim{Zone: zone}); !errors.As(err, &held) {
		t.Fatalf("%v", err)
	}
	if self := lock.Self(); self.UID != nil &&
		(held.Owner.PID != child.Process.Pid || held.Owner.UID == nil || *held.Owner.UID != *self.UID) {
		t.Errorf("%v, want the process %d of user %d", held, child.Process.Pid, *self.UID)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	got, err := once(place, lock.Claim{Zone: zone})
	if err != nil {
		t.Fatal(err)
	}
	release(t, got)
}

package history

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"makesync/spec"
	"makesync/sync/lock"
)

// TestMain lets the test binary be the process that holds a lock and dies.
func TestMain(m *testing.M) {
	if dir := os.Getenv("MAKESYNC_TEST_LOCK"); dir != "" {
		s := Open(Options{Dir: dir})
		ask := LockRequest{Zones: []string{"eu1.make.com"}, Run: "CHILD"}
		if _, err := s.Lock(context.Background(), ask); err != nil {
			os.Stdout.WriteString(err.Error())
			os.Exit(1)
		}
		os.Stdout.WriteString("locked\n")
		select {}
	}
	os.Exit(m.Run())
}

func TestLock(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	first, err := s.Lock(ctx, LockRequest{Zones: []string{"us1.make.com", "eu1.make.com", "eu1.make.com"}, Run: "R1"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Lock(ctx, LockRequest{Zones: []string{"aa", "eu1.make.com"}, Run: "R2"})
	var held *HeldError
	if !errors.As(err, &held) || held.Owner.Run != "R1" || held.Owner.PID != os.Getpid() ||
		held.Zone != "eu1.make.com" {
		t.Fatalf("%v", err)
	}
	if !strings.Contains(err.Error(), "R1") || !strings.Contains(err.Error(), "--lock-timeout") {
		t.Errorf("%v", err)
	}
	part := LockRequest{Zones: []string{"eu1.make.com"}, Shard: &spec.Shard{Index: 1, Count: 2}}
	if _, err := s.Lock(ctx, part); !errors.As(err, &held) {
		t.Errorf("a shard beside a whole run: %v", err)
	}
	for _, free := range []LockRequest{{Zones: []string{"aa"}}, {Zones: []string{"eu2.make.com"}}} {
		got, err := s.Lock(ctx, free)
		if err != nil {
			t.Fatalf("%+v: %v", free, err)
		}
		if err := got.Release(); err != nil {
			t.Error(err)
		}
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := s.Lock(ctx, LockRequest{Zones: []string{"eu1.make.com"}, Run: "R2"})
	if err != nil || len(again.Stale) != 0 {
		t.Errorf("%v %v", again, err)
	}
}

func TestLockWaits(t *testing.T) {
	t.Parallel()
	s := open(t)
	ask := LockRequest{Zones: []string{"eu1.make.com"}, Wait: time.Minute}
	first, err := s.Lock(context.Background(), ask)
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan error)
	go func() {
		second, err := s.Lock(context.Background(), ask)
		if err == nil {
			err = second.Release()
		}
		got <- err
	}()
	time.Sleep(2 * lock.Poll)
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	if err := <-got; err != nil {
		t.Errorf("the one that waited: %v", err)
	}
	held, _ := s.Lock(context.Background(), ask)
	defer func() { _ = held.Release() }()
	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Lock(stopped, ask); err == nil {
		t.Error("a run that was interrupted goes on")
	}
}

// A process that is killed lets go of its lock, and the next one learns who it was.
func TestLockOfADeadProcess(t *testing.T) {
	s := open(t)
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "MAKESYNC_TEST_LOCK="+s.dir)
	out, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	if line, _ := bufio.NewReader(out).ReadString('\n'); line != "locked\n" {
		t.Fatalf("the child says %q", line)
	}
	ask := LockRequest{Zones: []string{"eu1.make.com"}, Run: "R2"}
	var held *HeldError
	if _, err := s.Lock(context.Background(), ask); !errors.As(err, &held) ||
		held.Owner.PID != child.Process.Pid || held.Owner.Run != "CHILD" {
		t.Fatalf("%v", err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	got, err := s.Lock(context.Background(), ask)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Release() }()
	if len(got.Stale) != 1 || got.Stale[0].Run != "CHILD" {
		t.Errorf("stale: %+v", got.Stale)
	}
}

// Runs with state folders of their own, as two users have them, and with two spellings of a host
// meet on the machine.
func TestLocksOfTwoStateFolders(t *testing.T) {
	t.Parallel()
	store := func(machine bool) *Store { return Open(Options{Dir: t.TempDir(), Machine: machine}) }
	port := fmt.Sprintf("a-zone-of-this-test-%d.example", os.Getpid())
	ask := LockRequest{Zones: []string{"https://" + port + "/api/v2"}, Run: "R1"}
	again := LockRequest{Zones: []string{"https://" + strings.ToUpper(port) + ".:443"}, Run: "R2"}
	first, err := store(true).Lock(context.Background(), ask)
	if err != nil {
		t.Fatal(err)
	}
	if len(first.Warnings) > 0 {
		t.Skip(first.Warnings)
	}
	var held *HeldError
	if _, err := store(true).Lock(context.Background(), again); !errors.As(err, &held) {
		t.Errorf("a second run with another state folder: %v", err)
	}
	if held != nil && runtime.GOOS == "linux" && (held.Owner.PID != os.Getpid() || *held.Owner.UID != os.Getuid()) {
		t.Errorf("it is held by %+v", held.Owner)
	}
	for _, free := range []struct {
		store *Store
		ask   LockRequest
	}{{store(true), LockRequest{Zones: []string{"https://other-" + port}}}, {store(false), again}} {
		got, err := free.store.Lock(context.Background(), free.ask)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = got.Release() }()
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	got, err := store(true).Lock(context.Background(), again)
	if err != nil {
		t.Fatal(err)
	}
	_ = got.Release()
}

package history

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"makesync/spec"
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
	for _, free := range []LockRequest{
		{Zones: []string{"aa"}}, {Zones: []string{"eu2.make.com"}},
		{Zones: []string{"eu1.make.com"}, Shard: &spec.Shard{Index: 1, Count: 2}},
	} {
		lock, err := s.Lock(ctx, free)
		if err != nil {
			t.Fatalf("%+v: %v", free, err)
		}
		if err := lock.Release(); err != nil {
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
	time.Sleep(2 * lockPoll)
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
	t.Parallel()
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
	lock, err := s.Lock(context.Background(), ask)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Release() }()
	if len(lock.Stale) != 1 || lock.Stale[0].Run != "CHILD" {
		t.Errorf("stale: %+v", lock.Stale)
	}
}

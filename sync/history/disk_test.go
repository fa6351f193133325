package history

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"makesync/sync/commandline"
)

type slowDisk struct {
	*os.File
	began, goOn chan bool
	flushes     atomic.Int32
}

func (d *slowDisk) Sync() error {
	d.flushes.Add(1)
	d.began <- true
	<-d.goOn
	return nil
}

func TestLinesShareAFlushOfTheDisk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		j, err := s.Begin("R1", nil, commandline.Command{})
		if err = errors.Join(err, j.Begin("R1", samplePlan())); err != nil {
			t.Fatal(err)
		}
		disk := &slowDisk{File: j.file.(*os.File), began: make(chan bool), goOn: make(chan bool)}
		j.file = disk
		var done atomic.Int32
		lines := func(n int) {
			for range n {
				go func() {
					if err := j.Intent(intent); err != nil {
						t.Error(err)
					}
					done.Add(1)
				}()
			}
		}
		lines(1)
		<-disk.began
		lines(5)
		synctest.Wait()
		disk.goOn <- true
		<-disk.began
		synctest.Wait()
		if done.Load() != 1 {
			t.Errorf("%d lines were told to be safe by one flush, which began with one", done.Load())
		}
		disk.goOn <- true
		synctest.Wait()
		if done.Load() != 6 || disk.flushes.Load() != 2 {
			t.Errorf("%d lines are safe after %d flushes", done.Load(), disk.flushes.Load())
		}
		if story, err := s.Read("R1"); err != nil || len(story.Entries) != 6 {
			t.Errorf("%+v %v", story, err)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

type countingDisk struct {
	*os.File
	flushes int
}

func (d *countingDisk) Sync() error {
	d.flushes++
	return d.File.Sync()
}

// TestAWriteWaitsForTheDiskOnce: the intent has to be there before the request; the result goes with
// the next one, and at the end all of it is there.
func TestAWriteWaitsForTheDiskOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	j, err := s.Begin("R1", nil, commandline.Command{})
	if err = errors.Join(err, j.Begin("R1", samplePlan())); err != nil {
		t.Fatal(err)
	}
	disk := &countingDisk{File: j.file.(*os.File)}
	j.file = disk
	const writes = 20
	for i := range writes {
		if err := j.Intent(intent); err != nil || j.durable != j.size || disk.flushes != i+1 {
			t.Fatalf("%v: the intent of write %d is on the disk up to byte %d of %d after %d flushes", err, i, j.durable,
				j.size, disk.flushes)
		}
		if err := j.Result(result); err != nil || disk.flushes != i+1 {
			t.Fatalf("%v: %d flushes for the result of write %d", err, disk.flushes, i)
		}
	}
	if err := j.Close(); err != nil || disk.flushes != writes+1 || j.durable != j.size {
		t.Errorf("%v: closed after %d flushes for %d writes", err, disk.flushes, writes)
	}
	if story, err := s.Read("R1"); err != nil || len(story.Entries) != 2*writes { // the two are of different steps
		t.Errorf("%+v %v", story, err)
	}
}

type fullDisk struct {
	*os.File
	left int
}

func (f *fullDisk) WriteAt(p []byte, at int64) (int, error) {
	if len(p) <= f.left {
		f.left -= len(p)
		return f.File.WriteAt(p, at)
	}
	n, _ := f.File.WriteAt(p[:f.left], at)
	f.left = 0
	return n, errors.New("no space left on device")
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	for _, left := range []int{0, 10, 200} {
		s := open(t)
		write(t, s, "R1", 1)
		j, err := s.Append("R1")
		if err != nil {
			t.Fatal(err)
		}
		j.file = &fullDisk{j.file.(*os.File), left}
		err = errors.Join(j.Intent(intent), j.Result(result))
		if err == nil || !strings.Contains(err.Error(), "no space left") {
			t.Fatalf("%v", err)
		}
		j.file.(*fullDisk).left = 1 << 20
		if j.Intent(intent) == nil {
			t.Error("a broken journal goes on")
		}
		j.Close()
		story, err := s.Read("R1")
		if err != nil || story.Truncated {
			t.Errorf("%d bytes left: %v %v", left, story, err)
		}
	}
}

func TestAFolderThatCannotBeMade(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := Open(Options{Dir: file})
	j, err := s.Begin("R1", nil, commandline.Command{})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Begin("R1", samplePlan()); err == nil {
		t.Error("a journal below a file")
	}
}

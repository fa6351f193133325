package e2e

import (
	"bytes"
	"os"
	"testing"
)

// TestReaderLeaves closes the reading end of stdout, as `| head` does: nobody is told of that, an
// apply does all of its work, and each ends as if somebody had read to the end.
func TestReaderLeaves(t *testing.T) {
	t.Parallel()
	zone := newZoneUnderTest(t)
	for _, run := range []struct {
		code int
		args []string
	}{
		{2, []string{"plan", "--exit-code"}},
		{2, []string{"plan", "--exit-code", "--format", "json"}},
		{0, []string{"validate"}},
		{0, []string{"apply", "--yes"}},
		{0, []string{"plan", "--exit-code"}},
	} {
		reader, writer, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		reader.Close()
		child := zone.makesync(run.args...)
		var said bytes.Buffer
		child.Stdout, child.Stderr = writer, &said
		_ = child.Run()
		writer.Close()
		if got := child.ProcessState.ExitCode(); got != run.code || bytes.Contains(said.Bytes(), []byte("error")) {
			t.Errorf("%v: exit %d instead of %d\n%s", run.args, got, run.code, &said)
		}
	}
}

// TestFullDisk: what could not be written for another reason is a failure, and said.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("this system has no /dev/full")
	}
	defer full.Close()
	child := newZoneUnderTest(t).makesync("plan")
	var said bytes.Buffer
	child.Stdout, child.Stderr = full, &said
	_ = child.Run()
	if got := child.ProcessState.ExitCode(); got != 1 || !bytes.Contains(said.Bytes(), []byte("error")) {
		t.Errorf("exit %d\n%s", got, &said)
	}
}

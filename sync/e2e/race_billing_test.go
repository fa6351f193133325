package e2e

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// checkOnce: nothing was charged, begun or cancelled twice.
func (z *moneyUnderTest) checkOnce(t *testing.T, said string) {
	t.Helper()
	cancels := 0
	for _, w := range z.Log() {
		if strings.HasPrefix(w.Operation, "DELETE ") && strings.HasSuffix(w.Operation, "/subscription") {
			cancels++
		}
	}
	if audit := z.Audit(); audit.Charges != 1 || audit.Checkouts != 1 || cancels != 1 {
		t.Errorf("%d charges, %d checkouts, %d cancels\n%s", audit.Charges, audit.Checkouts, cancels, said)
	}
}

// TestProcessesMoveMoneyOnce starts several processes at the same moment, each with a plan of its own that was saved
// before any of them began: together they charge, begin and cancel once, and what one of them could not do it says.
func TestProcessesMoveMoneyOnce(t *testing.T) {
	t.Parallel()
	for _, wait := range []string{"0s", "1m"} { // whoever finds another run ends, or waits for it
		z := newMoneyUnderTest(t)
		var children []*exec.Cmd
		var plans []string
		for _, name := range []string{"a.json", "b.json", "c.json"} {
			plans = append(plans, z.save(t, name))
		}
		var said bytes.Buffer
		var lock sync.Mutex
		for _, plan := range plans {
			c := z.makesync(append([]string{"apply", "--lock-timeout", wait}, z.applying(plan)[1:]...)...)
			c.Stdout, c.Stderr = &lockedWriter{&lock, &said}, &lockedWriter{&lock, &said}
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			children = append(children, c)
		}
		done := 0
		for _, c := range children {
			_ = c.Wait()
			switch code := c.ProcessState.ExitCode(); {
			case code == 0:
				done++
			case code != 8 && code != 9: // another run holds the zone, or was faster
				t.Errorf("exit %d", code)
			}
		}
		if done != 1 {
			t.Errorf("%d of 3 say that all is done\n%s", done, said.String())
		}
		z.checkOnce(t, said.String())
	}
}

type lockedWriter struct {
	lock *sync.Mutex
	to   *bytes.Buffer
}

func (w *lockedWriter) Write(p []byte) (int, error) {
	w.lock.Lock()
	defer w.lock.Unlock()
	return w.to.Write(p)
}

// TestOtherStateFolderMovesNoMoney: while a run moves money, one with a state folder of its own, which knows nothing of
// the first, cannot begin on the same machine.
func TestOtherStateFolderMovesNoMoney(t *testing.T) {
	t.Parallel()
	z := newMoneyUnderTest(t)
	first, second := z.save(t, "first.json"), z.save(t, "second.json")
	hold := z.Hold(len(z.Log())+1, false)
	child := z.makesync(z.applying(first)...)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if _, err := hold.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	before := len(z.Log())
	other := z.makesync(z.applying(second)...)
	other.Env = append(os.Environ(), "XDG_STATE_HOME="+t.TempDir(), "MAKE_API_KEY="+z.FirstToken())
	said, _ := other.CombinedOutput()
	if code := other.ProcessState.ExitCode(); code != 8 || len(z.Log()) != before {
		t.Errorf("exit %d, %d writes\n%s", code, len(z.Log())-before, said)
	}
	hold.Release(true)
	_ = child.Wait()
	z.checkOnce(t, "")
}

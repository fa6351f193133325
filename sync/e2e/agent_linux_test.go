package e2e

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestSilentAgent: an SSH agent that waits, for the touch of a key or for ever, does not hold who gives up.
func TestSilentAgent(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "agent") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	docs := "apiVersion: makesync/v1\nzone: try\nzones: {try: {sandbox: {}}}\n" +
		"organizations: {acme: {id: 11, variables: {NEW: x}}}\n"
	if err := os.WriteFile(filepath.Join(dir, "docs.yaml"), []byte(docs), 0o600); err != nil {
		t.Fatal(err)
	}
	agent, err := net.ListenUnix("unix", &net.UnixAddr{Net: "unix", Name: filepath.Join(dir, "agent")})
	if err != nil {
		t.Fatal(err)
	}
	defer agent.Close()
	makesync := func(words ...string) *exec.Cmd {
		c := exec.CommandContext(t.Context(), "makesync", words...)
		c.Dir = dir
		c.Env = append(os.Environ(), "HOME="+dir, "XDG_STATE_HOME="+dir, "SSH_AUTH_SOCK="+agent.Addr().String())
		return c
	}
	if out, err := makesync("plan", "-f", "docs.yaml", "-o", "plan.json").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	child := makesync("approve", "--yes", "plan.json")
	var said strings.Builder
	child.Stderr = &said
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	giveUp := time.Now().Add(time.Minute) // an approve that never asks is a failure
	if err := agent.SetDeadline(giveUp); err != nil {
		t.Fatal(err)
	}
	asked, err := agent.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer asked.Close()
	if err := asked.SetDeadline(giveUp); err != nil {
		t.Fatal(err)
	}
	if _, err := asked.Read(make([]byte, 1)); err != nil { // it waits for an answer now
		t.Fatal(err)
	}
	if err := child.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := child.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 130 {
		t.Errorf("approve ended with %v, want exit status 130", err)
	}
	if !strings.Contains(said.String(), "nothing was signed") {
		t.Errorf("it says\n%s", said.String())
	}
}

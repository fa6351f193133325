//go:build linux && !race

package e2e

import (
	"crypto/ed25519"
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// pipeReaders are the command lines that read a file, each with the place of that file.
var pipeReaders = []struct{ place, args string }{
	{"DIR/x", "sandbox serve --state DIR/world.json --listen eu1=127.0.0.1:0 --tls-cert DIR/x --tls-key DIR/docs.yaml"},
	{"DIR/x", "sandbox serve --state DIR/world.json --listen eu1=127.0.0.1:0 --tls-cert DIR/docs.yaml --tls-key DIR/x"},
	{"DIR/x", "compare --map DIR/x DIR/docs.yaml DIR/docs.yaml"},
	{"DIR/x", "compare DIR/x DIR/docs.yaml"},
	{"DIR/x", "plan -f DIR/x"},
	{"DIR/x", "plan -f DIR/docs.yaml --base DIR/x"},
	{"DIR/x", "plan -f DIR/docs.yaml --guards DIR/x"},
	{"DIR/x", "plan -f DIR/docs.yaml --live DIR/x"},
	{"DIR/x", "plan -f DIR/docs.yaml --since DIR/x"},
	{"DIR/x", "show DIR/x"},
	{"DIR/x", "report merge DIR/x"},
	{"DIR/x", "apply --yes -f DIR/docs.yaml DIR/x"},
	{"DIR/x", "show --approvals 1 --approvers DIR/x DIR/plan.json"},
	{"DIR/x", "approve --yes --key DIR/x DIR/plan.json"},
	{"DIR/x.pub", "approve --yes --key DIR/x.pub DIR/plan.json"},
	{"DIR/x", "approve --yes --key DIR/x-cert.pub DIR/plan.json"},
	{"DIR/runs/" + hostileRun + ".jsonl", "runs show --journal DIR/runs " + hostileRun},
	{"DIR/runs/" + hostileRun + ".jsonl", "undo --journal DIR/runs -f DIR/docs.yaml " + hostileRun},
	{"DIR/runs/" + hostileRun + ".jsonl", "apply --yes --journal DIR/runs -f DIR/docs.yaml --resume " + hostileRun},
}

// notRead are the words of what is not read. A folder may hold files; without the key of a certificate
// the agent is asked.
var notRead = regexp.MustCompile(`no\s+regular\s+file|is\s+no\s+file\s+of|no SSH agent|` +
	`folder\s+holds\s+no|names\s+no\s+snapshot|nothing\s+to\s+merge`)

// writeCertificate writes one of a key that is nowhere.
func writeCertificate(t *testing.T, path string) {
	t.Helper()
	signer, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	if err != nil {
		t.Fatal(err)
	}
	c := &ssh.Certificate{Key: signer.PublicKey(), CertType: ssh.UserCert, ValidBefore: ssh.CertTimeInfinity}
	if err := c.SignCert(rand.Reader, signer); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, ssh.MarshalAuthorizedKey(c), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestOnlyFilesAreRead: nobody is waited for at the other end of what stands in the place of a file, and no device is
// read.
func TestOnlyFilesAreRead(t *testing.T) {
	for what, put := range map[string]func(path string) error{
		"a pipe":   func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a device": func(path string) error { return os.Symlink("/dev/zero", path) },
		"a folder": func(path string) error { return os.Mkdir(path, 0o700) },
	} {
		for _, reader := range pipeReaders {
			t.Run(what+"/"+reader.args, func(t *testing.T) {
				dir := t.TempDir()
				in := strings.NewReplacer("DIR", dir)
				if err := os.Mkdir(filepath.Join(dir, "runs"), 0o700); err != nil {
					t.Fatal(err)
				}
				docs := filepath.Join(dir, "docs.yaml")
				if err := os.WriteFile(docs, []byte(hostileHead+"organizations: {acme: {id: 11, timezone: UTC}}\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				writeCertificate(t, filepath.Join(dir, "x-cert.pub"))
				made := exec.CommandContext(t.Context(), "makesync", "plan", "-f", docs, "-o", filepath.Join(dir, "plan.json"))
				made.Env = append(os.Environ(), "XDG_STATE_HOME="+dir)
				if out, err := made.CombinedOutput(); err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				if err := put(in.Replace(reader.place)); err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				t.Setenv("SSH_AUTH_SOCK", "")
				out, code := runLimited(t, strings.Fields(in.Replace(reader.args))...)
				if took := time.Since(began); code != 3 || took > 5*time.Second {
					t.Errorf("exit %d after %s\n%.1500s", code, took, out)
				}
				if !notRead.MatchString(out) {
					t.Errorf("it ends for another reason\n%.1500s", out)
				}
			})
		}
	}
}
